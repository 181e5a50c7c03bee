"""Asking again: some acts want the password from the last five minutes, whoever left a browser open."""

from kernel.clock import MINUTE
from people.errors import SignInNeeded, WrongNameOrPassword
from people.models import Credential
from people.permissions import Viewer
from people.sessions import SignedIn, confirm
from people.signin import prove
from people.step_up_errors import NothingToConfirmWith, WrongPassword

FRESH = 5 * MINUTE


def is_fresh(confirmed_at: int | None, now: int) -> bool:
    """Say whether the password was given within the last five minutes."""
    return confirmed_at is not None and 0 <= now - confirmed_at < FRESH


async def has_password(person_id: int) -> bool:
    """Say whether somebody has a password to be asked for."""
    return await Credential.filter(person_id=person_id).exists()


async def confirm_with_password(viewer: Viewer, password: str) -> SignedIn:
    """Check the viewer's password and return their session under a new token.

    Raises:
        NothingToConfirmWith, WrongPassword, TooManyTries, SignInNeeded
    """
    credential = await Credential.get_or_none(person_id=viewer.person_id)
    if credential is None:
        raise NothingToConfirmWith
    try:
        await prove(credential.sign_in_name, password)
    except WrongNameOrPassword:
        raise WrongPassword from None
    renewed = await confirm(viewer.session_id, viewer.person_id)
    if renewed is None:
        raise SignInNeeded
    return renewed
