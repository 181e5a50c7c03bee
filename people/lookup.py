"""Finding a member at a counter or on a shift: by code, card, number, end of the phone number, name or pinyin."""

import re

from kernel import clock
from kernel.database import fetch
from kernel.ids import new_id
from people.card_codes import is_card
from people.card_errors import CardIsDead
from people.cards import Card
from people.closed import survivor_of
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
from people.limits import Purpose
from people.masks import MOBILE_DIGITS
from people.models import Membership
from people.naming import folded
from people.phones import TAIL_DIGITS, tail_index, whole_index
from people.pinyin import begins, read_letters
from people.roster import active
from people.sessions import token_hash
from people.tallies import count

MOST = 20


async def find_member(book_id: int, text: str, by: int) -> list[Membership]:
    """Return the members that a scanned or typed text can mean, each with its `person`; `by` is who looks.

    Raises:
        NoSuchMember, CodeIsUnknown, MemberCodeExpired, MemberCodeUsed, CardIsDead, TooManyTries
    """
    token = read_scanned(text)
    if is_card(token):
        return [await by_card(book_id, token)]
    if len(token) == CODE_SIGNS and kind_of(token) is not None:
        return [await by_code(book_id, token, by)]
    if re.fullmatch(r"[A-Z2-7]{24,}", token):
        raise CodeIsUnknown
    digits = re.sub(r"[\s\-]", "", token)
    if re.fullmatch(r"[0-9]+", digits):
        found = await _by_digits(book_id, digits)
    else:
        await count(Purpose.LOOK_UP, str(by))  # Nobody copies the list of members name by name.
        found = await by_name(book_id, token) or await by_initials(book_id, token)
    if not found:
        raise NoSuchMember
    return found


async def by_code(book_id: int, token: str, by: int) -> Membership:
    """Return the member whose rotating code this is; a code opens one service, for the one who read it first.

    Raises:
        CodeIsUnknown, MemberCodeExpired, MemberCodeUsed
    """
    member, step = await owner_of_code(book_id, read_scanned(token), clock.now())
    await use_code(book_id, member.person_id, step, by)
    return member


async def owner_of_code(book_id: int, token: str, at: int) -> tuple[Membership, int]:
    """Return whose rotating code this is at a moment, and its step, without using it.

    Raises:
        CodeIsUnknown, MemberCodeExpired
    """
    code = read_code(member_key(), book_id, token, at)
    if code is None:
        raise CodeIsUnknown
    if isinstance(code, Expired):
        raise MemberCodeExpired
    member = await _surviving(
        book_id, await active(book_id).filter(id=code.membership_id).first(), id=code.membership_id
    )
    if member is None:
        raise CodeIsUnknown
    return member, code.step


async def use_code(book_id: int, person_id: int, step: int, by: int) -> None:
    """Let `by` use a code, which nobody else can from then on; two at once get one answer.

    Raises:
        MemberCodeUsed
    """
    rows = await fetch(
        "INSERT INTO used_member_code (id, book_id, person_id, step, used_by, used_at)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (book_id, person_id, step)"
        " DO UPDATE SET used_by = used_member_code.used_by RETURNING used_by",
        new_id(),
        book_id,
        person_id,
        step,
        by,
        clock.now(),
    )
    if int(rows[0]["used_by"]) != by:
        raise MemberCodeUsed


async def by_card(book_id: int, token: str) -> Membership:
    """Return the member whose printed card this is; another community's card is unknown here.

    Raises:
        CodeIsUnknown, CardIsDead
    """
    return await by_card_hash(book_id, token_hash(token))


async def by_card_hash(book_id: int, hashed: str) -> Membership:
    """Return the member whose card has this SHA-256: all that a device without a network keeps of a card.

    Raises:
        CodeIsUnknown, CardIsDead
    """
    card = await Card.get_or_none(book_id=book_id, token_hash=hashed)
    if card is None:
        raise CodeIsUnknown
    if card.revoked_at is not None:
        raise CardIsDead
    member = await active(book_id).filter(person_id=card.person_id).first()
    member = await _surviving(book_id, member, person_id=card.person_id)
    if member is None:
        raise CodeIsUnknown
    return member


async def by_number(book_id: int, text: str) -> Membership:
    """Return the member with a short number.

    Raises:
        NoSuchMember
    """
    number = read_number(text)
    found = await active(book_id).filter(number=number).first() if number else None
    found = await _surviving(book_id, found, number=number) if number else None
    if found is None:
        raise NoSuchMember
    return found


async def _surviving(book_id: int, found: Membership | None, **old: int) -> Membership | None:
    """Return who was found, or whose record an old number or code leads to: that which it was joined into."""
    if found is not None:
        return found
    before = await Membership.filter(book_id=book_id, **old).first()
    if before is None:
        return None
    survivor = await survivor_of(book_id, before.person_id)
    if survivor == before.person_id:
        return None
    return await active(book_id).filter(person_id=survivor).first()


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
    if number and not found:
        survivor = await _surviving(book_id, None, number=number)
        found = [survivor] if survivor else []
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


async def by_initials(book_id: int, text: str) -> list[Membership]:
    """Return the members whose names begin with these letters in pinyin, whole names first, at most twenty."""
    letters = read_letters(text)
    if letters is None:
        return []
    # One small read: a community has a few thousand names, and a sign's letter stands in no index.
    names = await active(book_id).order_by("number").values_list("id", "person__name")
    alike = [(len(name) != len(letters), at) for at, name in names if begins(name, letters)]
    wanted = [at for _, at in sorted(alike, key=lambda pair: pair[0])[:MOST]]
    found = {member.id: member async for member in active(book_id).filter(id__in=wanted)}
    return [found[at] for at in wanted]
