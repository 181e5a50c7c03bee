"""Who lives together, as far as this community knows."""

from collections.abc import Iterable

from people.lives import HouseholdMember
from people.models import Membership


async def homes_of(book_id: int, person_ids: Iterable[int]) -> dict[int, str]:
    """Return the home of each person of a community; a person whose home is not known is left out.

    A home is a household. Who is in none lives in their flat, and with the household of somebody else who does.
    """
    wanted = sorted(set(person_ids))
    lives = HouseholdMember.filter(book_id=book_id, person_id__in=wanted, left_at__isnull=True)
    households = {each.person_id: f"household {each.household_id}" for each in await lives}
    members = await Membership.filter(book_id=book_id, person_id__in=wanted)
    flats = {each.person_id: each.flat for each in members if each.flat}
    of_flat = {flats[person]: home for person, home in households.items() if person in flats}
    return {person: of_flat.get(flat, flat) for person, flat in flats.items()} | households
