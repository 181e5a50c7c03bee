"""Who lives together, as far as this community knows."""

from collections.abc import Iterable

from people.models import Membership


async def homes_of(book_id: int, person_ids: Iterable[int]) -> dict[int, str]:
    """Return the home of each person of a community; a person whose home is not known is left out.

    A home is one flat for now. A table of households takes its place here, and nowhere else.
    """
    members = Membership.filter(book_id=book_id, person_id__in=sorted(set(person_ids)))
    return {member.person_id: member.flat for member in await members if member.flat}
