"""What happens in a life: moving, two records that are one person's, and a record that is closed for good."""

import asyncpg
import pytest
from tortoise.exceptions import IntegrityError

from kernel import clock
from kernel.clock import DAY
from kernel.database import execute
from kernel.days import month_end, plus_months
from ledger import chart, holds
from ledger.balances import holdings
from ledger.chart import ALLOWED, Kind
from ledger.desk import post
from ledger.entries import entries_of
from ledger.expiry import expire_lots
from ledger.post import Decision, DocumentKey, Fact, Line, Post, RequestKey
from people import closed, consents, households, passing, roster, sessions
from people.card_issuing import issue_cards
from people.errors import NoSuchMember
from people.household_errors import (
    HasMovedOut,
    NoSuchEvent,
    NothingChanges,
    PointsOnNotice,
    RecordIsClosed,
    SameRecord,
    SecondPersonNeeded,
    TooLateToTakeBack,
    UsedMeanwhile,
)
from people.lives import LifeEvent, PassesTo
from people.lookup import by_card, by_number, find_member
from people.models import Membership, Role
from people.moving_out import come_back, move_out
from people.registration import grant_role
from redemption import vouchers
from redemption.closing import Word, close_record, join_records
from redemption.counter import redeem
from redemption.models import Voucher
from redemption.moving import move_within
from redemption.property_desk import use
from redemption.reopening import take_back
from redemption.states import VoucherState
from tests.redemption.family_world import Family, make_family, newcomer
from tests.redemption.world import key, today


def word(family: Family) -> Word:
    return Word(family.chen, family.zhao, "户口本")


async def earn(family: Family, person: int, minutes: int, owed: int = 0) -> None:
    """Give a person hours, and a debt, as checked hours and corrections do."""
    lines = [Line(chart.SERVICE_RENDERED, chart.minutes(person), minutes)]
    await _move(family, Kind.HOURS_EARNED, lines)
    if owed:
        lines = [Line(chart.owed(person), chart.POINTS_ISSUED, owed)]
        await _move(family, Kind.HOURS_UNVERIFIED, lines)


async def _move(family: Family, kind: Kind, lines: list[Line]) -> None:
    await post(
        Post(
            book_id=family.book,
            kind=kind,
            key=DocumentKey(key()),
            document=Fact("opening", 1),
            accounts=tuple({name for line in lines for name in (line.debit, line.credit)}),
            decide=lambda _facts, _balances: Decision(tuple(lines)),
        )
    )


async def everything(family: Family, *people: int) -> dict:
    """What people hold of the books, lots included."""
    names = (chart.purse, chart.pending, chart.owed, chart.minutes)
    return await holdings(family.book, [name(each) for each in people for name in names])


async def no_longer_found(family: Family, *said: str) -> None:
    """Nobody finds the record at counter or shift, and the books hold."""
    for what in said:
        with pytest.raises(NoSuchMember):
            await find_member(family.book, what, family.world.clerk)
    assert await family.faults() == []


async def open_of(person: int) -> list[int]:
    """What is left on a person's open vouchers."""
    found = await Voucher.filter(person_id=person, state=VoucherState.ISSUED).order_by("id")
    return [each.remaining_fen for each in found]


async def buy(family: Family, person: int) -> Voucher:
    world = family.world
    return await vouchers.issue(family.book, person, world.offer.id, world.company, person, key())


@pytest.mark.parametrize(
    ("lots", "minutes", "owed", "of_survivor"),
    [([(3, 40), (3, 5), (9, 60)], 135, 0, 20), ([(0, 7)], 0, 12, 0), ([], 30, 0, 8), ([], 0, 0, 0)],
    ids=["lots and hours", "a debt", "hours alone", "nothing"],
)
async def test_joining_two_records_and_taking_it_back_leaves_everything_as_it_was(
    database, lots, minutes, owed, of_survivor
):
    family = await make_family(points=of_survivor, husband_points=0, allowed=0)
    old = await newcomer(family.book, "王秀兰", 105)
    [card] = await issue_cards(family.book, [old], by=family.chen)
    for months, points in lots:
        until = month_end(plus_months(today(), months))
        await family.world.give_points(points, person=old, expires_on=until)
    if minutes:
        await earn(family, old, minutes, owed)
    before = await everything(family, old, family.wang)
    total = sum(held.balance for name, held in before.items() if name.path.endswith(":points"))

    event = await join_records(family.book, old, family.wang, word(family))

    after = await everything(family, old, family.wang)
    assert [held.balance for name, held in after.items() if f":{old}:" in name.path] == [0] * 4
    assert await family.points(family.wang) == total
    assert after[chart.owed(family.wang)].balance == (owed if minutes else 0)
    assert (await by_number(family.book, "105")).person_id == family.wang
    assert (await by_card(family.book, card.token)).person_id == family.wang
    assert [each.person_id for each in await find_member(family.book, "105", 1)] == [family.wang]
    assert await closed.joined_into(family.book, family.wang) == [old]
    assert await family.faults() == []
    with pytest.raises(RecordIsClosed):
        await join_records(family.book, old, family.wang, word(family))
    with pytest.raises(RecordIsClosed):
        await grant_role(family.book, old, Role.VOLUNTEER, None)

    await take_back(family.book, event.id, family.zhao, family.chen)

    assert await everything(family, old, family.wang) == before
    assert (await by_number(family.book, "105")).person_id == old
    assert await family.faults() == []
    with pytest.raises(NoSuchEvent):
        await take_back(family.book, event.id, family.zhao, family.chen)


async def test_a_joined_record_brings_its_vouchers_and_comes_back_only_whole(database):
    family = await make_family(points=100, husband_points=0, allowed=0)
    old = await newcomer(family.book, "王秀兰", 105)
    await family.world.give_points(130, person=old)
    await buy(family, old)
    event = await join_records(family.book, old, family.wang, word(family))
    assert (await open_of(old), await open_of(family.wang)) == ([], [5000])
    assert await family.points(family.wang) == 130
    assert await family.faults() == []

    # What the points stand behind is found again: void what is left, and they come to the survivor.
    (voucher,) = await Voucher.filter(person_id=family.wang, state=VoucherState.ISSUED)
    await use(family.book, voucher.id, 2500, family.world.desk_clerk, family.world.company, key())
    await vouchers.void_rest(family.book, voucher.id, family.wang, key())
    assert await family.points(family.wang) == 180
    assert await family.faults() == []
    with pytest.raises(UsedMeanwhile):
        await take_back(family.book, event.id, family.chen, family.zhao)


async def test_joining_needs_two_others_and_two_records(database):
    family = await make_family()
    old = await newcomer(family.book, "王秀兰", 105)
    for two in [(family.chen, family.chen), (family.wang, family.chen), (family.chen, old)]:
        with pytest.raises(SecondPersonNeeded):
            await join_records(family.book, old, family.wang, Word(*two, "户口本"))
    with pytest.raises(SameRecord):
        await join_records(family.book, old, old, word(family))
    day = month_end(plus_months(today(), 3))
    line = Line(chart.POINTS_ISSUED, chart.pending(old), 10, day)
    await _move(family, Kind.HOURS_EARNED, [line])
    with pytest.raises(PointsOnNotice):
        await join_records(family.book, old, family.wang, word(family))


async def test_spent_points_keep_two_records_joined(database):
    family = await make_family(points=0, husband_points=0, allowed=0)
    old = await newcomer(family.book, "王秀兰", 105)
    await family.world.give_points(40, person=old)
    event = await join_records(family.book, old, family.wang, word(family))
    world = family.world
    await redeem(family.book, world.shop.id, family.wang, [(world.soap.id, 1)], world.clerk, key())
    with pytest.raises(UsedMeanwhile):
        await take_back(family.book, event.id, family.chen, family.zhao)
    assert await family.faults() == []


async def test_a_closed_record_passes_to_the_household_and_can_be_taken_back(database):
    family = await make_family(points=120, husband_points=50)
    book = family.book
    await grant_role(book, family.wang, Role.CLERK, None)
    await buy(family, family.wang)
    ends = clock.now() + DAY
    await holds.place(
        book, family.wang, 5, expires_at=ends, key=RequestKey("w", key()), actor_id=family.wang
    )
    token = (await sessions.begin(book, family.wang, staff=False)).token
    await earn(family, family.wang, 90)
    before = await everything(family, family.wang, family.husband)

    event = await close_record(book, family.wang, word(family))

    assert (event.passes_to, event.other_id, event.points_moved) == (
        "household",
        family.husband,
        20,
    )
    assert (await family.points(family.wang), await family.points(family.husband)) == (0, 70)
    assert (await open_of(family.wang), await open_of(family.husband)) == ([], [5000])
    assert len(await entries_of(book, "life_event", event.id)) == 1
    assert await sessions.viewer_of(token) is None
    assert await roster.roles_of(book, family.wang) == frozenset()
    assert await closed.closed_among(book, [family.wang, family.husband]) == {family.wang}
    assert await consents.had_by(book, family.wang) == []
    assert [each.person_id for each in await households.living_in(book, family.household)] == [
        family.husband
    ]
    await no_longer_found(family, "1", "王秀兰")

    await take_back(book, event.id, family.zhao, family.chen)

    after = await everything(family, family.wang, family.husband)
    assert {name: held.balance for name, held in after.items()} == {
        name: held.balance + (5 if name == chart.purse(family.wang) else 0)
        for name, held in before.items()
    }
    assert (await open_of(family.wang), await open_of(family.husband)) == ([5000], [])
    assert await roster.roles_of(book, family.wang) == {Role.VOLUNTEER, Role.CLERK}
    home = await households.of_person(book, family.wang)
    assert (home.id if home else 0) == family.household
    assert await sessions.viewer_of(token) is None
    assert await family.faults() == []


@pytest.mark.parametrize("rule", [PassesTo.FUND, PassesTo.LAPSE], ids=lambda rule: rule.value)
async def test_the_rule_of_the_community_says_where_points_go(database, rule):
    family = await make_family(points=30, husband_points=50)
    written = await passing.decide_rule(family.book, rule, family.chen, fund_name="爱心基金")
    await earn(family, family.wang, 60, owed=4)
    before = await everything(family, family.wang, family.husband)

    event = await close_record(family.book, family.wang, word(family))

    totals = await family.world.totals()
    to = "points:expired" if rule is PassesTo.LAPSE else f"fund:{written.fund_id}:points"
    assert totals[to] == 26
    assert (event.points_moved, event.points_settled) == (30, 4)
    assert await family.points(family.husband) == 50
    assert await family.faults() == []

    await take_back(family.book, event.id, family.chen, family.zhao)
    assert await everything(family, family.wang, family.husband) == before
    assert await family.faults() == []


async def test_points_of_a_record_without_a_household_lapse(database):
    family = await make_family(points=0)
    await family.world.give_points(15, person=family.stranger)
    event = await close_record(family.book, family.stranger, word(family))
    assert (event.passes_to, event.other_id) == ("lapse", None)
    assert await family.faults() == []


async def test_a_record_without_points_is_closed_without_an_entry(database):
    family = await make_family(points=0)
    event = await close_record(family.book, family.wang, word(family))
    assert await entries_of(family.book, "life_event", event.id) == []
    assert await roster.roles_of(family.book, family.wang) == frozenset()
    await take_back(family.book, event.id, family.chen, family.zhao)
    assert await roster.roles_of(family.book, family.wang) == {Role.VOLUNTEER}


async def test_points_that_lapsed_at_the_heirs_do_not_hold_a_mistake_up(database):
    family = await make_family(points=0, husband_points=0, allowed=0)
    soon = month_end(today())
    await family.world.give_points(9, expires_on=soon)
    await family.world.give_points(30)
    event = await close_record(family.book, family.wang, word(family))
    days = month_end(today()) - today() + 2
    with clock.frozen(clock.now() + days * DAY):
        await expire_lots(family.book)
        await take_back(family.book, event.id, family.chen, family.zhao)
        assert await family.points(family.wang) == 30
    assert (await LifeEvent.get(id=event.id)).points_lapsed == 9
    assert await family.faults() == []


async def test_a_closing_is_taken_back_within_thirty_days(database):
    family = await make_family(points=30)
    event = await close_record(family.book, family.wang, word(family))
    with clock.frozen(clock.now() + 31 * DAY), pytest.raises(TooLateToTakeBack):
        await take_back(family.book, event.id, family.chen, family.zhao)


async def test_moving_within_binds_open_vouchers_to_the_new_flat(database):
    family = await make_family(points=250)
    for _ in range(2):
        await buy(family, family.wang)
    first = await Voucher.filter(person_id=family.wang).order_by("id").first()
    assert first is not None
    await use(family.book, first.id, 1500, family.world.desk_clerk, family.world.company, key())

    event = await move_within(family.book, family.wang, "8-2-302", family.chen)

    assert (event.flat_before, event.flat_after) == ("3-2-601", "8-2-302")
    open_ones = await Voucher.filter(person_id=family.wang, state=VoucherState.ISSUED)
    assert sorted((each.flat, each.remaining_fen) for each in open_ones) == [
        ("8-2-302", 3500),
        ("8-2-302", 5000),
    ]
    assert len(await entries_of(family.book, "life_event", event.id)) == 1
    assert await family.faults() == []
    with pytest.raises(NothingChanges):
        await move_within(family.book, family.wang, "8-2-302", family.chen)


async def test_moving_without_vouchers_writes_the_flat_alone(database):
    family = await make_family()
    event = await move_within(family.book, family.wang, "8-2-302", family.chen)
    assert await entries_of(family.book, "life_event", event.id) == []
    assert (await Membership.get(person_id=family.wang)).flat == "8-2-302"
    assert await family.faults() == []


async def test_who_moves_out_keeps_points_and_loses_what_is_work_here(database):
    family = await make_family()
    await grant_role(family.book, family.wang, Role.ORGANISER, None)
    await move_out(family.book, family.wang, family.chen)
    assert await roster.roles_of(family.book, family.wang) == {Role.VOLUNTEER}
    assert await households.of_person(family.book, family.wang) is None
    assert await family.points(family.wang) == 20
    with pytest.raises(HasMovedOut):
        await move_out(family.book, family.wang, family.chen)
    await come_back(family.book, family.wang, family.chen)
    assert await roster.roles_of(family.book, family.wang) == {Role.VOLUNTEER, Role.ORGANISER}
    assert (await Membership.get(person_id=family.wang)).flat == "3-2-601"


@pytest.mark.parametrize("scratch", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", [Kind.PURSE_MERGED, Kind.PURSE_PASSED_ON, Kind.VOUCHER_REBOUND])
async def test_without_its_line_in_the_allowlist_no_event_moves_anything(
    database, kind, monkeypatch
):
    family = await make_family(points=130)
    old = await newcomer(family.book, "王秀兰", 105)
    await family.world.give_points(10, person=old)
    await buy(family, family.wang)
    before = await everything(family, old, family.wang, family.husband)
    acts = {
        Kind.PURSE_MERGED: lambda: join_records(family.book, old, family.wang, word(family)),
        Kind.PURSE_PASSED_ON: lambda: close_record(family.book, family.wang, word(family)),
        Kind.VOUCHER_REBOUND: lambda: move_within(family.book, family.wang, "8-1", family.chen),
    }
    monkeypatch.setitem(ALLOWED, kind, frozenset())

    with pytest.raises(AssertionError, match="may not move"):
        await acts[kind]()

    assert await everything(family, old, family.wang, family.husband) == before
    assert await LifeEvent.filter(book_id=family.book).count() == 0


async def test_an_event_that_says_something_else_than_its_entry_is_found(database):
    family = await make_family(points=130)
    await buy(family, family.wang)
    event = await close_record(family.book, family.wang, word(family))
    assert await family.faults() == []

    await execute("UPDATE life_event SET points_moved = 29 WHERE id = $1", event.id)
    await execute("UPDATE voucher_rebinding SET amount_fen = 4999 WHERE event_id = $1", event.id)

    found = await family.faults()
    assert f"life_event {event.id} says 29 points, its entries moved 30" in found
    assert f"life_event {event.id} says 4999 fen, its entries moved 5000" in found


async def test_the_database_keeps_the_rules_of_two_people_and_of_one_household(database):
    family = await make_family(points=10)
    event = await close_record(family.book, family.wang, word(family))
    broken = (
        "UPDATE life_event SET approved_by = made_by",
        "UPDATE life_event SET approved_by = NULL",
        "UPDATE life_event SET made_by = person_id",
        "UPDATE life_event SET points_settled = points_moved + 1",
        f"UPDATE household_member SET person_id = {family.husband}, left_at = NULL",
        "UPDATE spending_consent SET points_spent = points_a_month + 1",
    )
    for statement in broken:
        with pytest.raises((IntegrityError, asyncpg.IntegrityConstraintViolationError)):
            await execute(statement)
    assert await LifeEvent.filter(id=event.id, approved_by=family.zhao).exists()
