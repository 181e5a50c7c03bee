"""Hours from earlier records: judged row by row, brought in once, paid only after a second person and the notice."""

import pytest
from tortoise.exceptions import IntegrityError

from audit.reconcile import reconcile
from checkin import arrival, rules, shifts
from checkin.hours_errors import AnotherMustVerify
from checkin.imported_hours import bring_in, plan
from checkin.models import Attendance, Provenance
from checkin.rules import Terms
from checkin.verification import verify
from kernel import clock
from kernel.clock import DAY, HOUR
from kernel.database import execute
from kernel.tables import read_table
from ledger.checks import check
from tests.checkin.world import NINE, a_morning, points_of, served

HEADS = "编号,姓名,活动,日期,开始,结束\n"
LATER = NINE + 30 * DAY


def listed(*rows: str):
    return read_table((HEADS + "\n".join(rows)).encode())


async def a_morning_with_rules():
    morning = await a_morning()
    await rules.adopt_terms(morning.book_id, Terms(points_per_hour=10), in_force_from=0)
    return morning


async def test_imported_hours_wait_for_a_second_person_and_then_for_the_notice(database):
    morning = await a_morning_with_rules()
    book = morning.book_id
    rows = listed(
        "103,王秀兰,周六清洁家园,2026-11-07,09:00,11:00",
        ",李建国,周六清洁家园,2026年11月7日,9点00分,11:00",
        "103,,周六清洁家园,2026/11/8,23:30,1:00",
    )
    with clock.frozen(LATER):
        planned = await plan(book, rows, morning.organiser)
        assert (len(planned.new), planned.problems) == (3, ())
        assert await bring_in(book, planned, morning.organiser, "2026年签到表.xlsx") == 3
        again = await plan(book, rows, morning.organiser)
        assert (len(again.rows), again.new, again.problems) == (3, [], ())
        found = await Attendance.filter(book_id=book).order_by("id").prefetch_related("shift")
        assert {each.provenance for each in found} == {Provenance.IMPORTED}
        assert [each.minutes_worked for each in found] == [120, 120, 90]
        assert found[0].shift_id == found[1].shift_id
        with pytest.raises(AnotherMustVerify):
            await verify(book, found[0].id, morning.organiser)
        for each in found:
            await verify(book, each.id, morning.second_organiser)
        assert await points_of(morning, morning.wang) == 0
    # The database says so too, whoever writes.
    with pytest.raises(IntegrityError):
        await execute("UPDATE attendance SET verifier_id = confirmed_by")
    with clock.frozen(LATER + 7 * DAY):
        assert await arrival.let_points_arrive(book) == 3
    assert await points_of(morning, morning.wang) == 35
    assert await check(book) == []
    assert [str(each) for each in await reconcile(book)] == []


async def test_each_row_that_cannot_be_right_says_why(database):
    morning = await a_morning()
    book = morning.book_id
    await execute("UPDATE award_rule SET in_force_from = $1", NINE - 20 * DAY)
    await served(morning, morning.wang)
    await shifts.plan_activity(book, "夜间巡逻", "安全")
    rows = listed(
        "103,,周六清洁家园,2026-11-21,10:00,12:00",
        "104,,周六清洁家园,2026-11-14,09:00,11:00",
        "104,,夜间巡逻,2026-11-14,10:30,12:00",
        "104,,夜间巡逻,2026-11-14,10:45,10:50",
        "101,,周六清洁家园,2026-11-14,09:00,11:00",
        "103,,植树,2026-11-14,09:00,11:00",
        "103,李建国,周六清洁家园,2026-11-14,09:00,11:00",
        ",张三,周六清洁家园,2026-11-14,09:00,11:00",
        "103,,周六清洁家园,14.11.,09:00,11:00",
        "103,,周六清洁家园,2026-11-14,nine,11:00",
        "103,,周六清洁家园,2026-11-14,,11:00",
        "103,,周六清洁家园,2027-11-14,09:00,11:00",
        "103,,周六清洁家园,2026-10-01,09:00,11:00",
    )
    with clock.frozen(NINE + 3 * HOUR):
        planned = await plan(book, rows, morning.organiser)
    assert [each.row for each in planned.rows] == [3]
    said = [(each.row, each.says % dict(each.members)) for each in planned.problems]
    assert [(row, text[:30]) for row, text in said] == [
        (2, "These times overlap with “周六清洁家园”"[:30]),
        (4, "These times meet row 3 of the "),
        (5, "These times meet row 3 of the "),
        (6, "Your own hours must be confirm"),
        (7, "No activity has this name. Ple"),
        (8, "Number 103 belongs to 王*兰."),
        (9, "Nobody here has this name or n"),
        (10, "“14.11.” is not a day. Write 2"),
        (11, "“nine” is not a time. Write 09"),
        (12, "Who, what, the day, from and t"),
        (13, "This is still to come."),
        (14, "No points rule was in force on"),
    ]
