"""The demo's work without an organiser on the spot: cards at the door, own start and stop, and a word for it."""

from functools import partial

from checkin import errands, service_cards, witnessing
from checkin.alone_models import CardKind
from checkin.errands import Served
from checkin.models import Activity
from checkin.service_cards import PrintedServiceCard, Shown
from cli.demo_community import Demo, Resident
from cli.demo_data import Timetable
from kernel import clock
from kernel.clock import HOUR, MINUTE
from people.models import Role

OWN_WORD = 0.4
HOW_KNOWN = "打电话问过本人，确有此事"


async def make_card(demo: Demo, table: Timetable) -> PrintedServiceCard:
    """Make the card that hangs where an activity on call is asked for."""
    by = demo.one(Role.ORGANISER)
    return await service_cards.make(demo.book, CardKind.PLACE, table.place, by=by)


def plan_errands(
    demo: Demo, table: Timetable, activity: Activity, card: PrintedServiceCard, starts: int
) -> None:
    """Let as many as an activity takes go on an errand each; some have no card at hand, and an organiser asks later."""
    rng, ends = demo.rng, starts + table.minutes * MINUTE
    if starts < demo.first_moment or ends > demo.now:
        return
    for each in demo.choose(table.people, starts, ends):
        served = Served(rng.choice([who for who in demo.residents if who is not each]).person_id)
        alone = rng.random() < OWN_WORD
        begins, goes = starts + rng.randint(0, 9) * MINUTE, ends - rng.randint(0, 9) * MINUTE
        start = partial(_start, demo, each, activity.id, served, None if alone else card)
        demo.timeline.at(begins, start)
        demo.timeline.at(goes, partial(_stop, demo, each, None if alone else card))


async def _start(
    demo: Demo, who: Resident, activity_id: int, served: Served, card: PrintedServiceCard | None
) -> None:
    await errands.start(demo.book, who.person_id, activity_id, served=served, shown=_shown(card))


async def _stop(demo: Demo, who: Resident, card: PrintedServiceCard | None) -> None:
    done = await errands.stop(demo.book, who.person_id, shown=_shown(card))
    if card is None:
        asks = partial(_ask, demo, done.attendance.id)
        demo.timeline.at(clock.now() + HOUR, asks)


async def _ask(demo: Demo, attendance_id: int) -> None:
    by = demo.one(Role.ORGANISER)
    await witnessing.confirm_as_organiser(demo.book, attendance_id, by, HOW_KNOWN)


def _shown(card: PrintedServiceCard | None) -> Shown | None:
    return None if card is None else Shown(card.token, clock.now())
