"""Whose data were removed."""

from people.privacy import Erasure
from people.privacy_errors import PersonIsErased


async def is_erased(book_id: int, person_id: int) -> bool:
    """Say whether somebody's data were removed."""
    return await Erasure.filter(book_id=book_id, person_id=person_id).exists()


async def require_not_erased(book_id: int, person_id: int) -> None:
    """Refuse to write anything new of somebody whose data were removed.

    Raises:
        PersonIsErased
    """
    if await is_erased(book_id, person_id):
        raise PersonIsErased
