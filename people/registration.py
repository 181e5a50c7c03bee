"""Opening a community, taking people in, and giving and taking roles."""

from zoneinfo import ZoneInfo

from kernel import clock
from kernel.database import transaction
from kernel.ids import new_id
from ledger.books import open_book
from people.browsers import forget
from people.closed import require_open
from people.erased import require_not_erased
from people.errors import (
    CompanyNeeded,
    NameIsAnothers,
    NoSuchCommunity,
    NoSuchMember,
    NumberIsInvalid,
    NumberTaken,
    ZoneIsUnknown,
)
from people.events import Happening, happened
from people.models import (
    DESKS,
    PHONE_FIELDS,
    Community,
    Membership,
    Person,
    PropertyCompany,
    Role,
    RoleGrant,
    Trade,
)
from people.naming import COMMUNITY_LIMIT, folded_flat, folded_name, folded_phone, within
from people.sessions import end_all

FIRST_NUMBER = 101  # Three digits are said more surely across a counter than one.
LAST_NUMBER = 999_999


async def open_community(
    name: str, zone: str = "Asia/Shanghai", *, office_phone: str = "", practice: bool = False
) -> Community:
    """Open a community and its book under one id; one for practice is in no list of books.

    Raises:
        NameIsEmpty, TextTooLong, PhoneIsInvalid, ZoneIsUnknown
    """
    _check_zone(zone)
    community = Community(
        id=new_id(),
        name=folded_name(name, limit=COMMUNITY_LIMIT),
        zone=zone,
        office_phone=folded_phone(office_phone),
        opened_at=clock.now(),
    )
    async with transaction():
        await community.save(force_create=True)
        await open_book(community.id, zone=zone, practice=practice)
    return community


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        raise ZoneIsUnknown(field="zone") from None


async def open_company(book_id: int, name: str, trade: Trade = Trade.PROPERTY) -> PropertyCompany:
    """Enter a partner of a community; the same name gives the same one.

    Raises:
        NameIsEmpty, TextTooLong, NoSuchCommunity, NameIsAnothers
    """
    name = folded_name(name, limit=COMMUNITY_LIMIT)
    async with transaction():
        await alone_in(book_id)
        company = await PropertyCompany.get_or_none(book_id=book_id, name=name)
        if company is not None and company.trade is not trade:
            raise NameIsAnothers(field="name")
        return company or await PropertyCompany.create(book_id=book_id, name=name, trade=trade)


async def register(
    book_id: int,
    name: str,
    phone: str = "",
    flat: str = "",
    number: int | None = None,
    *,
    by: int | None = None,
) -> Membership:
    """Take a person in as a volunteer under the given short number or the next free one.

    Raises:
        NameIsEmpty, TextTooLong, PhoneIsInvalid, NumberIsInvalid, NumberTaken, NoSuchCommunity
    """
    name, phone, flat = folded_name(name), folded_phone(phone), folded_flat(flat)
    if number is not None and not 1 <= number <= LAST_NUMBER:
        raise NumberIsInvalid(field="number")
    now = clock.now()
    async with transaction():
        await alone_in(book_id)
        person = Person.new(name, phone, now)
        await person.save(force_create=True)
        membership = await Membership.create(
            book_id=book_id,
            person=person,
            number=await _free_number(book_id, number),
            flat=flat,
            joined_at=now,
        )
        await RoleGrant.create(
            book_id=book_id, person=person, role=Role.VOLUNTEER, granted_by=by, granted_at=now
        )
    return membership


async def alone_in(book_id: int) -> None:
    """Let one registration or grant at a time into a community, so that numbers and grants do not race."""
    # SQLite ignores the lock and needs none: its transaction began as the only writer.
    if await Community.filter(id=book_id).select_for_update().first() is None:
        raise NoSuchCommunity


async def _free_number(book_id: int, wanted: int | None) -> int:
    if wanted is None:
        last = await Membership.filter(book_id=book_id).order_by("-number").first()
        return FIRST_NUMBER if last is None else max(last.number + 1, FIRST_NUMBER)
    if await Membership.filter(book_id=book_id, number=wanted).exists():
        raise NumberTaken(number=wanted, field="number")
    return wanted


async def rename(
    book_id: int, person_id: int, *, name: str, phone: str | None = None, flat: str | None = None
) -> Membership:
    """Correct a member's name, and phone and flat where given.

    Raises:
        NameIsEmpty, TextTooLong, PhoneIsInvalid, NoSuchMember, PersonIsErased
    """
    name = folded_name(name)
    async with transaction():
        membership = await _membership(book_id, person_id)
        await require_not_erased(book_id, person_id)
        membership.person.name = name
        if phone is not None:
            membership.person.keep_phone(folded_phone(phone))
        if flat is not None:
            membership.flat = folded_flat(flat)
            await membership.save(update_fields=["flat"])
        await membership.person.save(update_fields=["name", *PHONE_FIELDS])
    return membership


async def speak(person_id: int, language: str) -> None:
    """Remember the language a person reads, such as `zh-CN`.

    Raises:
        TextTooLong
    """
    await Person.filter(id=person_id).update(language=within(language, 10, "language"))


async def grant_role(
    book_id: int,
    person_id: int,
    role: Role,
    by: int | None,
    *,
    company_id: int | None = None,
) -> RoleGrant:
    """Give a member a role; giving it twice is giving it once. `by=None` is the server's own console.

    Raises:
        NoSuchMember, NoSuchCommunity, CompanyNeeded, RecordIsClosed, PersonIsErased
    """
    async with transaction():
        return await give_role(book_id, person_id, role, by, company_id=company_id)


async def give_role(
    book_id: int,
    person_id: int,
    role: Role,
    by: int | None,
    *,
    company_id: int | None = None,
) -> RoleGrant:
    """Give a role within the caller's transaction. Raises: as `grant_role`."""
    await alone_in(book_id)
    await _membership(book_id, person_id)
    await require_open(book_id, person_id)
    await check_company(book_id, role, company_id)
    held = await RoleGrant.get_or_none(
        book_id=book_id, person_id=person_id, role=role, revoked_at__isnull=True
    )
    if held is not None and held.company_id == company_id:
        return held
    # A desk serves one company at a time: another company's grant takes the place of the old one.
    for each in DESKS if role in DESKS else (role,):
        await _revoke(book_id, person_id, each)
    await happened(Happening.ROLE_GIVEN, book_id, person_id, by=by, detail=role.value)
    return await RoleGrant.create(
        book_id=book_id,
        person_id=person_id,
        role=role,
        company_id=company_id,
        granted_by=by,
        granted_at=clock.now(),
    )


async def check_company(book_id: int, role: Role, company_id: int | None) -> None:
    """Refuse a desk without a company of this community, or a company without a desk. Raises: CompanyNeeded."""
    if (role in DESKS) != (company_id is not None):
        raise CompanyNeeded(field="company")
    if company_id is None:
        return
    at = PropertyCompany.filter(book_id=book_id, id=company_id, trade=DESKS[role])
    if not await at.exists():
        raise CompanyNeeded(field="company")


async def revoke_role(book_id: int, person_id: int, role: Role, *, by: int | None = None) -> None:
    """Take a role away, from the next request on."""
    async with transaction():
        if await _revoke(book_id, person_id, role):
            await happened(Happening.ROLE_TAKEN, book_id, person_id, by=by, detail=role.value)


async def suspend(book_id: int, person_id: int, *, by: int | None = None) -> None:
    """Take every role from a person and sign every browser out; what they own stays in the books."""
    async with transaction():
        await RoleGrant.filter(
            book_id=book_id, person_id=person_id, revoked_at__isnull=True
        ).update(revoked_at=clock.now())
        await end_all(book_id, person_id, by=by)
        await forget(person_id)
        await happened(Happening.SUSPENDED, book_id, person_id, by=by)


async def _revoke(book_id: int, person_id: int, role: Role) -> int:
    return await RoleGrant.filter(
        book_id=book_id, person_id=person_id, role=role, revoked_at__isnull=True
    ).update(revoked_at=clock.now())


async def _membership(book_id: int, person_id: int) -> Membership:
    found = (
        await Membership.filter(book_id=book_id, person_id=person_id)
        .select_related("person")
        .first()
    )
    if found is None:
        raise NoSuchMember
    return found
