"""Setting a staff member's sign-in name and password."""

from kernel import clock
from kernel.database import transaction
from people.errors import NoSuchMember, PasswordIsTheirs, SignInNameTaken
from people.events import Happening, happened
from people.factors import HalfSession
from people.limits import Purpose
from people.models import Credential, Person, Session
from people.naming import folded_name
from people.passwords import check_password, hashed
from people.sessions import token_hash
from people.tallies import forget


def folded_sign_in_name(text: str) -> str:
    """Return a sign-in name as it is compared: folded, trimmed, without regard to case.

    Raises:
        NameIsEmpty, TextTooLong
    """
    return folded_name(folded_name(text, field="sign_in_name").casefold(), field="sign_in_name")


async def set_password(
    person_id: int,
    sign_in_name: str,
    password: str,
    *,
    book_id: int | None = None,
    by: int | None = None,
) -> None:
    """Give a person a sign-in name and password, or change them; staff browsers are signed out.

    `by` is who does it, None the server's own console. One who works here sets a first password for somebody else, and
    never another in its place.

    Raises:
        NameIsEmpty, TextTooLong, PasswordTooShort, PasswordTooLong, PasswordTooCommon, SignInNameTaken, NoSuchMember,
        PasswordIsTheirs
    """
    name = folded_sign_in_name(sign_in_name)
    check_password(password, name)
    password_hash, now = await hashed(password), clock.now()
    async with transaction():
        if await Person.filter(id=person_id).select_for_update().first() is None:
            raise NoSuchMember
        if by not in (None, person_id) and await Credential.exists(person_id=person_id):
            raise PasswordIsTheirs(field="password")
        owner = await Credential.get_or_none(sign_in_name=name)
        if owner is not None and owner.person_id != person_id:
            raise SignInNameTaken(field="sign_in_name")
        await Credential.update_or_create(
            person_id=person_id,
            defaults={"sign_in_name": name, "password_hash": password_hash, "changed_at": now},
        )
        await Session.filter(person_id=person_id, staff=True, ended_at__isnull=True).update(
            ended_at=now
        )
        # A sign-in begun with the old password goes no further; one that came by a link is setting this one.
        await HalfSession.filter(person_id=person_id, needs_password=False).update(expires_at=now)
        await forget(Purpose.SIGN_IN, token_hash(name))
        await happened(Happening.PASSWORD_SET, book_id, person_id, by=by, detail="staff")
