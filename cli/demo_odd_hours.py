"""The demo's odd cases about hours: a second person, one's own hours, objections, paper, a waiting list, a child."""

from checkin import arrival, asking, attending, correcting, signing, venue_codes
from checkin.back_filling import back_fill, bring_in
from checkin.models import Attendance, Shift
from checkin.verification import unverify, verify
from cli import demo_shifts
from cli.demo_community import Demo, Resident
from cli.demo_odd import Scene
from cli.demo_shifts import Visit
from cli.timeline import Story
from kernel import clock
from kernel.clock import DAY, HOUR, MINUTE
from people import collecting, guardians
from people.guardians import AGE_OF_OWN_CONSENT
from people.models import Role

OBJECTS, POINTS_TO_COLLECT = "邻居反映当天没有见到本人", 30


async def second_person(demo: Demo, shift: Shift, people: list[Resident]) -> Story:
    """More than two hours are entered by hand: who entered them may not verify them, somebody else does."""
    organiser, second = demo.staff[Role.ORGANISER][:2]
    yield shift.starts_at
    found = await _came(demo, shift, people[0].person_id)
    yield shift.ends_at + HOUR
    await correcting.correct(
        *(demo.book, found.id, organiser),
        checked_in_at=shift.starts_at - 20 * MINUTE,
        checked_out_at=shift.ends_at,
        reason="手机没电，提前到场布置，做到结束",
    )
    await demo.timeline.tried(verify(demo.book, found.id, organiser))
    yield clock.now() + HOUR
    await verify(demo.book, found.id, second)


async def own_hours(demo: Demo, shift: Shift, _: list[Resident]) -> Story:
    """An organiser who lends a hand cannot verify that; a colleague does."""
    organiser, second = demo.staff[Role.ORGANISER][:2]
    yield shift.starts_at
    found = await _came(demo, shift, second)
    yield shift.ends_at
    await attending.check_out(demo.book, second, _claim(demo, shift))
    await demo.timeline.tried(verify(demo.book, found.id, second))
    yield clock.now() + HOUR
    await verify(demo.book, found.id, organiser)


async def objections(demo: Demo, shift: Shift, people: list[Resident]) -> Story:
    """Two were on the paper list only; neighbours object to both awards: one stands, the other is taken back."""
    organiser, second = demo.staff[Role.ORGANISER][:2]
    yield shift.ends_at + HOUR
    rows = []
    for each in people[:2]:
        added = await back_fill(
            *(demo.book, shift.id, each.person_id, organiser),
            checked_in_at=shift.starts_at,
            checked_out_at=shift.ends_at,
            reason="现场没有网络，签了纸质名单",
        )
        await verify(demo.book, added.id, second)
        rows.append(added)
    yield clock.now() + DAY
    for award in rows:
        await arrival.dispute(demo.book, award.id, organiser, OBJECTS)
    yield clock.now() + DAY
    stands, falls = rows
    await arrival.settle(demo.book, stands.id, organiser)
    await unverify(demo.book, falls.id, organiser, f"异议成立：{OBJECTS}")
    await correcting.reject(demo.book, falls.id, organiser, f"异议成立：{OBJECTS}")


async def earlier_records(demo: Demo, shift: Shift, people: list[Resident]) -> Story:
    """The hours of a day stood in last year's table: one organiser brings them in, another verifies them."""
    organiser, second = demo.staff[Role.ORGANISER][:2]
    yield shift.ends_at + DAY
    for row, each in enumerate(people[:2], 2):
        times = (shift.starts_at, shift.ends_at)
        who = (shift.id, each.person_id, organiser)
        found = await bring_in(demo.book, *who, times, f"志愿服务登记表 第 {row} 行")
        await demo.timeline.tried(verify(demo.book, found.id, organiser))
        await verify(demo.book, found.id, second)


async def waiting_list(demo: Demo, shift: Shift, people: list[Resident]) -> Story:
    """Two places and three who want to come: one withdraws, the next in line says yes, and comes."""
    first, gone, next_one = people[:3]
    await signing.set_capacity(demo.book, shift.id, 2)
    for each in (first, gone, next_one):
        await signing.sign_up(demo.book, shift.id, each.person_id)
    yield clock.now() + HOUR
    await signing.withdraw(demo.book, shift.id, gone.person_id)
    yield clock.now() + HOUR
    await signing.sign_up(demo.book, shift.id, next_one.person_id)
    yield shift.starts_at
    for each in (first, next_one):
        await demo_shifts.arrive(demo, shift, Visit(each, clock.now()))
    yield shift.ends_at
    for each in (first, next_one):
        await demo_shifts.leave(demo, shift, Visit(each, clock.now()))


async def not_here(demo: Demo, shift: Shift, people: list[Resident]) -> Story:
    """Somebody asks by a number that is not theirs; the organiser looks around and says so."""
    yield shift.starts_at
    asked = await asking.ask_by_number(_claim(demo, shift), f"{people[0].number:03d}")
    yield clock.now() + MINUTE
    await asking.not_here(demo.book, asked.attendance.id, demo.one(Role.ORGANISER))


async def child_and_elder(demo: Demo, shift: Shift, _: list[Resident]) -> Story:
    """A child whose guardian has withdrawn can open nothing; a grandchild collects with a code of one day."""
    organiser = demo.one(Role.ORGANISER)
    child = next(each for each in demo.residents if _is_child(demo, each))
    elder = next(each for each in demo.residents if each.card and each.birth_year is None)
    await guardians.withdraw(demo.book, child.person_id, organiser)
    yield shift.starts_at
    alone = collecting.make(demo.book, child.person_id, POINTS_TO_COLLECT, organiser)
    await demo.timeline.tried(alone)
    await collecting.make(demo.book, elder.person_id, POINTS_TO_COLLECT, organiser)


def _is_child(demo: Demo, who: Resident) -> bool:
    this_year = demo.today // 10_000
    return who.birth_year is not None and this_year - who.birth_year < AGE_OF_OWN_CONSENT


def _claim(demo: Demo, shift: Shift) -> venue_codes.Claim:
    return venue_codes.claim(demo.book, shift.id, clock.now())


async def _came(demo: Demo, shift: Shift, person_id: int) -> Attendance:
    return (await attending.check_in(demo.book, person_id, _claim(demo, shift))).attendance


SCENES: tuple[Scene, ...] = (
    *(second_person, own_hours, objections, waiting_list, not_here, child_and_elder),
    earlier_records,
)
