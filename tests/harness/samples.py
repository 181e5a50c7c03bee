"""What a look at every page needs from a demo community: a session for each role, and one value for each address part.

Run as `python -m tests.harness.samples` in the environment of the installation; prints JSON. A process of its own,
because Playwright's loop occupies the thread of the tests.
"""

import asyncio
import json
from typing import Any

from tortoise.expressions import Q

from checkin import errands, lending, service_cards, shifts, venue_codes
from checkin.alone_models import CardKind
from checkin.errands import Served
from checkin.models import Attendance, AttendanceState, Shift
from checkin.signup_models import ShiftTemplate
from cli.demo_today import points_of
from kernel import clock
from kernel.clock import HOUR
from kernel.database import connected, fetch
from kernel.settings import settings
from ledger.books import zone_of
from ledger.periods import first_open_month, month_words
from people import losing, roster, sessions, signin
from people.approvals import Approval
from people.fund_papers import Fund
from people.models import Community, Membership, PropertyCompany, Role, RoleGrant, Trade
from redemption import queueing, stock
from redemption.change_papers import CompanyChange
from redemption.day_papers import DayClose
from redemption.happened import happened
from redemption.models import (
    Item,
    Redemption,
    StockLot,
    Voucher,
    VoucherOffer,
    VoucherUse,
)
from redemption.notice_papers import PointsCase
from redemption.reserving import reserve
from redemption.service_papers import ServiceUse
from redemption.settlement_papers import Settlement
from redemption.sheet_papers import PaperSheet
from redemption.slip_papers import SlipPicture
from redemption.states import VoucherState
from redemption.stock_papers import ReliefHandout, StockTake
from web.i18n import local

ENOUGH_POINTS = 20


async def _session(book_id: int, person_id: int, *, staff: bool) -> str:
    signed_in = await sessions.begin(book_id, person_id, staff=staff)
    return signed_in.token


async def _who_came(book_id: int, at: int) -> set[int]:
    """Whoever came anywhere in the twelve hours before, or after, or came before that and is still there."""
    today = Attendance.filter(
        Q(shift__starts_at__gt=at - 12 * HOUR) | Q(state=AttendanceState.PRESENT), book_id=book_id
    )
    return {each.person_id for each in await today}


async def _newcomer(book_id: int, shift: Shift) -> Membership:
    """A volunteer who has not come to this shift nor to an earlier one today, and has points to spend."""
    busy = await _who_came(book_id, shift.starts_at)
    members = await roster.members(book_id)
    points = await points_of(book_id, [each.person_id for each in members])
    free = (each for each in reversed(members) if each.person_id not in busy)
    return next(each for each in free if points[each.person_id] >= ENOUGH_POINTS)


async def _who_lost_a_phone(book_id: int, others: set[int]) -> Membership:
    """A volunteer whom nothing else here is about."""
    return next(each for each in await roster.members(book_id) if each.person_id not in others)


async def _lent_screen(book_id: int, shift: Shift, people: dict[Role, int]) -> str:
    """The link by which the volunteer took the code screen of the shift."""
    token = await lending.lend(book_id, shift.id, people[Role.ORGANISER])
    await lending.take(book_id, token, people[Role.VOLUNTEER])
    return token


async def _errand(book_id: int, people: dict[Role, int]) -> int:
    """Work on call that the volunteer has done on their own word, and a card at somebody's door."""
    escort = await shifts.plan_activity(book_id, "陪诊试用", "助老", usual_minutes=90)
    by = people[Role.ORGANISER]
    await service_cards.make(book_id, CardKind.PERSON, "李奶奶家", by=by)
    who, now = people[Role.VOLUNTEER], clock.now()
    with clock.frozen(now - 30 * clock.MINUTE):
        await errands.start(book_id, who, escort.id, served=Served(name="刘大爷"))
    with clock.frozen(now):
        return int((await errands.stop(book_id, who)).attendance.id)


async def _cheapest(book_id: int) -> str:
    """The barcode of the cheapest thing on the shelf."""
    shelves = await stock.shelves(book_id, (await stock.shops(book_id))[0].id)
    on_shelf = [each.item for each in shelves if each.for_points > 0 and each.item.price_points]
    return str(min(on_shelf, key=lambda item: item.price_points).barcode)


async def _settled(book_id: int, company_id: int) -> str:
    """The latest month of a company that was settled, or that could be."""
    paper = (
        await Settlement.filter(book_id=book_id, company_id=company_id).order_by("-month").first()
    )
    return month_words(paper.month if paper else await first_open_month(book_id))


async def _reserved(book_id: int, shop_id: int, person_id: int) -> int:
    """What the volunteer has put aside: the cheapest thing on the shelf."""
    shelves = await stock.shelves(book_id, shop_id)
    on_shelf = [each.item for each in shelves if each.for_points > 0 and each.item.price_points]
    cheapest = min(on_shelf, key=lambda item: item.price_points)
    cart = [(cheapest.id, 1)]
    return int((await reserve(book_id, shop_id, person_id, cart, person_id, "sample")).id)


async def _lot_with_a_picture(book_id: int) -> int:
    """A lot that somebody gave, with a picture of its slip."""
    pictured = [each.lot_id for each in await SlipPicture.filter(book_id=book_id)]
    given = StockLot.filter(book_id=book_id, id__in=pictured).exclude(donor="")
    return int((await given.get()).id)


async def samples() -> dict[str, Any]:
    """Return sessions by role, and a value for every part of an address that stands in braces."""
    book_id = (await Community.all().first()).id  # type: ignore[union-attr]
    now = clock.now()
    # Who owns it will do an errand here, and is nowhere else meanwhile.
    free = Voucher.filter(book_id=book_id, state=VoucherState.ISSUED).exclude(
        person_id__in=await _who_came(book_id, now)
    )
    voucher = await free.first()
    assert voucher is not None
    company = await PropertyCompany.get(id=voucher.company_id)
    desk = await RoleGrant.filter(
        book_id=book_id, role=Role.PROPERTY_DESK, company_id=company.id
    ).first()
    use = (
        await VoucherUse.filter(book_id=book_id, company_id=company.id).order_by("-used_at").first()
    )
    people = {Role.VOLUNTEER: voucher.person_id, Role.PROPERTY_DESK: desk.person_id if desk else 0}
    rendered = await ServiceUse.filter(book_id=book_id).order_by("used_at").first()
    assert rendered
    people[Role.MERCHANT] = rendered.used_by_id
    for role in Role:
        if role not in people:
            grant = await RoleGrant.filter(book_id=book_id, role=role).first()
            people[role] = grant.person_id if grant else 0
    shift = await Shift.filter(book_id=book_id, starts_at__lte=now, ends_at__gte=now).first()
    assert shift is not None
    own = await fetch(
        "SELECT t.entry_id, t.credit_id FROM transfer t JOIN account a ON a.book_id = t.book_id AND a.id = t.credit_id "
        "WHERE a.book_id = $1 AND a.path = $2 LIMIT 1",
        *(book_id, f"volunteer:{voucher.person_id}:points"),
    )
    waiting = await Attendance.filter(book_id=book_id, state=AttendanceState.LEFT).first()
    # The cheapest voucher, so that its buyer has the points.
    offer = await VoucherOffer.filter(book_id=book_id).order_by("price_points").first()
    item, redemption = (
        await Item.filter(book_id=book_id).first(),
        await Redemption.filter(book_id=book_id).first(),
    )
    assert item
    assert redemption
    assert waiting
    assert use
    assert offer
    newcomer = await _newcomer(book_id, shift)
    lost = await _who_lost_a_phone(book_id, {*people.values(), newcomer.person_id})
    report = await losing.report_loss(
        book_id, lost.person_id, by=people[Role.ORGANISER], facts=["joined", "number"]
    )
    return {
        "newcomer": {
            "session": await _session(book_id, newcomer.person_id, staff=False),
            "name": newcomer.person.masked_name,
            "number": newcomer.shown_number,
            "invite": await signin.invite(book_id, newcomer.person_id, people[Role.ORGANISER]),
        },
        "shift_began": f"{local(shift.starts_at, await zone_of(book_id)):%H:%M}",
        "barcode": await _cheapest(book_id),
        "sessions": {
            role.value: await _session(book_id, person, staff=role != Role.VOLUNTEER)
            for role, person in people.items()
        },
        "token": await signin.invite_from_console(book_id, people[Role.VOLUNTEER]),
        "errand_id": await _errand(book_id, people),
        "screen": await _lent_screen(book_id, shift, people),
        "venue": venue_codes.issue(book_id, shift.id, now),
        "entry_id": own[0]["entry_id"],
        "account_id": own[0]["credit_id"],
        "slug": "volunteer-points",
        "day": "today",
        "closing_id": (await DayClose.filter(book_id=book_id).order_by("-day").first()).id,  # type: ignore[union-attr]
        "case_id": (await PointsCase.filter(book_id=book_id, ended_at__isnull=True).get()).id,
        "event_id": (await happened(book_id, people[Role.VOLUNTEER]))[0].entry_id,
        "clerk_id": people[Role.CLERK],
        "month": month_words(await first_open_month(book_id)),
        "settled": await _settled(book_id, company.id),
        "serial": voucher.serial,
        "offer_id": offer.id,
        "company_id": company.id,
        "rival_id": (
            await PropertyCompany.filter(book_id=book_id, trade=Trade.PROPERTY)
            .exclude(id=company.id)
            .first()
        ).id,  # type: ignore[union-attr]
        "change_id": (await CompanyChange.filter(book_id=book_id).get()).id,
        "voucher_id": voucher.id,
        "use_id": use.id,
        "person_id": people[Role.VOLUNTEER],
        "redemption_id": redemption.id,
        "item_id": item.id,
        "shop_id": item.shop_id,
        "take_id": (await StockTake.filter(book_id=book_id).get()).id,
        "lot_id": await _lot_with_a_picture(book_id),
        "picture_id": (await SlipPicture.filter(book_id=book_id).first()).id,  # type: ignore[union-attr]
        "handout_id": (await ReliefHandout.filter(book_id=book_id, fund_id__isnull=True).get()).id,
        "service_id": rendered.service_id,
        "service_use_id": rendered.id,
        "merchant_id": rendered.company_id,
        "fund_id": (await Fund.filter(book_id=book_id).order_by("id").first()).id,  # type: ignore[union-attr]
        "reservation_id": await _reserved(book_id, item.shop_id, people[Role.VOLUNTEER]),
        "ticket_id": (await queueing.give_paper_number(book_id, item.shop_id)).id,
        "pack_id": (await PaperSheet.filter(book_id=book_id).first()).pack_id,  # type: ignore[union-attr]
        "shift_id": shift.id,
        "template_id": (await ShiftTemplate.filter(book_id=book_id).get()).id,
        "attendance_id": waiting.id,
        "approval_id": (await Approval.filter(book_id=book_id, outcome__isnull=True).get()).id,
        "report_id": report.id,
        "name": "components",
    }


async def main() -> None:
    """Print the samples of the installation that the environment names."""
    async with connected(settings().url):
        print(json.dumps(await samples()))  # noqa: T201  its answer to the harness


if __name__ == "__main__":
    asyncio.run(main())
