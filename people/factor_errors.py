"""What the second step of a sign-in, PINs and counters' browsers refuse, and what to do next."""

from kernel.errors import N_, Forbidden, Invalid, NotFound, Refused
from people.errors import SignInNeeded, TooManyTries


class SignInRanOut(SignInNeeded):
    """The time between the two steps of a sign-in is over, or it has been used."""

    slug = "sign-in-ran-out"
    title = N_("Please begin again")
    detail = N_("The sign-in took too long or was already finished. Please begin again.")


class SecondFactorNeeded(SignInNeeded):
    """Name and password were right; a code is asked for too."""

    slug = "second-factor-needed"
    title = N_("A second proof is needed")
    detail = N_("Please give a code of the authenticator app or of the printed sheet as well.")


class SecondFactorNotSet(Forbidden):
    """A program cannot set a second factor up; a person does that on the pages."""

    slug = "second-factor-not-set"
    title = N_("No second proof is set up yet")
    detail = N_("Please sign in on the pages once and set up a second proof there.")


class SecondFactorIsSet(Refused):
    """Who has a second factor gives it; a new one is not set up in its place at the door."""

    slug = "second-factor-set"
    title = N_("A second proof is already set up")
    detail = N_(
        "Please give a code of it. If you have lost it, ask the person who runs this system."
    )


class WrongCode(Invalid):
    """The code does not fit, or was used before; which of them is nobody's business."""

    slug = "wrong-code"
    title = N_("That code did not match")
    detail = N_(
        "That code did not match. A code of the app is good for half a minute, and each code works once."
    )


class TooManyWrongCodes(TooManyTries):
    """Several wrong codes in a row: wait a little."""

    slug = "too-many-wrong-codes"
    title = N_("Please wait a moment")
    detail = N_("There were several wrong codes. Please try again in %(minutes)s minutes.")


class PasskeyNotAccepted(Invalid):
    """The passkey's answer does not fit the question, or the passkey is not one of ours."""

    slug = "passkey-not-accepted"
    title = N_("That passkey was not accepted")
    detail = N_("That passkey was not accepted. Please try again, or use a code instead.")


class PasskeysNotHere(Refused):
    """Passkeys are bound to a domain with https, and this installation has none."""

    slug = "passkeys-not-here"
    title = N_("Passkeys do not work here")
    detail = N_("Passkeys need an https address with a name of its own. Please use a code.")


class SetupCodeIsWrong(Invalid):
    """The set-up code is unknown, used or out of date."""

    slug = "setup-code-wrong"
    title = N_("That set-up code is not good")
    detail = N_(
        "Please type the newest code that the server's console printed; it is good for a day. "
        "Starting the server again prints a new one."
    )


class RecoveryCodeIsWrong(Invalid):
    """The recovery code is unknown, used or replaced by a newer sheet."""

    slug = "recovery-code-wrong"
    title = N_("That recovery code is not good")
    detail = N_("Please check the code on the sheet. A sheet works once, and a newer one ends it.")


class ClerkPinIsOdd(Invalid):
    """A PIN is 4 to 6 digits."""

    slug = "clerk-pin-odd"
    title = N_("Please check the PIN")
    detail = N_("A PIN is 4 to 6 digits.")


class ClerkPinTooSimple(Invalid):
    """The PIN is among the first that anybody would try."""

    slug = "clerk-pin-too-simple"
    title = N_("This PIN is easy to guess")
    detail = N_("This PIN is tried first by everybody. Please choose other digits.")


class WrongClerkPin(Invalid):
    """The PIN does not fit."""

    slug = "clerk-pin-wrong"
    title = N_("That PIN did not match")
    detail = N_("That PIN did not match. Please try again, or sign in with your password.")


class TooManyClerkPins(TooManyTries):
    """Several wrong PINs in a row: wait, or sign in with the password."""

    slug = "too-many-clerk-pins"
    title = N_("The PIN is locked for a while")
    detail = N_(
        "There were several wrong PINs. It opens again in %(minutes)s minutes; "
        "signing in with the password works at any time."
    )


class NotAtACounter(Forbidden):
    """This browser is not one of a counter's, or not any more."""

    slug = "not-at-a-counter"
    title = N_("This is no counter's browser")
    detail = N_(
        "Clerks take turns by PIN only where an administrator or organiser has set the browser up as a counter. "
        "Please sign in with your password."
    )


class WrongDeskCode(Invalid):
    """No partner has this code, or has it any more."""

    slug = "desk-code-wrong"
    title = N_("That code is not good")
    detail = N_(
        "Please check the code: 8 letters and digits. After a new one was made, the old one opens nothing any more."
    )


class NoSuchPartner(NotFound):
    """There is no such partner here."""

    slug = "no-such-partner"
    title = N_("No such partner")
    detail = N_("We do not know this property company or merchant.")


class FullSignInNeeded(Forbidden):
    """A PIN opens the counter and nothing else."""

    slug = "full-sign-in-needed"
    title = N_("Please sign in with your password for this")
    detail = N_("You came in by PIN. For this, please sign in with your password first.")


class PinOpensMore(Forbidden):
    """One PIN is somebody's everywhere; a partner does not set that of a person who works in the community as well."""

    slug = "pin-opens-more"
    title = N_("This person sets their own PIN")
    detail = N_("This person works in the community too, and the same PIN opens the counter there.")


class NoSuchDevice(NotFound):
    """There is no such counter's browser here."""

    slug = "no-such-device"
    title = N_("No such browser")
    detail = N_("We do not know this counter's browser. It may have been taken off the list.")
