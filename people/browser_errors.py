"""What is refused about browsers, own passwords and one-time codes, and what to do next."""

from kernel.errors import N_, Forbidden, Invalid, NotFound, Refused
from people.errors import TooManyTries


class SeveralMembers(Refused):
    """What was said fits several members."""

    slug = "several-members"
    title = N_("Several people have this")
    detail = N_(
        "Several members have this number at the end of their phone. Please give the member number."
    )


class QuestionIsOver(NotFound):
    """A browser's question was answered already, or waited too long."""

    slug = "browser-question-over"
    title = N_("This question is over")
    detail = N_("It was answered already, or waited too long. Please ask again on the phone.")


class VouchesForOneself(Forbidden):
    """Nobody says of themselves that it is them."""

    slug = "vouches-for-oneself"
    title = N_("Somebody else must confirm you")
    detail = N_("You cannot confirm yourself. Please ask another member of the staff.")


class NotOnThisBrowser(NotFound):
    """Somebody was named who is not signed in on this browser, or no longer."""

    slug = "not-on-this-browser"
    title = N_("Not signed in on this phone")
    detail = N_("This person is not signed in on this phone any more. Please sign in again.")


class NobodyChosen(Invalid):
    """One or both: at least one of the persons on this browser must be ticked."""

    slug = "nobody-ticked"
    title = N_("Whom is it for?")
    detail = N_("Please tick at least one person.")


class WrongNumberOrPassword(Invalid):
    """Phone, number or password is wrong; which of them is nobody's business."""

    slug = "wrong-number-or-password"
    title = N_("That did not match")
    detail = N_(
        "The number and the password do not match. Please check both, or sign in at the next shift: "
        "the shift leader does it with one tap."
    )


class SeveralFit(Refused):
    """Two who share a phone chose the same password: the phone alone does not say who it is."""

    slug = "several-fit"
    title = N_("Please give your member number")
    detail = N_(
        "Two members of this phone have the same password. Please sign in with the member number instead."
    )


class OldPasswordNeeded(Invalid):
    """A password is changed by who knows the old one, or has just shown in another way who they are."""

    slug = "old-password-needed"
    title = N_("The old password does not match")
    detail = N_(
        "Please enter the password you have now. If you forgot it, sign in again with a code from the "
        "organiser; for a quarter of an hour you can then set a new one without it."
    )


class CodesAreOff(NotFound):
    """This installation sends no one-time codes."""

    slug = "codes-are-off"
    title = N_("No codes are sent here")
    detail = N_(
        "This community sends no codes to phones. Please ask an organiser for a sign-in code."
    )


class CodeDoesNotFit(Invalid):
    """The code is wrong, late, used, or was asked for elsewhere."""

    slug = "one-time-code-wrong"
    title = N_("This code does not fit")
    detail = N_(
        "The code is wrong, older than five minutes, or was used already. Please check the six digits, "
        "or ask for a new code."
    )


class CodeJustSent(TooManyTries):
    """A code went to this phone less than a minute ago, or ten did today."""

    slug = "code-just-sent"
    title = N_("A code is on its way")
    detail = N_("A code was sent a moment ago. Another one can be sent in %(minutes)s minutes.")
