"""Remove somebody's personal data. What the books know of them stays: opaque numbers under an alias.

Value is never moved here: whoever has points or vouchers uses them first.
"""

from kernel import clock
from kernel.database import execute, fetch, transaction, wiped
from ledger.balances import wallet
from people import roster
from people.closed import joined_into
from people.credentials import folded_sign_in_name
from people.endings import ALL, ended, open_rows, write
from people.erased import is_erased, require_not_erased
from people.limits import Purpose
from people.masks import ERASED
from people.models import PHONE_FIELDS, Community, Credential, Membership
from people.permissions import STAFF
from people.personal_tables import TABLES
from people.photographing import remove_photo
from people.privacy import Erasure
from people.privacy_errors import (
    ErasureNeedsTwo,
    HoursStillWait,
    RequestsStillWait,
    StillElsewhere,
    StillHasPoints,
    StillOwesPoints,
    StillWorksHere,
    VouchersStillOpen,
)
from people.sessions import end_all, token_hash
from people.tallies import forget

# The tables of rooms above are asked for what stands in the way, by the same map that names them.
HELD = """
SELECT COALESCE(SUM(amount - captured - released), 0) AS points FROM hold WHERE book_id = $1 AND person_id = $2
"""
OPEN_VOUCHERS = """
SELECT count(*) AS count FROM voucher
 WHERE book_id = $1 AND person_id = $2 AND state = 'issued' AND remaining_fen > 0
"""
WAITING = """
SELECT count(*) AS count FROM attendance
 WHERE book_id = $1 AND person_id = $2 AND state IN ('waiting', 'present', 'left')
"""

# A request that is decided later would give points to nobody.
REQUESTS = """
SELECT count(*) AS count FROM approval
 WHERE book_id = $1 AND beneficiary_id = $2 AND outcome IS NULL AND expires_at > $3
"""


def alias_of(member: Membership) -> str:
    """Return what stands in place of the name of a member whose data were removed."""
    return f"{ERASED}{member.shown_number}"


async def check_erasable(book_id: int, person_id: int) -> None:
    """Say what stands in the way of removing somebody's data, if anything does.

    Raises:
        NoSuchMember, PersonIsErased, StillElsewhere, StillWorksHere, StillHasPoints, StillOwesPoints, HoursStillWait,
        RequestsStillWait, VouchersStillOpen
    """
    await roster.member(book_id, person_id)
    await require_not_erased(book_id, person_id)
    if await Membership.filter(person_id=person_id).exclude(book_id=book_id).exists():
        raise StillElsewhere
    if await roster.roles_of(book_id, person_id) & STAFF:
        raise StillWorksHere
    has = await wallet(book_id, person_id)
    points = has.purse.balance + has.pending.balance + await _one(HELD, book_id, person_id)
    if points:
        raise StillHasPoints(points=points)
    if has.owed.balance:
        raise StillOwesPoints(points=has.owed.balance)
    if waiting := await _one(WAITING, book_id, person_id):
        raise HoursStillWait(count=waiting)
    if requests := await _one(REQUESTS, book_id, person_id, clock.now()):
        raise RequestsStillWait(count=requests)
    if vouchers := await _one(OPEN_VOUCHERS, book_id, person_id):
        raise VouchersStillOpen(count=vouchers)


async def _one(sql: str, *values: int) -> int:
    (row,) = await fetch(sql, *values)
    return int(next(iter(row.values())))


async def erase(book_id: int, person_id: int, *, by: int, approved_by: int) -> Erasure:
    """Remove name, phone, photo, flat, sign-ins and all that is not needed for the books; two people answer for it.

    Raises:
        ErasureNeedsTwo, and what `check_erasable` refuses
    """
    now = clock.now()
    async with wiped(), transaction():
        # Roles are given and taken under the same lock: nobody is taken on while their data go.
        await Community.filter(id=book_id).select_for_update().first()
        # A record that was joined into this one is of the same person.
        for each in await joined_into(book_id, person_id):
            if not await is_erased(book_id, each):
                await _erase(book_id, each, by, approved_by, now)
        return await _erase(book_id, person_id, by, approved_by, now)


async def _erase(book_id: int, person_id: int, by: int, approved_by: int, now: int) -> Erasure:
    if by == approved_by or person_id in (by, approved_by):
        raise ErasureNeedsTwo
    member = await roster.member(book_id, person_id)
    await check_erasable(book_id, person_id)
    await end_all(book_id, person_id, by=by)
    # Roles, and what the family allowed each other with this person.
    await write(book_id, ended(await open_rows(book_id, person_id, ALL), now))
    await _forget_tries(person_id)
    await remove_photo(book_id, person_id)
    await _clear_tables(book_id, person_id)
    member.person.name = alias_of(member)
    member.person.language = ""
    member.person.keep_phone("")
    await member.person.save(update_fields=["name", "language", *PHONE_FIELDS])
    return await Erasure.create(
        book_id=book_id,
        person_id=person_id,
        erased_by=by,
        approved_by=approved_by,
        erased_at=now,
    )


async def _forget_tries(person_id: int) -> None:
    if credential := await Credential.get_or_none(person_id=person_id):
        name = token_hash(folded_sign_in_name(credential.sign_in_name))
        await forget(Purpose.SIGN_IN, name)


async def _clear_tables(book_id: int, person_id: int) -> None:
    """Delete and blank what the map of personal data says."""
    for table in TABLES:
        if table.deleted:
            await execute(
                f"DELETE FROM {table.name} WHERE {table.deleted}",  # noqa: S608  our own words
                book_id,
                person_id,
            )
        if table.blanked:
            columns = ", ".join(f"{column} = {value}" for column, value in table.blanked.items())
            await execute(
                f"UPDATE {table.name} SET {columns} WHERE {table.of}",  # noqa: S608  our own words
                book_id,
                person_id,
            )
