"""Who may spend from whose purse: given within a household, with a limit a month, until withdrawn."""

from kernel import clock
from kernel.database import is_duplicate, transaction
from kernel.days import day_of
from ledger.books import zone_of
from people.guardians import require_guardian
from people.household_errors import (
    ConsentExists,
    ConsentToOneself,
    LimitBelowSpent,
    LimitIsOdd,
    NoSuchConsent,
    NotOneHousehold,
    SpenderRecords,
)
from people.lives import Household, HouseholdMember, SpendingConsent

MOST_POINTS = 100_000


async def give(
    book_id: int, giver_id: int, spender_id: int, points_a_month: int, by: int
) -> SpendingConsent:
    """Let somebody of the household spend from the giver's purse, up to so many points a month.

    `by` is the giver, or a member of staff who was told so.

    Raises:
        ConsentToOneself, SpenderRecords, LimitIsOdd, GuardianNeeded, NotOneHousehold, LimitBelowSpent, ConsentExists
    """
    if giver_id == spender_id:
        raise ConsentToOneself(field="spender")
    if by == spender_id:
        raise SpenderRecords
    require_limit(points_a_month)
    await require_guardian(book_id, giver_id)
    now = clock.now()
    month = day_of(now, await zone_of(book_id)) // 100
    async with transaction():
        household_id = await _in_common(book_id, giver_id, spender_id)
        spent = await _spent(book_id, giver_id, spender_id, month)
        if spent > points_a_month:
            raise LimitBelowSpent(spent=spent, field="points_a_month")
        try:
            return await SpendingConsent.create(
                book_id=book_id,
                household_id=household_id,
                giver_id=giver_id,
                spender_id=spender_id,
                points_a_month=points_a_month,
                month=month,
                points_spent=spent,
                points_carried=spent,
                given_at=now,
                recorded_by=by,
            )
        except Exception as error:
            if is_duplicate(error):
                raise ConsentExists from None
            raise


def require_limit(points: int) -> None:
    """Refuse what is no limit. Raises: LimitIsOdd."""
    if type(points) is not int or not 1 <= points <= MOST_POINTS:
        raise LimitIsOdd(most=MOST_POINTS, field="points_a_month")


async def _in_common(book_id: int, giver_id: int, spender_id: int) -> int:
    """Return the household of both, which nobody leaves before the commit. Raises: NotOneHousehold."""
    living = HouseholdMember.filter(
        book_id=book_id, person_id__in=[giver_id, spender_id], left_at__isnull=True
    )
    homes = [each.household_id for each in await living]
    if len(homes) != 2 or homes[0] != homes[1]:  # noqa: PLR2004  giver and spender
        raise NotOneHousehold
    await Household.filter(book_id=book_id, id=homes[0]).select_for_update().get()
    if await living.filter(household_id=homes[0]).count() != 2:  # noqa: PLR2004
        raise NotOneHousehold
    return homes[0]


async def _spent(book_id: int, giver_id: int, spender_id: int, month: int) -> int:
    """Return what was spent this month: withdrawing and giving again is no way round a limit."""
    last = SpendingConsent.filter(
        book_id=book_id, giver_id=giver_id, spender_id=spender_id, month=month
    )
    before = await last.order_by("-given_at", "-id").first()
    return before.points_spent if before else 0


async def withdraw(book_id: int, consent_id: int, by: int) -> None:
    """Withdraw a consent, from the next exchange on.

    Raises:
        NoSuchConsent
    """
    open_ones = SpendingConsent.filter(book_id=book_id, id=consent_id, withdrawn_at__isnull=True)
    if not await open_ones.update(withdrawn_at=clock.now(), withdrawn_by=by):
        raise NoSuchConsent


async def withdraw_own(book_id: int, consent_id: int, giver_id: int) -> None:
    """Withdraw a consent that one gave oneself.

    Raises:
        NoSuchConsent
    """
    if not await SpendingConsent.exists(book_id=book_id, id=consent_id, giver_id=giver_id):
        raise NoSuchConsent
    await withdraw(book_id, consent_id, giver_id)


async def had_by(book_id: int, spender_id: int) -> list[SpendingConsent]:
    """Return whose points a person may spend, with the givers, in the order in which they pay: as they were given."""
    found = SpendingConsent.filter(
        book_id=book_id, spender_id=spender_id, withdrawn_at__isnull=True
    )
    return await found.order_by("given_at", "id").prefetch_related("giver")


async def given_by(book_id: int, giver_id: int) -> list[SpendingConsent]:
    """Return who may spend a person's points, with the spenders."""
    found = SpendingConsent.filter(book_id=book_id, giver_id=giver_id, withdrawn_at__isnull=True)
    return await found.order_by("given_at", "id").prefetch_related("spender")


def left_this_month(consent: SpendingConsent, month: int) -> int:
    """Return what a consent still allows in a month (yyyymm)."""
    spent = consent.points_spent if consent.month == month else 0
    return consent.points_a_month - spent
