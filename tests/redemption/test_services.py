"""Services at shared costs: what each pays, limits, an undo, elders, and what is refused."""

import asyncio
from dataclasses import replace

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tortoise.exceptions import IntegrityError, OperationalError

from kernel import clock
from kernel.clock import DAY, HOUR
from kernel.database import execute
from kernel.days import start_of
from ledger.errors import AlreadyReversed, NotEnoughPoints
from people import households
from people.errors import NoSuchMember
from people.recognition import Way
from redemption import agreeing, rendering
from redemption.cost_shares import Terms, is_elder, shared
from redemption.counter import redeem
from redemption.day_limits import set_limits
from redemption.errors import OfferNotHere, ServesOneself
from redemption.limit_errors import OverDayLimit
from redemption.service_errors import (
    AgreementBeginsTooEarly,
    HadEnoughThisMonth,
    HadEnoughToday,
    HouseholdHadEnough,
    LooksNobodyUpByName,
    NoAgreementYet,
    ServiceIsWithdrawn,
    ServiceNotFound,
    ServiceUseNotFound,
    SharesAreOdd,
    SharesHaveChanged,
)
from redemption.service_papers import ServiceTally
from redemption.spending import Recognised
from redemption.vouchers import issue
from tests.redemption.service_world import HAIRCUT, MEAL, make_street
from tests.redemption.world import ZONE, key, untrue

FEN = st.integers(0, 5000)
BROKEN = (IntegrityError, OperationalError, asyncpg.IntegrityConstraintViolationError)


@st.composite
def terms(draw):
    """Any terms that can be agreed."""
    parts = [draw(FEN) for _ in range(4)]
    points = draw(st.integers(0, 100))
    worth = parts[3] if points else 0
    return Terms(
        list_fen=max(1, sum(parts[:3]) + worth),
        subsidy_fen=parts[0],
        discount_fen=parts[1],
        points=points,
        points_fen=worth,
        elder_percent=draw(st.integers(0, 100)),
        elder_pays_points=draw(st.booleans()),
    )


@given(agreed=terms(), elder=st.booleans())
def test_the_shares_make_the_price_and_what_rounding_leaves_the_community_pays(agreed, elder):
    agreeing.require_terms(agreed)
    price = shared(agreed, elder=elder)
    assert price.amount_fen + price.discount_fen + price.resident_fen == price.list_fen
    assert min(price.subsidy_fen, price.points_fen, price.resident_fen, price.points) >= 0
    assert price.discount_fen == agreed.discount_fen
    assert price.subsidy_fen >= agreed.subsidy_fen
    whole = shared(agreed, elder=False).resident_fen
    if elder:
        assert price.resident_fen * 100 <= whole * (100 - agreed.elder_percent)
    else:
        assert (price.subsidy_fen, price.points) == (agreed.subsidy_fen, agreed.points)


@pytest.mark.parametrize(
    ("changed", "elder", "pays"),
    [
        ({}, False, (500, 500, 20, 500, 1000)),
        ({}, True, (2000, 500, 0, 0, 0)),
        ({"elder_percent": 50}, True, (1500, 500, 0, 0, 500)),
        ({"elder_percent": 33, "elder_pays_points": True}, True, (830, 500, 20, 500, 670)),
    ],
)
def test_who_pays_what(changed, elder, pays):
    price = shared(replace(HAIRCUT, **changed), elder=elder)
    said = (price.subsidy_fen, price.discount_fen, price.points, price.points_fen)
    assert (*said, price.resident_fen) == pays


def test_an_elder_is_one_from_the_year_of_the_birthday_on_if_the_year_is_known():
    known = [is_elder(HAIRCUT, year, 20_261_129) for year in (1966, 1967, None)]
    assert known == [True, False, False]
    assert not is_elder(replace(HAIRCUT, elder_age=None), 1930, 20_261_129)


@pytest.mark.parametrize(
    "odd",
    [
        {"list_fen": 0},
        {"subsidy_fen": -1},
        {"subsidy_fen": 1501},
        {"points": 0},
        {"elder_percent": 101},
        {"elder_age": 0},
        {"a_day": 0},
    ],
)
def test_shares_that_cannot_be_are_refused(odd):
    with pytest.raises(SharesAreOdd):
        agreeing.require_terms(replace(HAIRCUT, **odd))


@pytest.fixture
async def street(database):
    """A Tuesday in November with a barber and a canteen."""
    with clock.frozen(start_of(20_261_110, ZONE) + 9 * HOUR):
        yield await make_street()


async def test_one_entry_books_the_list_price_on_all_its_shares(street):
    world, barber = street.world, street.barber
    use = await street.render()
    assert (use.number, use.service.name, use.amount_fen) == (1, "理发", 1000)
    totals = await world.totals()
    assert totals[f"services:{barber}:rendered"] == 2500
    assert totals[f"merchant:{barber}:payable"] == 1000
    assert totals[f"merchant:{barber}:discounts"] == 500
    assert totals["residents:paid"] == 1000
    assert totals["points:for-services"] == 20
    assert (await world.points()).balance == 80
    assert await untrue(world.book) == []


async def test_for_an_elder_the_community_pays_the_residents_part_and_takes_no_points(street):
    await street.born(1950)
    use = await street.render()
    assert (use.points, use.resident_fen, use.amount_fen) == (0, 0, 2000)
    assert await untrue(street.world.book) == []


async def test_an_undo_gives_points_and_turns_back_and_no_more_than_was_taken(street):
    world = street.world
    first = await street.render(key="once")
    assert (await street.render(key="once")).id == first.id
    await street.render()
    with pytest.raises(HadEnoughThisMonth):
        await street.render()
    assert (await street.undo(first)).undone_at
    with pytest.raises(AlreadyReversed):
        await street.undo(first)
    assert (await world.points()).balance == 80
    third = await street.render()
    assert third.number == 3
    with pytest.raises(HadEnoughThisMonth):
        await street.render()
    tally = await ServiceTally.get(
        book_id=world.book, person_id=world.member, service_id=street.haircut.id
    )
    assert (tally.on_day, tally.in_month) == (2, 2)
    assert await untrue(world.book) == []


async def test_one_meal_a_day_and_so_many_a_month_for_those_who_live_together(street):
    world = street.world
    first = await street.render(street.meal)
    with pytest.raises(HadEnoughToday):
        await street.render(street.meal)
    home = await households.make(world.book, "3-2-601", world.member, None)
    await households.join(world.book, home.id, world.other, None)
    few = replace(MEAL, a_day=2, household_a_month=2)
    await agreeing.agree(world.book, street.meal.id, few, world.clerk, valid_from=20_261_111)
    with clock.frozen(clock.now() + DAY):
        await street.render(street.meal, person=world.other)
        with pytest.raises(HouseholdHadEnough):
            await street.render(street.meal)
        # What was had on another day is given back to the month, and to no other day.
        await street.undo(first)
        await street.render(street.meal)
        with pytest.raises(HouseholdHadEnough):
            await street.render(street.meal, person=world.other)
    assert await untrue(world.book) == []


async def test_agreements_hold_from_tomorrow_on_and_never_change(street):
    world, haircut = street.world, street.haircut
    dearer = replace(HAIRCUT, list_fen=3000)
    for too_early in (20_261_109, 20_261_110):
        with pytest.raises(AgreementBeginsTooEarly):
            await agreeing.agree(world.book, haircut.id, dearer, world.other, valid_from=too_early)
    await agreeing.agree(world.book, haircut.id, dearer, world.other, valid_from=20_261_112)
    assert await street.shown(haircut, world.member) == (20, 1000)
    shown = await street.shown(haircut, world.member)
    with clock.frozen(clock.now() + 2 * DAY):
        with pytest.raises(SharesHaveChanged):
            await street.render(shown=shown)
        assert (await street.render()).list_fen == 3000
    for statement in ("UPDATE agreement SET list_fen = 1", "DELETE FROM agreement"):
        with pytest.raises(BROKEN):
            await execute(statement)


async def test_what_is_not_offered_or_not_here_is_refused(street):
    world = street.world
    with pytest.raises(ServiceNotFound):
        await rendering.render(
            *(world.book, street.meal.id, world.member, world.desk_clerk, street.barber, key()),
            shown=(0, 600),
        )
    with pytest.raises(ServesOneself):
        await street.render(by=world.member)
    use = await street.render()
    with pytest.raises(ServiceUseNotFound):
        await rendering.undo_use(world.book, use.id, world.desk_clerk, street.canteen, key())
    await agreeing.withdraw(world.book, street.haircut.id)
    with pytest.raises(ServiceIsWithdrawn):
        await street.render()
    new = await agreeing.offer_service(world.book, street.barber, "染发")
    with pytest.raises(NoAgreementYet):
        await street.render(new, shown=(0, 0))
    with pytest.raises(OfferNotHere):
        await issue(world.book, world.member, world.offer.id, street.barber, world.clerk, key())


async def test_a_merchant_looks_nobody_up_by_name_and_counts_points_without_the_code(street):
    world = street.world
    for shown in ("王秀兰", "秀"):
        with pytest.raises(LooksNobodyUpByName):
            await rendering.look_up(world.book, shown, world.desk_clerk)
    with pytest.raises(NoSuchMember):
        await rendering.look_up(world.book, "987654", world.desk_clerk)
    by_number = Recognised(Way.NUMBER)
    await set_limits(world.book, 30, 30, world.other)
    first = await street.render(recognised=by_number)
    with pytest.raises(OverDayLimit):
        await street.render(recognised=by_number)
    await street.undo(first)
    await street.render(recognised=by_number)


async def test_raw_sql_breaks_no_rule_of_a_service(street):
    await street.render()
    company = street.world.company
    for statement in (
        "UPDATE service_use SET resident_fen = resident_fen + 1",
        "UPDATE service_use SET points = 0",
        "UPDATE service_use SET used_by_id = person_id",
        "UPDATE service_use SET deducted_in_id = 1",
        "UPDATE service_tally SET on_day = in_month + 1",
        "DELETE FROM service",
        f"UPDATE service SET company_id = {company}",
        "UPDATE property_company SET trade = 'bank'",
    ):
        with pytest.raises(BROKEN):
            await execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE service_use SET list_fen = list_fen + 1, resident_fen = resident_fen + 1",
        "UPDATE service_use SET points = points + 1",
        "UPDATE service_use SET amount_fen = amount_fen + 1, subsidy_fen = subsidy_fen + 1, list_fen = list_fen + 1",
        "UPDATE service_use SET undone_at = used_at",
        "UPDATE service SET uses = uses + 1",
    ],
)
async def test_the_audit_finds_a_service_that_was_altered(street, statement):
    await street.render()
    assert await untrue(street.world.book) == []
    await execute(statement)
    assert await untrue(street.world.book) != []


@pytest.mark.concurrency
async def test_the_last_points_of_a_purse_buy_a_service_or_goods_and_never_both(database):
    street = await make_street(points=20, rice=0, soap=50)
    world = street.world
    soap = [(world.soap.id, 2)]
    told = await asyncio.gather(
        *(street.render(shown=(20, 1000)) for _ in range(25)),
        *(
            redeem(world.book, world.shop.id, world.member, soap, world.clerk, key())
            for _ in range(25)
        ),
        return_exceptions=True,
    )
    won = [each for each in told if not isinstance(each, BaseException)]
    lost = {type(each) for each in told if isinstance(each, BaseException)}
    assert len(won) == 1
    assert lost <= {NotEnoughPoints, HadEnoughThisMonth}
    assert (await world.points()).balance in (0, 4)
    assert await untrue(world.book) == []
