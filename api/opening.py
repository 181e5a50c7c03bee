"""When a shop is open and its rules; numbers to wait with on exchange days."""

from api.asking import Clerk, ShopKeeper, SignedIn, Volunteer
from api.routing import Id
from api.routing import router as _router
from api.schemas.opening import (
    Call,
    CalledNumber,
    NewHours,
    NewSpecialDay,
    Opening,
    OpeningHours,
    Queue,
    ShopRule,
    SpecialDay,
    Ticket,
    minutes,
)
from kernel import clock
from redemption import openings, queueing, shop_rules
from redemption.shops import shop_of

router = _router("shop")


@router.get("/shops/{shop_id}/opening")
async def shop_opening(viewer: SignedIn, shop_id: Id) -> Opening:
    """Say whether a shop is open, when it is next, and by which hours and days."""
    await shop_of(viewer.book_id, shop_id)
    calendar = await openings.calendar_of(viewer.book_id, shop_id)
    coming = await openings.next_opening(viewer.book_id, shop_id)
    closed = await openings.closed_now(viewer.book_id, shop_id, clock.now())
    return Opening.of(calendar, coming, open_now=closed is None)


@router.post("/shops/{shop_id}/opening-hours", status_code=201)
async def add_opening_hours(viewer: ShopKeeper, shop_id: Id, body: NewHours) -> OpeningHours:
    """Let hours come round on a weekday or a day of the month."""
    made = await openings.add_hours(
        *(viewer.book_id, shop_id, (minutes(body.opens), minutes(body.closes)), viewer.person_id),
        weekday=body.weekday,
        month_day=body.month_day,
        exchange_day=body.exchange_day,
    )
    return OpeningHours.of(made)


@router.post("/opening-hours/{opening_id}/ending", status_code=204)
async def end_opening_hours(viewer: ShopKeeper, opening_id: Id) -> None:
    """Let hours come round no more."""
    await openings.end_hours(viewer.book_id, opening_id, viewer.person_id)


@router.post("/shops/{shop_id}/special-days", status_code=201)
async def set_special_day(viewer: ShopKeeper, shop_id: Id, body: NewSpecialDay) -> SpecialDay:
    """Say that a day is otherwise: closed, or open at other hours by exception, and why."""
    made = await openings.set_day(
        viewer.book_id, shop_id, body.day, body.hours, body.reason, viewer.person_id
    )
    return SpecialDay.of(made)


@router.get("/shops/{shop_id}/rule")
async def shop_rule(viewer: SignedIn, shop_id: Id) -> ShopRule:
    """Return a shop's rules."""
    await shop_of(viewer.book_id, shop_id)
    return ShopRule.of(await shop_rules.rule_of(viewer.book_id, shop_id))


@router.put("/shops/{shop_id}/rule")
async def set_shop_rule(viewer: ShopKeeper, shop_id: Id, body: ShopRule) -> ShopRule:
    """Give a shop other rules from now on."""
    await shop_rules.set_rule(viewer.book_id, shop_id, body.rule, viewer.person_id)
    return body


@router.get("/shops/{shop_id}/queue")
async def shop_queue(viewer: SignedIn, shop_id: Id) -> Queue:
    """Return a shop's queue of today."""
    await shop_of(viewer.book_id, shop_id)
    return Queue.of(await queueing.queue_of(viewer.book_id, shop_id))


@router.post("/shops/{shop_id}/queue/my-number", status_code=201)
async def take_number(viewer: Volunteer, shop_id: Id) -> Ticket:
    """Give the bearer a number for today."""
    await shop_of(viewer.book_id, shop_id)
    return Ticket.of(await queueing.take_number(viewer.book_id, shop_id, viewer.person_id))


@router.post("/shops/{shop_id}/queue/paper-numbers", status_code=201)
async def give_paper_number(viewer: Clerk, shop_id: Id) -> Ticket:
    """Give a number on paper to somebody without a phone."""
    await shop_of(viewer.book_id, shop_id)
    return Ticket.of(await queueing.give_paper_number(viewer.book_id, shop_id))


@router.post("/shops/{shop_id}/queue/calls", status_code=201)
async def call_number(viewer: Clerk, shop_id: Id, body: Call) -> CalledNumber:
    """Call the next number, or one that was skipped; none if the one called before was the last."""
    await shop_of(viewer.book_id, shop_id)
    asked = (viewer.book_id, shop_id)
    if body.number is not None:
        return CalledNumber.of(await queueing.call_again(*asked, body.number, viewer.person_id))
    return CalledNumber.of(await queueing.call_next(*asked, viewer.person_id, came=body.came))
