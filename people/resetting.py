"""Helping somebody back in who has lost what they sign in with, from the server's own console."""

import secrets

from kernel.database import transaction
from people import browsers, second_factor, signin
from people.events import Happening, happened
from people.factors import ClerkPin, HalfSession
from people.limits import Purpose
from people.models import Credential
from people.passwords import hashed
from people.proofs import OwnPassword
from people.sessions import end_everywhere, token_hash
from people.tallies import forget


async def reset(book_id: int, person_id: int) -> str:
    """Take a person's password, second factors and PIN, sign every browser out, and return a new one-time link's token.

    Raises:
        NoSuchMember
    """
    nobodys = await hashed(secrets.token_urlsafe(32))
    async with transaction():
        await second_factor.remove_all(person_id)
        await OwnPassword.filter(person_id=person_id).delete()
        await ClerkPin.filter(person_id=person_id).delete()
        if (credential := await Credential.get_or_none(person_id=person_id)) is not None:
            await Credential.filter(id=credential.id).update(password_hash=nobodys)
            await forget(Purpose.SIGN_IN, token_hash(credential.sign_in_name))
        await signin.end_invites(person_id)
        await HalfSession.filter(person_id=person_id).delete()
        await end_everywhere(person_id)
        await browsers.forget(person_id)
        token = await signin.invite_from_console(book_id, person_id)
        await happened(Happening.RESET, book_id, person_id, detail="console")
    return token
