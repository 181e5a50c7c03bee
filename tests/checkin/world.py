"""A small community on a Saturday morning: an organiser, volunteers and a clean-up."""

from dataclasses import dataclass

from checkin import rules, shifts, venue_codes
from checkin.attending import check_in, check_out
from checkin.models import Activity, Attendance, Shift
from checkin.venue_codes import Claim
from kernel import clock
from kernel.clock import HOUR, MINUTE
from ledger import chart
from ledger.balances import holding
from ledger.chart import AccountName
from people.registration import open_community, register

NINE = 1_795_222_800_000_000  # 21 November 2026, 09:00 in Xuzhou


@dataclass(frozen=True)
class Morning:
    """Ids of those who are there; the clean-up lasts from 9 to 11 at 10 points an hour."""

    book_id: int
    organiser: int
    second_organiser: int
    wang: int
    li: int
    activity: Activity
    shift: Shift


async def a_morning(*, multiplier_percent: int = 100, points_budget: int = 400) -> Morning:
    book_id = (await open_community("Jinyuan")).id
    people = [
        (await register(book_id, name, number=number, by=None)).person_id
        for number, name in enumerate(["陈组织", "赵组织", "王秀兰", "李建国"], 101)
    ]
    await rules.adopt(book_id, 10, in_force_from=0)
    activity = await shifts.plan_activity(
        book_id, "周六清洁家园", "环境", place="彩虹里", multiplier_percent=multiplier_percent
    )
    shift = await shifts.plan_shift(
        book_id, activity.id, NINE, NINE + 2 * HOUR, points_budget=points_budget
    )
    organiser, second, wang, li = people
    return Morning(book_id, organiser, second, wang, li, activity, shift)


def claim_of(morning: Morning, at: int, shift: Shift | None = None) -> Claim:
    return venue_codes.claim(morning.book_id, (shift or morning.shift).id, at)


async def came(morning: Morning, person: int, at: int = NINE, shift: Shift | None = None):
    with clock.frozen(at):
        return (await check_in(morning.book_id, person, claim_of(morning, at, shift))).attendance


async def went(morning: Morning, person: int, at: int, shift: Shift | None = None) -> Attendance:
    with clock.frozen(at):
        return (await check_out(morning.book_id, person, claim_of(morning, at, shift))).attendance


async def served(
    morning: Morning, person: int, minutes: int = 120, shift: Shift | None = None
) -> Attendance:
    start = (shift or morning.shift).starts_at
    await came(morning, person, start, shift)
    return await went(morning, person, start + minutes * MINUTE, shift)


async def holds(morning: Morning, name: AccountName) -> int:
    return (await holding(morning.book_id, name)).balance


async def points_of(morning: Morning, person: int) -> int:
    return await holds(morning, chart.purse(person))


async def minutes_of(morning: Morning, person: int) -> int:
    return await holds(morning, chart.minutes(person))
