"""The demo's odd cases at the code: refused scans, two devices, a dead card, a strict shift, everybody out at once."""

from collections.abc import Callable, Sequence
from functools import partial

from checkin import arriving, attending, offline, rollcall, shifts, venue_codes
from checkin.models import CodeMode, Purpose, Shift
from checkin.offline import SentScan
from cli import demo_data, demo_shifts
from cli.demo_community import Demo, Resident
from cli.demo_shifts import Visit
from cli.timeline import Story
from kernel import clock
from kernel.clock import DAY, HOUR, MINUTE, SECOND
from people.card_issuing import issue_cards
from people.losing import report_loss
from people.models import Role
from people.sessions import token_hash

IN, OUT = Purpose.ARRIVING, Purpose.LEAVING
BEFORE, DAYS_BEFORE, UNTIL = 10 * MINUTE, 2, -4  # days from today
Scene = Callable[[Demo, Shift, list[Resident]], Story]


async def plan_scenes(demo: Demo, scenes: Sequence[Scene]) -> None:
    """Give every scene a service day of its own, one after the other over all the weeks, and people who are free."""
    table = demo_data.SERVICE_DAY
    with clock.frozen(demo.first_moment):
        activity = await demo_shifts.plan_activity(demo, table)
    days = range(-7 * demo.weeks + DAYS_BEFORE, UNTIL)
    for place, scene in enumerate(scenes):
        begins = demo.moment(days[len(days) * place // len(scenes)], table.starts)
        ends = begins + table.minutes * MINUTE
        people = demo.choose(table.people, begins, ends)
        with clock.frozen(demo.first_moment):
            shift = await shifts.plan_shift(
                demo.book, activity.id, begins, ends, people=2 * table.people
            )
        demo.timeline.tell(begins - DAYS_BEFORE * DAY, scene(demo, shift, people))


async def strict_and_forwarded(demo: Demo, shift: Shift, people: list[Resident]) -> Story:
    """Where one code is for one person, a screenshot sent to a friend opens nothing; later it is too old as well."""
    await shifts.set_code_mode(demo.book, shift.id, CodeMode.STRICT)
    yield shift.starts_at - BEFORE
    first, friend, late = [each for each in people if each.has_phone][:3]
    code = venue_codes.issue(demo.book, shift.id, clock.now())
    own, forwarded = await arriving.look(code), await arriving.look(code)
    await attending.check_in(demo.book, first.person_id, own)
    await demo.timeline.tried(attending.check_in(demo.book, friend.person_id, forwarded))
    yield clock.now() + 2 * MINUTE
    await demo.timeline.tried(arriving.look(code))  # after its window; a fresh one helps
    await demo_shifts.arrive(demo, shift, Visit(late, clock.now()))
    yield shift.ends_at
    for each in (first, late):
        await demo_shifts.leave(demo, shift, Visit(each, clock.now()))
        yield clock.now() + MINUTE


async def two_devices(demo: Demo, shift: Shift, people: list[Resident]) -> Story:
    """Two devices without a network scan one card, and one of them somebody still elsewhere; both are seen to."""
    carded = await _with_card(demo, people)
    helpers = demo.staff[Role.ORGANISER][:2]
    moments = ((IN, shift.starts_at), (OUT, shift.ends_at))
    queues = [
        [
            _kept(f"{device}-{purpose.value}", purpose, carded, at + device * SECOND)
            for purpose, at in moments
        ]
        for device in range(len(helpers))
    ]
    other = next(each for each in people if each is not carded)
    elsewhere = await shifts.plan_shift(
        demo.book, shift.activity_id, shift.starts_at, shift.ends_at, people=len(people)
    )
    yield shift.starts_at
    await demo_shifts.arrive(demo, elsewhere, Visit(other, clock.now()))
    yield shift.ends_at
    await demo_shifts.leave(demo, elsewhere, Visit(other, clock.now()))
    at = shift.ends_at - HOUR
    queues[0].append(SentScan("overlap", IN, "", f"{other.number:03d}", at, 0))
    yield shift.ends_at + HOUR
    for helper, queue in zip(helpers, queues, strict=True):
        await offline.take_in(demo.book, shift.id, queue, clock.now(), by=helper)
    yield shift.ends_at + 2 * HOUR
    for scan in await offline.doubtful(demo.book, shift.id):
        await offline.settle(demo.book, scan.id, by=helpers[0], take=False)


def _kept(nonce: str, purpose: Purpose, who: Resident, at: int) -> SentScan:
    return SentScan(nonce, purpose, token_hash(who.card), "", at, 0)


async def lost_card(demo: Demo, shift: Shift, people: list[Resident]) -> Story:
    """A card was lost and made anew; whoever tries the old one is refused, and the new one opens."""
    organiser = demo.one(Role.ORGANISER)
    carded = await _with_card(demo, people)
    old = carded.card
    await report_loss(demo.book, carded.person_id, by=organiser, facts=["flat", "number"])
    [new] = await issue_cards(demo.book, [carded.person_id], organiser)
    carded.card = new.token
    yield shift.starts_at
    call = partial(rollcall.call, demo.book, shift.id, by=organiser)
    await demo.timeline.tried(call(old, IN))
    await call(carded.card, IN)
    # Their helper's device had no network: what it scanned is refused when it is sent.
    dead = SentScan("dead", IN, token_hash(old), "", clock.now(), 0)
    await offline.take_in(demo.book, shift.id, [dead], clock.now(), by=organiser)
    yield shift.ends_at
    await call(carded.card, OUT)


async def everybody_out(demo: Demo, shift: Shift, people: list[Resident]) -> Story:
    """The leader calls the roll by card and code, and sends everybody home with one tap."""
    yield shift.starts_at
    for each in people:
        await demo_shifts.arrive(demo, shift, Visit(each, clock.now()))
    yield shift.ends_at
    await rollcall.everybody_out(demo.book, shift.id, demo.one(Role.ORGANISER))


async def two_at_once(demo: Demo, shift: Shift, people: list[Resident]) -> Story:
    """Somebody who is still present at one place scans at another, and is told so."""
    elsewhere = await shifts.plan_shift(
        demo.book, shift.activity_id, shift.starts_at, shift.ends_at, people=len(people)
    )
    who = next(each for each in people if each.has_phone)
    yield shift.starts_at
    await demo_shifts.arrive(demo, shift, Visit(who, clock.now()))
    yield shift.starts_at + HOUR
    await demo.timeline.tried(demo_shifts.arrive(demo, elsewhere, Visit(who, clock.now())))
    yield shift.ends_at
    await demo_shifts.leave(demo, shift, Visit(who, clock.now()))


async def _with_card(demo: Demo, people: list[Resident]) -> Resident:
    """Return one of them with a card in the hand; somebody asks for one if nobody has."""
    who = next((each for each in people if each.card), people[-1])
    if not who.card:
        [made] = await issue_cards(demo.book, [who.person_id], demo.one(Role.ORGANISER))
        who.card = made.token
    return who


SCENES: tuple[Scene, ...] = (
    strict_and_forwarded,
    two_devices,
    lost_card,
    everybody_out,
    two_at_once,
)
