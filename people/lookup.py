"""Finding a member at a counter or on a shift: by code, short number, end of the phone number, or name."""

import re

from kernel import clock
from kernel.database import fetch
from kernel.ids import new_id
from people.codes import (
    CODE_SIGNS,
    Expired,
    kind_of,
    member_key,
    read_code,
    read_number,
    read_scanned,
)
from people.errors import CodeIsUnknown, MemberCodeExpired, MemberCodeUsed, NoSuchMember
from people.masks import MOBILE_DIGITS
from people.models import Membership
from people.naming import folded
from people.phones import TAIL_DIGITS, tail_index, whole_index
from people.roster import active

MOST = 20


async def find_member(book_id: int, text: str, by: int) -> list[Membership]:
    """Return the members that a scanned or typed text can mean, each with its `person`; `by` is who looks.

    Raises:
        NoSuchMember, CodeIsUnknown, MemberCodeExpired, MemberCodeUsed
    """
    token = read_scanned(text)
    if len(token) == CODE_SIGNS and kind_of(token) is not None:
        return [await by_code(book_id, token, by)]
    if re.fullmatch(r"[A-Z2-7]{24,}", token):
        raise CodeIsUnknown
    digits = re.sub(r"[\s\-]", "", token)
    if re.fullmatch(r"[0-9]+", digits):
        found = await _by_digits(book_id, digits)
    else:
        found = await by_name(book_id, token)
    if not found:
        raise NoSuchMember
    return found


async def by_code(book_id: int, token: str, by: int) -> Membership:
    """Return the member whose rotating code this is; a code opens one service, for the one who read it first.

    Raises:
        CodeIsUnknown, MemberCodeExpired, MemberCodeUsed
    """
    now = clock.now()
    code = read_code(member_key(), book_id, read_scanned(token), now)
    if code is None:
        raise CodeIsUnknown
    if isinstance(code, Expired):
        raise MemberCodeExpired
    member = await active(book_id).filter(id=code.membership_id).first()
    if member is None:
        raise CodeIsUnknown
    if await _first_reader(book_id, member.person_id, code.step, by, now) != by:
        raise MemberCodeUsed
    return member


async def _first_reader(book_id: int, person_id: int, step: int, by: int, now: int) -> int:
    """Return who used this code first, which may be `by` at this moment; two at once get one answer."""
    rows = await fetch(
        "INSERT INTO used_member_code (id, book_id, person_id, step, used_by, used_at)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (book_id, person_id, step)"
        " DO UPDATE SET used_by = used_member_code.used_by RETURNING used_by",
        new_id(),
        book_id,
        person_id,
        step,
        by,
        now,
    )
    return int(rows[0]["used_by"])


async def by_number(book_id: int, text: str) -> Membership:
    """Return the member with a short number.

    Raises:
        NoSuchMember
    """
    number = read_number(text)
    found = await active(book_id).filter(number=number).first() if number else None
    if found is None:
        raise NoSuchMember
    return found


async def by_phone_end(book_id: int, digits: str) -> list[Membership]:
    """Return the members whose phone ends in four or more digits: a family may share one phone."""
    digits = re.sub(r"[\s\-]", "", read_scanned(digits))
    if not re.fullmatch(rf"[0-9]{{{TAIL_DIGITS},15}}", digits):
        return []
    if len(digits) == MOBILE_DIGITS and (same := await _by_phone(book_id, digits)):
        return same
    # The index knows four digits; a longer end is compared with what the few candidates decrypt to.
    alike = active(book_id).filter(person__phone_tail_index=tail_index(digits)).order_by("number")
    return [member for member in await alike if member.person.phone.endswith(digits)][:MOST]


async def _by_phone(book_id: int, phone: str) -> list[Membership]:
    same = active(book_id).filter(person__phone_index=whole_index(phone))
    return await same.order_by("number").limit(MOST)


async def by_number_or_phone(book_id: int, text: str) -> list[Membership]:
    """Return the members that typed digits can mean, for a visitor who says who they are.

    Raises:
        NoSuchMember
    """
    found = await _by_digits(book_id, re.sub(r"[\s\-]", "", read_scanned(text)))
    if not found:
        raise NoSuchMember
    return found


async def _by_digits(book_id: int, digits: str) -> list[Membership]:
    number = read_number(digits)
    found = await active(book_id).filter(number=number) if number else []
    seen = {member.id for member in found}
    phones = await by_phone_end(book_id, digits)
    return found + [member for member in phones if member.id not in seen]


async def by_name(book_id: int, text: str) -> list[Membership]:
    """Return the members whose name holds this text, whole names first, at most twenty."""
    wanted = folded(text[:200])
    if not wanted:
        return []
    found = (
        await active(book_id).filter(person__name__icontains=wanted).order_by("number").limit(MOST)
    )
    return sorted(found, key=lambda member: member.person.name.casefold() != wanted.casefold())
