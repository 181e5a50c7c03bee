"""A morning on which somebody is fetched from home and taken to the clinic."""

from dataclasses import dataclass

from checkin import errands, service_cards, shifts
from checkin.alone_models import CardKind
from checkin.errands import Served
from checkin.models import Activity, Attendance
from checkin.service_cards import PrintedServiceCard, Shown
from kernel import clock
from tests.checkin.world import Morning, a_morning


@dataclass(frozen=True)
class Alone:
    """An activity on call, a card of Grandma Li (a member), and one of the canteen."""

    morning: Morning
    escort: Activity
    card: PrintedServiceCard
    canteen: PrintedServiceCard

    @property
    def book(self) -> int:
        return self.morning.book_id


async def alone_at_work() -> Alone:
    morning = await a_morning()
    escort = await shifts.plan_activity(morning.book_id, "陪诊", "助老", usual_minutes=90)
    by = morning.organiser
    card = await service_cards.make(
        morning.book_id, CardKind.PERSON, "李奶奶家", by=by, person_id=morning.li
    )
    canteen = await service_cards.make(morning.book_id, CardKind.PLACE, "社区食堂", by=by)
    return Alone(morning, escort, card, canteen)


async def began(world: Alone, person: int, at: int, card: str = "", **served) -> Attendance:
    with clock.frozen(at):
        shown = Shown(card, at) if card else None
        whom = None if card else Served(**(served or {"person_id": world.morning.li}))
        done = await errands.start(world.book, person, world.escort.id, served=whom, shown=shown)
    return done.attendance


async def ended(world: Alone, person: int, at: int, card: str = "") -> Attendance:
    with clock.frozen(at):
        shown = Shown(card, at) if card else None
        return (await errands.stop(world.book, person, shown=shown)).attendance
