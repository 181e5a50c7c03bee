"""What cards, PINs and reports of a loss refuse, and what to do next."""

from kernel.errors import N_, Invalid, NotFound, Refused


class CardIsDead(Refused):
    """The card was replaced or reported lost."""

    slug = "card-is-dead"
    title = N_("This card is no longer good")
    detail = N_(
        "This card was replaced or reported lost. Please keep it here, and find the person by number, phone or name."
    )


class CardsExist(Refused):
    """A new card ends the old one, so it is asked first."""

    slug = "cards-exist"
    title = N_("There is a card already")
    detail = N_(
        "%(count)s of them have a card. Printing again makes a new card, and the old one is dead from that moment."
    )


class NobodyChosen(Invalid):
    """A sheet of cards needs somebody to print a card for."""

    slug = "nobody-chosen"
    title = N_("Nobody is chosen")
    detail = N_("Please choose at least one person to print a card for.")


class TooManyCards(Invalid):
    """A sheet has room for so many."""

    slug = "too-many-cards"
    title = N_("Too many at once")
    detail = N_("Please choose at most %(most)s people at once.")


class SheetIsGone(Refused):
    """The tokens of a sheet are known only while its page is open and its cards are good."""

    slug = "sheet-is-gone"
    title = N_("This sheet cannot be printed any more")
    detail = N_("These cards were replaced meanwhile. Please make the sheet again.")


class PinIsTrivial(Invalid):
    """A PIN is four to six digits that are not the first anybody would try."""

    slug = "pin-trivial"
    title = N_("This PIN is easy to guess")
    detail = N_(
        "Please choose other digits: not a row such as 1234, not repeated ones, not from the phone or member number."
    )


class PinIsOdd(Invalid):
    """A PIN has four to six digits."""

    slug = "pin-odd"
    title = N_("Please check the PIN")
    detail = N_("A PIN has 4 to 6 digits.")


class PinTakesTwo(Refused):
    """Whoever could set a new PIN alone could spend with it."""

    slug = "pin-takes-two"
    title = N_("An organiser has to agree first")
    detail = N_(
        "This member has had a PIN. A colleague asks for another one, an organiser approves it, and then it can be set."
    )


class PinsDiffer(Invalid):
    """A new PIN is typed twice."""

    slug = "pins-differ"
    title = N_("The two PINs differ")
    detail = N_("The two PINs are not the same. Please type the new PIN twice.")


class PinIsWrong(Invalid):
    """The PIN does not fit."""

    slug = "pin-wrong"
    title = N_("The PIN is not right")
    detail = N_("The PIN is not right. %(left)s more tries are left.")


class PinIsLocked(Refused):
    """Five wrong tries lock a PIN for a day, or until a staff member unlocks it on two facts."""

    slug = "pin-locked"
    title = N_("The PIN is locked")
    detail = N_(
        "After five wrong tries the PIN is locked for a day. The office can unlock it at once: “Phone or card lost”."
    )


class PinIsMissing(Refused):
    """There is no PIN to try."""

    slug = "pin-missing"
    title = N_("There is no PIN yet")
    detail = N_(
        "No PIN is set, or it was switched off. It can be set on the member's own phone or at the desk."
    )


class TwoFactsNeeded(Invalid):
    """Nobody is helped on a name alone."""

    slug = "two-facts-needed"
    title = N_("Please ask two questions")
    detail = N_("Please ask at least two questions, and mark those that were answered correctly.")


class NotForOneself(Refused):
    """Nobody vouches for themselves."""

    slug = "not-for-oneself"
    title = N_("A colleague must do this for you")
    detail = N_("You cannot vouch for yourself. Please ask a colleague.")


class LossNotFound(NotFound):
    """There is no such report in this community."""

    slug = "loss-not-found"
    title = N_("No such report")
    detail = N_("We could not find this report. Please look for the person again.")


class LossStands(Refused):
    """A report is undone by whom it was told to, on the same day."""

    slug = "loss-stands"
    title = N_("This cannot be undone any more")
    detail = N_(
        "Only the one who wrote it down can undo it, on the same day. Please make a new card or sign-in code instead."
    )


class SomethingNewWasIssued(Refused):
    """What was made after the report would live beside the old."""

    slug = "loss-followed-by-new"
    title = N_("Something new was already made")
    detail = N_(
        "A new card, sign-in code or PIN was made since. The old ones stay off; please go on with the new ones."
    )


class SlipIsUnknown(NotFound):
    """There is no such number, or it was used or is out of date."""

    slug = "slip-unknown"
    title = N_("This number does not open anything")
    detail = N_(
        "Please check the twelve digits. A number works once, within seven days; the office can give you a new one."
    )


class TooManySlips(Refused):
    """Somebody is trying numbers."""

    slug = "slip-tries"
    title = N_("Please wait a moment")
    detail = N_(
        "Many wrong numbers were typed. Please try again in a few minutes, or ask the office."
    )
