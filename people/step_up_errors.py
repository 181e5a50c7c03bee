"""What is said when an act wants to be confirmed."""

from kernel.errors import N_, Forbidden, Invalid, Refused


class ConfirmationNeeded(Forbidden):
    """The act wants the password from the last five minutes."""

    slug = "confirmation-needed"
    title = N_("Please confirm that it is you")
    detail = N_("This step needs your password again. Then it goes on where you were.")


class NothingToConfirmWith(Refused):
    """The signed-in person has no password that could be asked for."""

    slug = "nothing-to-confirm-with"
    title = N_("You have no password yet")
    detail = N_(
        "This step needs your password, and you have none yet. Ask another administrator to set one for you, or the "
        "person who runs this system for a new sign-in link: within five minutes of opening it, no password is asked."
    )


class WrongPassword(Invalid):
    """The viewer's own password did not match."""

    slug = "wrong-password"
    title = N_("That did not match")
    detail = N_("This is not the password you sign in with. Please try again.")
