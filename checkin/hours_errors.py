"""What the rules of points, corrections by hand and public notice refuse."""

from kernel.errors import N_, Invalid, Refused


class RuleLimitsImpossible(Invalid):
    """A rule's limits are whole and sensible."""

    slug = "rule-limits-impossible"
    title = N_("Please check the limits of the rule")
    detail = N_(
        "Minutes go up to 24 hours, days up to 366, and the longest time cannot be below the shortest."
        " Time counts in steps of 1, 5, 10, 15, 30 or 60 minutes."
    )


class RuleBeginsInThePast(Invalid):
    """Shifts that have begun keep the rule they began with."""

    slug = "rule-begins-in-the-past"
    title = N_("The day is over already")
    detail = N_("A rule can begin today or later: hours already served keep the rule of their day.")


class BreaksAreImpossible(Invalid):
    """Breaks lie apart between coming and leaving."""

    slug = "breaks-impossible"
    title = N_("This break cannot be right")
    detail = N_(
        "A break must lie between coming and leaving, end after it begins, and not meet another break."
    )


class AnotherMustVerify(Refused):
    """Whoever entered much by hand does not verify it too."""

    slug = "another-must-verify"
    title = N_("A second person must verify this")
    detail = N_(
        "You entered these times yourself, and they add much time or came late."
        " By the points rule somebody else must verify them."
    )


class NothingToAnswer(Refused):
    """Only hours that were closed without a check-out ask when somebody left."""

    slug = "nothing-to-answer"
    title = N_("This is settled already")
    detail = N_("Nobody needs to know any more when you left there. Please look at your records.")


class AlreadyThere(Refused):
    """The person has an attendance at this shift, which can be corrected."""

    slug = "already-at-this-shift"
    title = N_("Already on the list of this shift")
    detail = N_("This person is on the shift's list already. Please correct the times there.")


class NotOnNotice(Refused):
    """Only an award whose points have not arrived can be held back."""

    slug = "not-on-notice"
    title = N_("These points have arrived already")
    detail = N_(
        "Only points that still wait for the end of the public notice can be held back."
        " If the hours are wrong, take the verification back."
    )


class IsDisputed(Refused):
    """Somebody objected to the award, and that is not settled."""

    slug = "award-is-disputed"
    title = N_("Somebody has objected")
    detail = N_("These points wait until the objection is settled.")


class NotDisputed(Refused):
    """Nobody has objected to the award."""

    slug = "award-not-disputed"
    title = N_("Nobody objects")
    detail = N_("There is no objection against these points, or it was settled already.")


class NoticeStillRuns(Refused):
    """The points arrive later, or have arrived."""

    slug = "notice-still-runs"
    title = N_("Not the time for these points")
    detail = N_("The public notice of these points has not ended, or they have arrived already.")
