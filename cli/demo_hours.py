"""The demo's hours that no clean scan shows: closed by themselves, told by the volunteer, added later, disputed."""

from functools import partial

from checkin import arrival, board, clean, closing, shifts
from checkin.back_filling import back_fill
from checkin.models import Attendance, AttendanceState
from checkin.verification import verify
from cli.demo_community import Demo
from kernel import clock
from kernel.clock import MINUTE
from people.models import Role

NIGHT, ASKED_AT, ADDED_AT, DISPUTED_AT = (23, 50), (8, 0), (16, 0), (16, 30)


def plan_hours(demo: Demo) -> None:
    """Plan each night's jobs and some odd cases of the last days."""
    for day in range(-7 * demo.weeks, 0):
        demo.timeline.at(demo.moment(day, NIGHT), partial(closing.close_forgotten, demo.book))
        demo.timeline.at(
            demo.moment(day + 1, ASKED_AT), partial(arrival.let_points_arrive, demo.book)
        )
        if day < -1:
            # Those of yesterday are still to be asked: a volunteer's first page shows it.
            demo.timeline.at(demo.moment(day + 1, ASKED_AT), partial(_answer, demo))
            demo.timeline.at(demo.moment(day + 1, NIGHT), partial(clean.verify_clean, demo.book))
    demo.timeline.at(demo.moment(-2, ADDED_AT), partial(_add, demo))
    demo.timeline.at(demo.moment(-2, DISPUTED_AT), partial(_dispute, demo))


async def _answer(demo: Demo) -> None:
    """The first of those whom the system asks says when they left."""
    asked = [each for each in await closed_by_itself(demo) if closing.guesses(each)]
    if asked:
        first = asked[0]
        guess = closing.guesses(first)[0]
        await closing.say_when_left(demo.book, first.id, first.person_id, guess)


async def closed_by_itself(demo: Demo) -> list[Attendance]:
    """Return the attendances whose end nobody knows yet, in the order in which people came."""
    waiting = await board.to_verify(demo.book)
    asked = [each for each in waiting if closing.asks(each)]
    return sorted(asked, key=lambda each: (each.checked_in_at or 0, each.id))


async def _add(demo: Demo) -> None:
    """Somebody signed a paper list at a shift of the day before; another organiser verifies that."""
    first, second = demo.staff[Role.ORGANISER][:2]
    for shift in await shifts.past(demo.book, days=2):
        there = {each.person_id for each in await Attendance.filter(shift_id=shift.id)}
        free = [each for each in demo.residents if each.person_id not in there]
        busy = demo.busy
        resident = next(
            each
            for each in free
            if all(
                end + 90 * MINUTE <= shift.starts_at or shift.ends_at + 90 * MINUTE <= start
                for start, end in busy.get(each.person_id, [])
            )
        )
        added = await back_fill(
            *(demo.book, shift.id, resident.person_id, first),
            checked_in_at=shift.starts_at,
            checked_out_at=shift.ends_at,
            reason="现场没有网络，签了纸质名单",
        )
        await verify(demo.book, added.id, second)
        return


async def _dispute(demo: Demo) -> None:
    """A neighbour objects to one of the awards on public notice."""
    waiting = await Attendance.filter(
        book_id=demo.book, state=AttendanceState.VERIFIED, arrives_at__gt=clock.now()
    ).order_by("checked_in_at", "id")
    if waiting:
        await arrival.dispute(
            demo.book, waiting[0].id, demo.one(Role.ORGANISER), "邻居反映当天没有见到本人"
        )
