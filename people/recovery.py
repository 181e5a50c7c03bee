"""The sealed envelope of a community with one administrator: its code makes an administrator again, once."""

import secrets

from tortoise.queryset import QuerySet

from kernel import clock
from kernel.database import transaction
from kernel.keys import base32
from people import registration, resetting
from people.code_sheets import read_code
from people.errors import NoSuchMember
from people.events import Happening, happened
from people.factor_errors import RecoveryCodeIsWrong
from people.factors import RecoverySheet
from people.models import Community, Membership, Role, RoleGrant
from people.sessions import token_hash

CODE_BYTES = 20  # 32 signs of base32: 160 bits
GROUP = 4
ENOUGH_ADMINS = 2


async def print_sheet(book_id: int, by: int) -> str:
    """Return the code of a community's new recovery sheet, which ends an earlier one; it is kept nowhere else."""
    signs, now = base32(secrets.token_bytes(CODE_BYTES)), clock.now()
    async with transaction():
        await Community.filter(id=book_id).select_for_update().first()
        await _good(book_id).update(replaced_at=now)
        await RecoverySheet.create(
            book_id=book_id, code_hash=token_hash(signs), made_by=by, made_at=now
        )
        await happened(Happening.RECOVERY_SHEET_MADE, book_id, by=by)
    return "-".join(signs[place : place + GROUP] for place in range(0, len(signs), GROUP))


def _good(book_id: int) -> QuerySet[RecoverySheet]:
    return RecoverySheet.filter(book_id=book_id, used_at__isnull=True, replaced_at__isnull=True)


async def sheet_of(book_id: int) -> RecoverySheet | None:
    """Return the community's recovery sheet that is still good."""
    return await _good(book_id).first()


async def hangs_on_one(book_id: int) -> bool:
    """Say whether losing one person would lock the community out: one administrator, and no recovery sheet."""
    admins = RoleGrant.filter(book_id=book_id, role=Role.ADMIN, revoked_at__isnull=True)
    few = 0 < await admins.count() < ENOUGH_ADMINS
    return few and await sheet_of(book_id) is None


async def recover(code: str, name: str, number: int | None = None) -> str:
    """Use a recovery sheet up: make a member, or the one with that number, an administrator.

    Returns the token of a one-time link that lets them choose password and second factor.

    Raises:
        RecoveryCodeIsWrong, NoSuchMember, NameIsEmpty, TextTooLong
    """
    async with transaction():
        sheet = await RecoverySheet.get_or_none(code_hash=token_hash(read_code(code)))
        if sheet is None or not await _good(sheet.book_id).filter(id=sheet.id).update(
            used_at=clock.now()
        ):
            raise RecoveryCodeIsWrong(field="code")
        book_id = sheet.book_id
        person_id = await _member(book_id, name, number)
        await registration.grant_role(book_id, person_id, Role.ADMIN, None)
        await happened(Happening.RECOVERY_SHEET_USED, book_id, person_id)
        return await resetting.reset(book_id, person_id)


async def _member(book_id: int, name: str, number: int | None) -> int:
    if number is None:
        return (await registration.register(book_id, name)).person_id
    found = await Membership.get_or_none(book_id=book_id, number=number)
    if found is None:
        raise NoSuchMember(field="number")
    return found.person_id
