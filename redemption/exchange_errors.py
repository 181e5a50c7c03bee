"""What the counter refuses when one receipt takes another's place, and when a sale is put aside."""

from kernel.errors import N_, Invalid, NotFound, Refused


class FollowsAnother(Refused):
    """A receipt that took another's place is not undone as a whole."""

    slug = "follows-another"
    title = N_("This receipt took the place of another")
    detail = N_(
        "This receipt took the place of another, so it is not undone as a whole. Please take the goods back instead."
    )


class ExchangeIsOver(Refused):
    """Goods are swapped on the day they were handed out."""

    slug = "exchange-is-over"
    title = N_("Goods are swapped on the same day only")
    detail = N_(
        "Goods are swapped for others on the day they were handed out. Please take them back, with an organiser's "
        "approval, and confirm the new ones as usual."
    )


class ExchangeNeedsApproval(Refused):
    """Swapping goods of many points takes a second person."""

    slug = "exchange-needs-approval"
    title = N_("This swap needs approval")
    detail = N_(
        "Goods of more than %(most)s points are swapped once an organiser approves. Please say why and ask for it; "
        "the customer need not wait."
    )


class PaidTogether(Refused):
    """What a family paid together, or somebody collected with a code, is not swapped or moved."""

    slug = "paid-together"
    title = N_("Not for what several paid or somebody collected")
    detail = N_(
        "A family paid this together, or somebody collected it with a code. Please take the goods back, and confirm "
        "the right ones as usual."
    )


class SamePerson(Invalid):
    """A sale is moved to somebody else."""

    slug = "same-person"
    title = N_("It is theirs already")
    detail = N_(
        "This exchange already belongs to that member. Please scan the code of the other one."
    )


class CounterIsFull(Refused):
    """Ten carts wait at most."""

    slug = "counter-is-full"
    title = N_("Too many are parked")
    detail = N_("%(most)s exchanges are parked already. Please recall or clear one of them first.")


class ParkedIsGone(NotFound):
    """Somebody recalled it, or its day is over."""

    slug = "parked-is-gone"
    title = N_("No longer parked")
    detail = N_(
        "This exchange is no longer parked: somebody recalled it, or the day is over. Nothing was taken off."
    )
