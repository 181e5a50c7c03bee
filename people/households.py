"""Who lives together: make a household, join it. It owns nothing, so whoever leaves has nothing to divide."""

from kernel import clock
from kernel.database import is_duplicate, transaction
from people.closed import joined_into, require_open
from people.household_errors import InAHousehold, NoSuchHousehold
from people.lives import Household, HouseholdMember
from people.naming import folded_name
from people.roster import member


async def make(book_id: int, label: str, person_id: int, by: int | None) -> Household:
    """Make a household under a name or flat, with its first member.

    Raises:
        NameIsEmpty, TextTooLong, NoSuchMember, RecordIsClosed, InAHousehold
    """
    label = folded_name(label, field="label")
    await member(book_id, person_id)
    await require_open(book_id, person_id)
    async with transaction():
        household = await Household.create(
            book_id=book_id, label=label, made_by=by, made_at=clock.now()
        )
        await _enter(household, person_id, by)
    return household


async def join(book_id: int, household_id: int, person_id: int, by: int | None) -> HouseholdMember:
    """Put a person into a household, from now on.

    Raises:
        NoSuchHousehold, NoSuchMember, RecordIsClosed, InAHousehold
    """
    household = await Household.get_or_none(book_id=book_id, id=household_id)
    if household is None:
        raise NoSuchHousehold
    await member(book_id, person_id)
    await require_open(book_id, person_id)
    async with transaction():
        return await _enter(household, person_id, by)


async def _enter(household: Household, person_id: int, by: int | None) -> HouseholdMember:
    try:
        return await HouseholdMember.create(
            book_id=household.book_id,
            household=household,
            person_id=person_id,
            joined_at=clock.now(),
            added_by=by,
        )
    except Exception as error:
        if is_duplicate(error):
            raise InAHousehold from None
        raise


async def of_person(book_id: int, person_id: int) -> Household | None:
    """Return the household that a person lives in now, or None."""
    found = (
        await HouseholdMember.filter(book_id=book_id, person_id=person_id, left_at__isnull=True)
        .prefetch_related("household")
        .first()
    )
    return found.household if found else None


async def living_in(book_id: int, household_id: int) -> list[HouseholdMember]:
    """Return who lives in a household now, who joined first standing first, with their persons."""
    found = HouseholdMember.filter(book_id=book_id, household_id=household_id, left_at__isnull=True)
    return await found.order_by("joined_at", "id").prefetch_related("person")


async def living_with(book_id: int, person_id: int) -> list[HouseholdMember]:
    """Return the others of a person's household."""
    household = await of_person(book_id, person_id)
    if household is None:
        return []
    return [each for each in await living_in(book_id, household.id) if each.person_id != person_id]


async def share_a_household(book_id: int, person_id: int, others: set[int]) -> bool:
    """Say whether a person lives in one household with any of the others."""
    own = HouseholdMember.filter(book_id=book_id, person_id=person_id, left_at__isnull=True)
    homes = await own.values_list("household_id", flat=True)
    return await HouseholdMember.filter(
        book_id=book_id, household_id__in=homes, person_id__in=sorted(others), left_at__isnull=True
    ).exists()


async def named(book_id: int, label: str) -> list[Household]:
    """Return the households under a label, for the page that offers them."""
    return await Household.filter(book_id=book_id, label=label).order_by("id").limit(10)


async def counted_along(book_id: int, person_id: int) -> list[int]:
    """Return every other record that counts along with a person's: who lives there, and all joined into any of them."""
    living = [person_id, *(each.person_id for each in await living_with(book_id, person_id))]
    joined = [one for each in living for one in await joined_into(book_id, each)]
    return sorted({*living, *joined} - {person_id})
