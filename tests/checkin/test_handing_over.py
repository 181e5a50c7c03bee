"""Records that are closed: their sign-ups follow the person, and points on public notice are waited for."""

import pytest

from audit.reconcile import reconcile
from checkin import arrival, recurring, rules, shifts, signing, signup_lists
from checkin.handing_over import hand_over_closed
from checkin.recurring import Weekly
from checkin.rules import Terms
from checkin.signup_models import SignUp, Standing
from checkin.verification import unverify, verify
from kernel import clock
from kernel.clock import DAY, HOUR
from ledger.checks import check
from people.household_errors import PointsOnNotice
from people.registration import register
from redemption.closing import Word, close_record, join_records
from tests.checkin.world import NINE, a_morning, points_of, served

EARLY = NINE - 3 * DAY


async def with_two(morning):
    """The same woman once more, as another record, and the word of two organisers."""
    again = (await register(morning.book_id, "王秀兰")).person_id
    return again, Word(morning.organiser, morning.second_organiser, "身份证")


async def standing(shift) -> dict[int, str]:
    return {row.person_id: row.state.value for row in await SignUp.filter(shift_id=shift.id)}


async def test_sign_ups_and_weekly_plans_follow_to_the_record_that_is_kept(database):
    morning = await a_morning()
    book, wang = morning.book_id, morning.wang
    again, word = await with_two(morning)
    noon, ten = [
        await shifts.plan_shift(book, morning.activity.id, at, at + 2 * HOUR)
        for at in (NINE + 3 * HOUR, NINE + HOUR)
    ]
    with clock.frozen(EARLY):
        await signing.set_capacity(book, noon.id, 1)
        for person in (again, wang, morning.li):
            await signing.sign_up(book, noon.id, person)
        await signing.sign_up(book, morning.shift.id, wang)
        await signing.sign_up(book, ten.id, again)
        plan = await recurring.plan_weekly(book, morning.activity.id, Weekly((6,), 60, 60))
        await recurring.join_crew(book, plan.id, again)
        await join_records(book, again, wang, word)
        assert await hand_over_closed(book) == 1
        assert await hand_over_closed(book) == 0
        # She had the place as one record and waited for it as the other; nobody else's turn came.
        assert await standing(noon) == {
            again: "withdrawn",
            wang: "signed",
            morning.li: "waiting",
        }
        # At ten she is elsewhere already, as the record that is kept.
        assert await standing(ten) == {again: "withdrawn"}
        assert [each.person_id for each in await recurring.crew_of(book, plan.id)] == [wang]


async def test_a_row_that_only_the_old_record_has_keeps_its_place(database):
    morning = await a_morning()
    book = morning.book_id
    again, word = await with_two(morning)
    with clock.frozen(EARLY):
        await signing.sign_up(book, morning.shift.id, again)
        await join_records(book, again, morning.wang, word)
        await hand_over_closed(book)
        sheet = await signup_lists.of_shift(book, morning.shift.id)
    assert [line.sign_up.person_id for line in sheet.coming] == [morning.wang]


async def test_the_place_of_a_record_closed_for_good_goes_to_the_next(database):
    morning = await a_morning()
    book = morning.book_id
    again, word = await with_two(morning)
    with clock.frozen(EARLY):
        await signing.set_capacity(book, morning.shift.id, 1)
        for person in (again, morning.li):
            await signing.sign_up(book, morning.shift.id, person)
        await close_record(book, again, word)
        assert await hand_over_closed(book) == 1
        rows = await standing(morning.shift)
    assert rows == {again: Standing.WITHDRAWN, morning.li: Standing.OFFERED}


@pytest.mark.parametrize("taken_back", [False, True], ids=["arrived", "taken back"])
async def test_points_on_public_notice_arrive_or_go_back_before_a_record_is_closed(
    database, taken_back
):
    morning = await a_morning()
    book = morning.book_id
    again, word = await with_two(morning)
    await rules.adopt_terms(book, Terms(points_per_hour=10, notice_days=3), in_force_from=0)
    attendance = await served(morning, again)
    with clock.frozen(NINE + 3 * HOUR):
        await verify(book, attendance.id, morning.organiser)
        for closes in (
            close_record(book, again, word),
            join_records(book, again, morning.wang, word),
        ):
            with pytest.raises(PointsOnNotice) as refused:
                await closes
            assert refused.value.members == {"points": 20}
        if taken_back:
            await unverify(book, attendance.id, morning.organiser, "看错人了")
    with clock.frozen(NINE + 3 * HOUR + 3 * DAY):
        assert await arrival.let_points_arrive(book) == (0 if taken_back else 1)
        await join_records(book, again, morning.wang, word)
    assert await points_of(morning, morning.wang) == (0 if taken_back else 20)
    assert await check(book) == []
    assert [str(each) for each in await reconcile(book)] == []
