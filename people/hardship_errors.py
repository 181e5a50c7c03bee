"""What marks of hardship are refused for, and what to do next."""

from kernel.errors import N_, Invalid, NotFound, Refused


class AlreadyMarked(Refused):
    """A household has one mark at a time."""

    slug = "hardship-marked-already"
    title = N_("This household has a mark already")
    detail = N_("This household may have relief goods already. Please end that mark first.")


class NotMarked(NotFound):
    """There is no mark to end."""

    slug = "hardship-not-marked"
    title = N_("No such mark")
    detail = N_("This household has no mark of hardship now.")


class MarkDayIsOdd(Invalid):
    """A mark ends on a day that is still to come, within a year."""

    slug = "hardship-day-is-odd"
    title = N_("Please check the day")
    detail = N_("A mark lasts until a day from today on, a year at most. Please choose the day.")


class MarksOwnHousehold(Refused):
    """Nobody marks the household that they live in."""

    slug = "hardship-own-household"
    title = N_("Somebody else must do this")
    detail = N_("You live in this household. Please let a colleague record it.")
