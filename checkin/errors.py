"""What check-in and verification refuse: what happened, and what to do next."""

from kernel.errors import N_, Forbidden, Invalid, NotFound, Refused


class CodeNotRecognised(NotFound):
    """The scanned text is not a check-in code of ours, or was altered."""

    slug = "code-not-recognised"
    title = N_("This code is not known")
    detail = N_(
        "This is not a check-in code of this system."
        " Please scan the code on the organiser's screen, or tell the organiser your short number."
    )


class CodeExpired(Refused):
    """The code was genuine but older than 25 seconds."""

    slug = "code-expired"
    title = N_("This code has changed")
    detail = N_(
        "The code changes every few seconds and this one is old. Please scan the screen again."
    )


class ClaimExpired(Refused):
    """More than five minutes went by since the scan."""

    slug = "claim-expired"
    title = N_("Please scan again")
    detail = N_("More than five minutes have passed since you scanned. Please scan the code again.")


class TooManyTries(Refused):
    """Typed codes were guessed at; scanning still works."""

    slug = "too-many-typed-codes"
    title = N_("Too many tries")
    detail = N_(
        "Too many wrong numbers were typed. Please scan the code, or ask the organiser to check you in."
    )


class OtherCommunity(Refused):
    """The shift belongs to a community that this person is not signed in to."""

    slug = "shift-of-another-community"
    title = N_("This shift is in another community")
    detail = N_(
        "This code belongs to another community. Please sign in there or ask the organiser."
    )


class NotAMember(Forbidden):
    """The person is not on this community's list."""

    slug = "not-a-member"
    title = N_("Not on the list yet")
    detail = N_("You are not on this community's list yet. Please ask the organiser to add you.")


class SeveralPeople(Refused):
    """The typed digits end the phone number of more than one member."""

    slug = "several-people"
    title = N_("Several people fit these digits")
    detail = N_("Several people share these last digits. Please type the short number instead.")


class ShiftNotFound(NotFound):
    """There is no such shift in this community."""

    slug = "shift-not-found"
    title = N_("Shift not found")
    detail = N_("We could not find this shift. Please choose it from the list again.")


class AttendanceNotFound(NotFound):
    """There is no such attendance in this community."""

    slug = "attendance-not-found"
    title = N_("Attendance not found")
    detail = N_("We could not find this attendance. Please open the shift again.")


class ShiftIsClosed(Refused):
    """The organiser has closed the shift."""

    slug = "shift-is-closed"
    title = N_("The shift is closed")
    detail = N_("The organiser has closed this shift. Please ask the organiser to open it again.")


class TooEarly(Refused):
    """Check-in opens half an hour before the start."""

    slug = "shift-not-yet-open"
    title = N_("A little too early")
    detail = N_("Check-in opens 30 minutes before the shift begins. Please scan again then.")


class TooLate(Refused):
    """Check-in and check-out end an hour after the shift."""

    slug = "shift-is-over"
    title = N_("The shift is over")
    detail = N_(
        "This shift ended more than an hour ago. Please tell the organiser when you came and left."
    )


class PresentElsewhere(Refused):
    """The person is still checked in at another shift."""

    slug = "present-elsewhere"
    title = N_("Still checked in elsewhere")
    detail = N_(
        "You are still checked in at “%(activity)s”."
        " Please check out there first, or ask the organiser to correct it."
    )


class TimesOverlap(Refused):
    """The times meet those of another attendance of the same person."""

    slug = "times-overlap"
    title = N_("The times overlap")
    detail = N_(
        "These times overlap with “%(activity)s”. One person cannot be in two places at once."
    )


class AlreadyLeft(Refused):
    """The person has checked out of this shift before."""

    slug = "already-checked-out"
    title = N_("Already checked out")
    detail = N_(
        "You have already checked out of this shift. If that was too early, ask the organiser."
    )


class NotCheckedIn(Refused):
    """There is nothing to check out of."""

    slug = "not-checked-in"
    title = N_("Not checked in")
    detail = N_("You are not checked in at this shift. Please check in first.")


class ScanAgainToLeave(Refused):
    """The scan that checked somebody in cannot check them out."""

    slug = "scan-again-to-leave"
    title = N_("Scan again when you leave")
    detail = N_(
        "You have just checked in with this scan. When you leave, please scan the code again."
    )


class NobodyAsks(Refused):
    """The question was answered before, or withdrawn."""

    slug = "nobody-asks"
    title = N_("Already answered")
    detail = N_(
        "Nobody is waiting here any more. Please open the shift again to see how it stands."
    )


class OwnHours(Refused):
    """Nobody confirms, corrects or verifies their own hours."""

    slug = "own-hours"
    title = N_("These are your own hours")
    detail = N_("Your own hours must be confirmed by somebody else. Please ask another organiser.")


class NotCheckedOut(Refused):
    """Hours are verified once they have an end."""

    slug = "not-checked-out"
    title = N_("Not checked out yet")
    detail = N_("This volunteer has not checked out. Enter when they left, then verify the hours.")


class NotVerified(Refused):
    """Only verified hours can be taken back."""

    slug = "not-verified"
    title = N_("Not verified")
    detail = N_("These hours are not verified, so there is nothing to take back.")


class AlreadyVerified(Refused):
    """Hours are verified once."""

    slug = "already-verified"
    title = N_("Already verified")
    detail = N_(
        "These hours are already verified. To change them, take the verification back first."
    )


class WasRejected(Refused):
    """The organiser has said no to this attendance."""

    slug = "was-rejected"
    title = N_("Not accepted")
    detail = N_(
        "This attendance was not accepted: %(reason)s"
        " If that is a mistake, the organiser can enter the right times."
    )


class NoMinutes(Refused):
    """Less than a whole minute lies between coming and leaving."""

    slug = "no-minutes"
    title = N_("No time was served")
    detail = N_(
        "Less than a minute lies between check-in and check-out. Correct the times or reject it."
    )


class BudgetExceeded(Refused):
    """The shift has no points left for this."""

    slug = "budget-exceeded"
    title = N_("The shift's points are used up")
    detail = N_(
        "This needs %(needed)s points, but the shift has only %(left)s left of %(budget)s."
        " Check the times, or ask the community office to raise the budget."
    )


class AttendanceChanged(Refused):
    """Somebody changed the attendance between reading and deciding."""

    slug = "attendance-changed"
    title = N_("Changed meanwhile")
    detail = N_("Somebody changed this attendance just now. Please look at it again and repeat.")


class ReasonIsMissing(Invalid):
    """A correction says why."""

    slug = "reason-missing"
    title = N_("Please give a reason")
    detail = N_("Please say in a few words why; the reason stays with the record.")


class TimesAreImpossible(Invalid):
    """The times are outside the shift's window, reversed, or in the future."""

    slug = "times-impossible"
    title = N_("These times cannot be right")
    detail = N_(
        "Check-out must be after check-in, not in the future, and both near the shift:"
        " from 30 minutes before it to 60 minutes after it."
    )


class AlreadyAsking(Refused):
    """Another browser asks with the same number and waits for the organiser."""

    slug = "number-already-asking"
    title = N_("Somebody is already asking with this number")
    detail = N_(
        "Another phone has just asked with the number %(number)s."
        " If that was not you, please go to the organiser."
    )
