"""Leaving a household: points, hours and vouchers stay each one's own; only permissions between the family end."""

from kernel import clock
from kernel.database import transaction
from people.endings import ON_LEAVING, ended, open_rows, write
from people.household_errors import NoSuchHousehold
from people.lives import Household, HouseholdMember


async def leave(book_id: int, person_id: int, by: int | None) -> None:
    """Record that a person leaves their household; what the family allowed each other with them ends.

    Raises:
        NoSuchHousehold
    """
    now = clock.now()
    async with transaction():
        living = await HouseholdMember.get_or_none(
            book_id=book_id, person_id=person_id, left_at__isnull=True
        )
        if living is None:
            raise NoSuchHousehold
        # As whoever gives a consent does: none is given while somebody leaves.
        await Household.filter(id=living.household_id, book_id=book_id).select_for_update().get()
        rows = await open_rows(book_id, person_id, ON_LEAVING)
        await write(book_id, ended(rows, now))
        await HouseholdMember.filter(book_id=book_id, id=living.id).update(ended_by=by)
