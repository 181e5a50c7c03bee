"""What signing up, templates and reading a group's list refuse."""

from kernel.errors import N_, Invalid, NotFound, Refused


class SignUpIsOver(Refused):
    """The shift has begun or was closed."""

    slug = "sign-up-is-over"
    title = N_("Signing up is over")
    detail = N_(
        "This shift has begun or is closed. Who comes can still check in with the organiser's code."
    )


class OverlappingSignUp(Refused):
    """Nobody can be at two shifts at once."""

    slug = "overlapping-sign-up"
    title = N_("Already signed up for something at that time")
    detail = N_(
        "“%(activity)s” is at the same time, and this person is on its list. Please take them off there first."
    )


class ShiftIsCancelled(Refused):
    """The shift does not take place."""

    slug = "shift-is-cancelled"
    title = N_("This shift is cancelled")
    detail = N_("This shift does not take place: %(reason)s")


class ShiftHasBegun(Refused):
    """A shift that somebody came to cannot be cancelled any more."""

    slug = "shift-has-begun"
    title = N_("Somebody has come already")
    detail = N_(
        "A shift can be cancelled only while nobody has checked in. Close check-in instead."
    )


class NotSignedUp(Refused):
    """There is nothing to withdraw."""

    slug = "not-signed-up"
    title = N_("Not signed up")
    detail = N_("There is no sign-up for this shift. Please open the shift again.")


class CapacityIsImpossible(Invalid):
    """A number of places is not negative; 0 is no limit."""

    slug = "capacity-impossible"
    title = N_("Please check the places")
    detail = N_("Places must be a number from 0 to 10000; 0 means that there is no limit.")


class TemplateNotFound(NotFound):
    """There is no such weekly plan in this community."""

    slug = "template-not-found"
    title = N_("Weekly plan not found")
    detail = N_("We could not find this weekly plan. Please choose it from the list again.")


class TemplateIsImpossible(Invalid):
    """A weekly plan names its days, and a shift that can be."""

    slug = "template-impossible"
    title = N_("Please check the weekly plan")
    detail = N_(
        "Choose at least one day of the week, an end after the beginning within 24 hours, and 1 to 8 weeks ahead."
    )


class SkippedDaysAreImpossible(Invalid):
    """Skipped days run forward, at most 60 of them at once."""

    slug = "skipped-days-impossible"
    title = N_("Please check these days")
    detail = N_("The last day must not be before the first one, and at most 60 days after it.")


class GroupListIsTooLong(Invalid):
    """A group's list has at most 300 entries."""

    slug = "group-list-too-long"
    title = N_("This list is too long")
    detail = N_("A list can have at most 300 people. Please paste it in two parts.")


class GroupListIsEmpty(Invalid):
    """There is nobody in the text."""

    slug = "group-list-empty"
    title = N_("Nobody was found in this text")
    detail = N_("Please paste the whole list, with a number or a new line before each name.")
