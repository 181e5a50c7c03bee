"""The names beside signatures: whole for the office, masked for everybody else."""

from collections.abc import Iterable

from people import roster
from people.masks import masked_name
from people.models import Role
from people.permissions import Viewer


async def signers(viewer: Viewer, person_ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of those who signed a paper, as this reader may see them."""
    names = await roster.names(viewer.book_id, [each for each in person_ids if each])
    if viewer.has(Role.ORGANISER, Role.ADMIN):
        return names
    return {person_id: masked_name(name) for person_id, name in names.items()}
