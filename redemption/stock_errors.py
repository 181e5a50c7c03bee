"""What lots, relief, counts and write-offs are refused for, and what to do next."""

from kernel.errors import N_, Invalid, NotFound, Refused


class ShopNameIsTaken(Refused):
    """Each shop of a community has a name of its own."""

    slug = "shop-name-is-taken"
    title = N_("There is a shop of this name")
    detail = N_("Another shop is called %(name)s already. Please choose another name.")


class BuyerIsMissing(Invalid):
    """Whoever paid for goods is named, and is not who received them."""

    slug = "buyer-is-missing"
    title = N_("Who bought this?")
    detail = N_(
        "What was paid for has a buyer and a receiver, two persons. Please enter the buyer’s number."
    )


class BuyerReceives(Refused):
    """Buying and receiving are done by two persons."""

    slug = "buyer-receives"
    title = N_("Two persons are needed")
    detail = N_("Whoever bought the goods does not receive them too. Please let a colleague do it.")


class CostIsOdd(Invalid):
    """A cost is a whole number of fen that is not negative."""

    slug = "cost-is-odd"
    title = N_("Please check the cost")
    detail = N_("A cost is an amount from 0 to %(most)s fen. Please enter it again.")


class LotNotHere(NotFound):
    """The community has no such lot."""

    slug = "lot-not-here"
    title = N_("No such goods")
    detail = N_("We could not find these goods as they came in. Please open the item again.")


class SlipPictureNotHere(NotFound):
    """There is no such picture of a slip."""

    slug = "slip-picture-not-here"
    title = N_("No picture")
    detail = N_("There is no such picture of a slip.")


class LimitIsOdd(Invalid):
    """A household's limit is a whole number of pieces, or there is none."""

    slug = "household-limit-is-odd"
    title = N_("Please check the limit")
    detail = N_(
        "A limit is a whole number of pieces from 1 to %(most)s. Without a limit it stays empty."
    )


class NotInHardship(Refused):
    """Relief goods are for households with a mark of hardship that stands today."""

    slug = "not-in-hardship"
    title = N_("No relief goods for this household")
    detail = N_(
        "Relief goods are for households in hardship, and this one has no mark of it today. "
        "An organiser can record it on the page of the household."
    )


class HandoutNotFound(NotFound):
    """The community knows no such hand-out."""

    slug = "handout-not-found"
    title = N_("No such hand-out")
    detail = N_("We could not find this hand-out. Please open the list again.")


class HandoutIsUndone(Refused):
    """A hand-out is undone once."""

    slug = "handout-is-undone"
    title = N_("Already undone")
    detail = N_("This hand-out was undone already.")


class HandoutIsOver(Refused):
    """A hand-out is undone within minutes; later there is a count."""

    slug = "handout-is-over"
    title = N_("Too late to undo")
    detail = N_("A hand-out can be undone for 15 minutes. Put it right with the next count.")


class NothingCounted(Invalid):
    """A count has a figure for something."""

    slug = "nothing-counted"
    title = N_("Nothing was counted")
    detail = N_("Please enter how many pieces there are of what you counted. A 0 counts too.")


class CountWithoutLot(Refused):
    """What never came in cannot be too much."""

    slug = "count-without-lot"
    title = N_("These goods never came in")
    detail = N_("%(item)s was found, but none of it ever came in. Please take it in first.")


class CountIsStale(Refused):
    """Of a lot that lacks pieces, more are gone than were missing."""

    slug = "count-is-stale"
    title = N_("The shelf has changed since the count")
    detail = N_("So much has gone since the count that it does not fit. Please count once more.")


class CountNotFound(NotFound):
    """The community knows no such count."""

    slug = "count-not-found"
    title = N_("No such count")
    detail = N_("We could not find this count. Please open the list again.")


class BindingNotFound(NotFound):
    """No barcode waits to be confirmed under this number."""

    slug = "binding-not-found"
    title = N_("Nothing waits here")
    detail = N_("This barcode does not wait to be confirmed any more. Please open the list again.")


class ConfirmsOwnBinding(Refused):
    """What one binds at the counter another confirms."""

    slug = "confirms-own-binding"
    title = N_("Two persons are needed")
    detail = N_("You bound this barcode yourself. Please let a colleague confirm it.")


class MarkedByOneself(Refused):
    """What a fund gives takes two: one marks the household, another hands the goods over."""

    slug = "marked-by-oneself"
    title = N_("Somebody else must hand these over")
    detail = N_(
        "You marked this household yourself. Goods that a fund pays for are handed over by a colleague."
    )


class FundHasTooLittle(Refused):
    """A fund gives no more than was given to it."""

    slug = "fund-has-too-little"
    title = N_("Not enough points in the fund")
    detail = N_("The fund has %(left)s points, and these goods cost %(needed)s. Please take fewer.")
