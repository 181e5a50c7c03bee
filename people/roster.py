"""Who belongs to a community, and who works in it."""

from collections.abc import Iterable

from tortoise.expressions import Subquery
from tortoise.queryset import QuerySet

from ledger.books import all_books
from people.errors import NoSuchCommunity, NoSuchMember
from people.models import Community, Membership, PropertyCompany, Role, RoleGrant, Trade
from people.permissions import STAFF


def active(book_id: int) -> QuerySet[Membership]:
    """Return the memberships of people who are volunteers here now, with their persons, as a query."""
    volunteers = RoleGrant.filter(
        book_id=book_id, role=Role.VOLUNTEER, revoked_at__isnull=True
    ).values("person_id")
    return Membership.filter(book_id=book_id, person_id__in=Subquery(volunteers)).select_related(
        "person"
    )


async def members(
    book_id: int, *, after_number: int = 0, limit: int | None = None
) -> list[Membership]:
    """Return the members in the order of their numbers, a page of `limit` after a number."""
    found = active(book_id).filter(number__gt=after_number).order_by("number")
    return await (found if limit is None else found.limit(limit))


async def member(book_id: int, person_id: int) -> Membership:
    """Return one person's membership, even if their roles have been taken away.

    Raises:
        NoSuchMember
    """
    found = (
        await Membership.filter(book_id=book_id, person_id=person_id)
        .select_related("person")
        .first()
    )
    if found is None:
        raise NoSuchMember
    return found


async def count(book_id: int) -> int:
    """Return how many people were ever taken in."""
    return await Membership.filter(book_id=book_id).count()


async def names(book_id: int, person_ids: list[int]) -> dict[int, str]:
    """Return the names of persons of a community by id; a stranger's id is left out."""
    found = await Membership.filter(
        book_id=book_id, person_id__in=sorted(set(person_ids))
    ).select_related("person")
    return {member.person_id: member.person.name for member in found}


async def memberships(book_id: int, person_ids: Iterable[int]) -> dict[int, Membership]:
    """Return the memberships of persons of a community by person, with their persons; a stranger's id is left out."""
    wanted = sorted(set(person_ids))
    if not wanted:
        return {}
    found = Membership.filter(book_id=book_id, person_id__in=wanted).select_related("person")
    return {member.person_id: member for member in await found}


async def staff(book_id: int) -> list[RoleGrant]:
    """Return who works in a community: each current staff role with its `person` and `company`."""
    return (
        await RoleGrant.filter(book_id=book_id, revoked_at__isnull=True, role__in=sorted(STAFF))
        .order_by("granted_at", "id")
        .select_related("person", "company")
    )


async def roles_of(book_id: int, person_id: int) -> frozenset[Role]:
    """Return the roles a person has in a community now."""
    grants = await RoleGrant.filter(book_id=book_id, person_id=person_id, revoked_at__isnull=True)
    return frozenset(grant.role for grant in grants)


async def communities() -> list[Community]:
    """Return the communities of this installation, the oldest first."""
    counting = await all_books()
    return await Community.filter(id__in=counting).order_by("opened_at", "id")


async def community(book_id: int) -> Community:
    """Return one community.

    Raises:
        NoSuchCommunity
    """
    found = await Community.get_or_none(id=book_id)
    if found is None:
        raise NoSuchCommunity
    return found


async def companies(book_id: int, trade: Trade = Trade.PROPERTY) -> list[PropertyCompany]:
    """Return a community's partners of one trade by name: property companies, if nothing else is said."""
    found = PropertyCompany.filter(book_id=book_id, trade=trade)
    return await found.order_by("name", "id")


async def taking_vouchers(book_id: int) -> list[PropertyCompany]:
    """Return the property companies that take vouchers now, by name: none that another took the place of."""
    found = PropertyCompany.filter(book_id=book_id, trade=Trade.PROPERTY, ended_at__isnull=True)
    return await found.order_by("name", "id")


async def partners(book_id: int) -> list[PropertyCompany]:
    """Return whom a community settles with, property companies and merchants, by name."""
    return await PropertyCompany.filter(book_id=book_id).order_by("name", "id")
