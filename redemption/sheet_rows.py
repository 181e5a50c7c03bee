"""Type a row of a paper sheet in: it is an exchange of its own day, or a case that waits for somebody's decision.

A row is kept as it was typed before anything is posted: a power cut between the two leaves a case and not a gap.
Its place on its sheet is the key of the entry: typed in twice, it is booked once.
"""

import json
from dataclasses import dataclass, replace
from functools import partial

from kernel import clock
from kernel.clock import HOUR
from kernel.database import execute
from kernel.days import day_of, plus_days, start_of
from kernel.errors import DomainError
from kernel.ids import new_id
from ledger import chart
from ledger.books import zone_of
from ledger.chart import AccountName, Kind
from ledger.desk import post
from ledger.errors import KeyReused, NotEnoughPoints, PointsAreOwed
from ledger.post import DocumentKey, Fact, Post
from people.recognition import Way
from redemption import day_limits, household_limits, openings
from redemption.at_hand import items_of, lots_on_shelf
from redemption.counter import goods_of
from redemption.errors import (
    ItemIsWithdrawn,
    OutOfStock,
    PriceHasChanged,
    QuantityIsOdd,
    ReliefOnly,
)
from redemption.family import near, require_may_serve
from redemption.limit_errors import (
    OverDayLimit,
    OverExchangesOfDay,
    OverMonthLimit,
    OverPiecesOfDay,
)
from redemption.models import Item, Redemption
from redemption.new_item_errors import AddedItOneself
from redemption.opening_errors import ShopIsClosed
from redemption.serving import MOST_PIECES, Sale, merged
from redemption.sheet_errors import (
    SheetDayIsOdd,
    SheetIsEnded,
    SheetRowDecided,
    SheetRowIsOdd,
    SheetRowIsTaken,
    SheetRowNotFound,
)
from redemption.sheet_papers import CART_LENGTH, ROWS, PaperSheet, RowState, SheetRow
from redemption.sheet_rules import WRITTEN, Decided, Written, booked
from redemption.shop_rules import rule_of
from redemption.spending import Recognised
from redemption.states import RedemptionState

MOST_DAYS = 14
BY_SHEET = Recognised(Way.SHEET)
HAND_WRITTEN = "hand-written"
# What makes a row a case: the goods have left, so it cannot simply be turned away.
CASES: tuple[type[DomainError], ...] = (
    NotEnoughPoints,
    PointsAreOwed,
    OverDayLimit,
    OverMonthLimit,
    OverPiecesOfDay,
    OverExchangesOfDay,
    ShopIsClosed,
    OutOfStock,
    ItemIsWithdrawn,
    AddedItOneself,
    ReliefOnly,
    PriceHasChanged,
)


@dataclass(frozen=True, slots=True)
class Slip:
    """One row as it was typed: its place, who took what, the day (yyyymmdd), and the points beside it, if any."""

    place: int
    person_id: int
    cart: tuple[tuple[int, int], ...]
    day: int
    points_written: int | None = None


async def enter(book_id: int, sheet: PaperSheet, slip: Slip, by: int) -> SheetRow:
    """Type a row in and book it, if the rules let it; a row that waits may be typed again, put right.

    Raises: SheetRowIsOdd, SheetDayIsOdd, SheetIsEnded, SheetRowIsTaken, CartIsEmpty, QuantityIsOdd, ItemNotHere,
        NotAMember, ServesOneself, ServesOwnFamily.
    """
    if not 1 <= slip.place <= ROWS:
        raise SheetRowIsOdd(most=ROWS, field="row")
    slip = replace(slip, cart=merged(slip.cart))
    happened_at = await _moment(book_id, sheet, slip.day)
    await items_of(book_id, sheet.shop_id, slip.cart)
    await require_may_serve(book_id, by, slip.person_id)
    row = await _kept(book_id, sheet, slip, happened_at, by)
    if row.state is not RowState.WAITING:
        return await row_of(book_id, row.id)
    return await book(book_id, row.id, by)


async def _moment(book_id: int, sheet: PaperSheet, day: int) -> int:
    """Return when a row of a day happened, as near as paper says: noon, or now if that is to come yet."""
    zone, now = await zone_of(book_id), clock.now()
    today = day_of(now, zone)
    first = max(day_of(sheet.printed_at, zone), plus_days(today, -MOST_DAYS))
    if not first <= day <= today:
        raise SheetDayIsOdd(days=MOST_DAYS, field="day")
    return int(min(max(start_of(day, zone) + 12 * HOUR, sheet.printed_at), now))


async def _kept(book_id: int, sheet: PaperSheet, slip: Slip, happened_at: int, by: int) -> SheetRow:
    """Keep a row as it was typed, unless it was before. Raises: SheetIsEnded, SheetRowIsTaken, QuantityIsOdd."""
    text = json.dumps([list(pair) for pair in slip.cart], separators=(",", ":"))
    if len(text) > CART_LENGTH:
        raise QuantityIsOdd(most=MOST_PIECES, field="goods")
    here = SheetRow.filter(book_id=book_id, sheet_id=sheet.id, place=slip.place)
    found = await here.first()
    if found is None:
        if sheet.ended_at is not None:
            raise SheetIsEnded
        await execute(
            "INSERT INTO sheet_row (id, book_id, sheet_id, place, person_id, cart, points_written, happened_at, "
            "state, refusal, entered_by, entered_at, missing_points, note) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'waiting', '', $9, $10, 0, '') "
            "ON CONFLICT (book_id, sheet_id, place) DO NOTHING",
            *(new_id(), book_id, sheet.id, slip.place, slip.person_id, text),
            *(slip.points_written, happened_at, by, clock.now()),
        )
        found = await here.get()
    zone = await zone_of(book_id)
    same = (found.person_id, found.cart, day_of(found.happened_at, zone)) == (
        *(slip.person_id, text, slip.day),
    )
    if found.state is not RowState.WAITING:
        if not same:
            raise SheetRowIsTaken
        return found
    if not same or found.points_written != slip.points_written:
        values = {"person_id": slip.person_id, "cart": text, "happened_at": happened_at}
        values |= {"points_written": slip.points_written, "entered_by": by}
        values |= {"entered_at": clock.now()}
        await here.filter(state=RowState.WAITING).update(**values)
    return await here.get()


async def book(book_id: int, row_id: int, by: int, decided: Decided | None = None) -> SheetRow:
    """Post a row that waits; what the rules do not let makes it a case, unless somebody has decided otherwise.

    Raises: SheetRowNotFound, SheetRowDecided, and with a decision whatever still speaks against it.
    """
    row = await row_of(book_id, row_id)
    try:
        await post(await _to_book(row, by, decided))
    except KeyReused:
        raise SheetRowDecided from None
    except SheetRowDecided:
        fresh = await row_of(book_id, row_id)
        if decided is None and fresh.state is RowState.BOOKED and fresh.cart == row.cart:
            return fresh  # The same row was typed twice at once.
        raise
    except CASES as refusal:
        if decided is not None:
            raise
        waiting = SheetRow.filter(book_id=book_id, id=row_id, state=RowState.WAITING)
        await waiting.update(refusal=refusal.slug)
    return await row_of(book_id, row_id)


async def row_of(book_id: int, row_id: int) -> SheetRow:
    """Return a row with its sheet and its person. Raises: SheetRowNotFound."""
    found = await SheetRow.get_or_none(book_id=book_id, id=row_id).prefetch_related(
        "sheet", "person"
    )
    if found is None:
        raise SheetRowNotFound
    return found


async def _to_book(row: SheetRow, by: int, decided: Decided | None) -> Post:
    items = await items_of(row.book_id, row.sheet.shop_id, row.lines)
    sale = await _sale(row, items, decided)
    said = {name: getattr(row, name) for name in WRITTEN}
    written = Written(row.id, said, await _most(row, sale), decided)
    facts = (
        Fact("shop", sale.shop_id),
        *(Fact("item", item_id) for item_id in items),
        *sale.household.facts,
        written.fact,
    )
    asked = ["sheet-row", sale.shop_id, row.person_id, row.cart, row.happened_at]
    borne = decided is not None and decided.borne is not None
    return Post(
        book_id=row.book_id,
        kind=Kind.SHEET_SETTLED if borne else Kind.GOODS_REDEEMED,
        key=DocumentKey(f"sheet-row:{row.sheet_id}:{row.place}", asked),
        document=Fact("redemption", sale.redemption_id),
        facts=facts,
        accounts=_accounts(sale, borne=borne),
        decide=partial(booked, sale, written),
        actor_id=row.entered_by,
        approver_id=decided.by if decided else None,
        reason_code=HAND_WRITTEN,
        reason=(decided.note or None) if decided else None,
        occurred_at=row.happened_at,
    )


async def _most(row: SheetRow, sale: Sale) -> int:
    """Return what the limit of a day with a PIN still leaves on the day of a row, all sheets together."""
    zone = await zone_of(row.book_id)
    day = day_of(sale.now, zone)
    that_day = Redemption.filter(
        book_id=row.book_id,
        person_id=row.person_id,
        recognised=Way.SHEET.value,
        state=RedemptionState.DONE,
        redeemed_at__gte=start_of(day, zone),
        redeemed_at__lt=start_of(plus_days(day, 1), zone),
    )
    spent: int = sum(each.points_total - each.points_refunded for each in await that_day)
    most = (await day_limits.limits_of(row.book_id)).with_pin
    return max(0, most - spent)


async def _sale(row: SheetRow, items: dict[int, Item], decided: Decided | None) -> Sale:
    book_id, shop_id = row.book_id, row.sheet.shop_id
    day = day_of(row.happened_at, await zone_of(book_id))
    lots = await lots_on_shelf(book_id, shop_id, [item_id for item_id, _ in row.lines])
    limited = [item.id for item in items.values() if item.household_limit is not None]
    return Sale(
        redemption_id=new_id(),
        shop_id=shop_id,
        person_id=row.person_id,
        clerk_id=row.entered_by,
        cart=row.lines,
        shelf=tuple(replace(lot, line_id=new_id()) for lot in lots),
        now=row.happened_at,
        today=day,
        expected_total=None if decided else row.points_written,
        recognised=BY_SHEET,
        household=await household_limits.counting(
            *(book_id, shop_id, row.person_id, limited, day), await rule_of(book_id, shop_id)
        ),
        closed=await openings.closed_on(book_id, shop_id, day),
        near=await near(book_id, row.person_id, items.values()),
    )


def _accounts(sale: Sale, *, borne: bool) -> tuple[AccountName, ...]:
    own = (chart.purse(sale.person_id), chart.owed(sale.person_id), chart.redeemed(sale.shop_id))
    return (*own, *((chart.POINTS_ISSUED,) if borne else ()), *goods_of(sale))
