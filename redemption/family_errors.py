"""What paying together, collecting for somebody else and vouchers that move are refused for."""

from kernel.errors import N_, Refused


class ServesOwnFamily(Refused):
    """Nobody serves at the counter what a purse of their own household pays."""

    slug = "serves-own-family"
    title = N_("Somebody else must serve your family")
    detail = N_(
        "You live in one household with this person, so you cannot record this exchange. "
        "Please ask a colleague."
    )


class FamilyMemberOwes(Refused):
    """Whoever owes points does not pay for others."""

    slug = "family-member-owes"
    title = N_("Somebody of the family owes points")
    detail = N_(
        "One of those who were to pay still owes points, so their purse cannot pay. "
        "Please take the tick off and confirm again."
    )


class FamilyMayNotPay(Refused):
    """A consent was withdrawn, or is not the customer's."""

    slug = "family-may-not-pay"
    title = N_("This purse may not pay")
    detail = N_(
        "The permission to pay from this purse has ended. Please take the tick off and confirm again."
    )


class FamilyHasTooLittle(Refused):
    """All purses together hold less, within the limits of this month, than this costs."""

    slug = "family-has-too-little"
    title = N_("Not enough points together")
    detail = N_(
        "%(available)s points are available together, within what was allowed for this month; this needs "
        "%(needed)s. %(missing)s more are needed."
    )


class CollectCodeEnded(Refused):
    """The code to collect with was used or cancelled a moment ago, or its day is over."""

    slug = "collect-code-ended"
    title = N_("This code cannot be used any more")
    detail = N_(
        "The code to collect with was used, cancelled or is not of today. Nothing was taken off. "
        "Please ask the member for a new one."
    )


class CollectsTooMuch(Refused):
    """The goods cost more than the member allowed whoever collects."""

    slug = "collects-too-much"
    title = N_("More than was allowed")
    detail = N_(
        "With this code at most %(limit)s points may be spent; this needs %(needed)s. Take something off."
    )


class CollectsAlone(Refused):
    """A code to collect with opens the member's own purse alone."""

    slug = "collects-alone"
    title = N_("Only the member's own points")
    detail = N_("With a code to collect with, only the member's own points can be spent.")
