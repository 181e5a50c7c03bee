"""Helping somebody back in who has lost what they sign in with, from the server's own console."""

import secrets

from kernel.database import transaction
from people import second_factor, signin
from people.factors import ClerkPin, HalfSession
from people.models import Credential, SignInTry
from people.passwords import hashed
from people.security_log import happened
from people.sessions import end_everywhere, token_hash


async def reset(book_id: int, person_id: int) -> str:
    """Take a person's password, second factors and PIN, sign every browser out, and return a new one-time link's token.

    Raises:
        NoSuchMember
    """
    nobodys = await hashed(secrets.token_urlsafe(32))
    async with transaction():
        await second_factor.remove_all(person_id)
        await ClerkPin.filter(person_id=person_id).delete()
        if (credential := await Credential.get_or_none(person_id=person_id)) is not None:
            await Credential.filter(id=credential.id).update(password_hash=nobodys)
            await SignInTry.filter(name_hash=token_hash(credential.sign_in_name)).delete()
        await signin.end_invites(person_id)
        await HalfSession.filter(person_id=person_id).delete()
        await end_everywhere(person_id)
        token = await signin.invite_from_console(book_id, person_id)
        await happened("reset", book_id, person_id, detail="console")
    return token
