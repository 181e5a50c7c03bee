"""A reservation is collected at the counter, in whole or in part, or let go: cancelled, or its time is over."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from kernel import clock
from kernel.days import day_of
from kernel.ids import new_id
from ledger import chart, holds
from ledger.books import zone_of
from ledger.chart import AccountName, Kind
from ledger.hold_posts import to_release
from ledger.hold_rules import Hold, Releasing
from ledger.post import DocumentKey, Fact, Post, RequestKey
from people.joined import for_survivors, post_for_survivors
from people.recognition import code_read
from redemption import openings
from redemption.errors import CartIsEmpty
from redemption.family import require_may_serve
from redemption.household_limits import GivenBack
from redemption.receipts import Receipt, receipt
from redemption.reservation_errors import ReservationNotFound
from redemption.reservation_papers import Reservation, ReservationLine
from redemption.reservation_rules import LettingGo, PickUp, collected, let_go
from redemption.reservations import reservation
from redemption.serving import merged
from redemption.spending import BY_CODE, OneCode, Recognised, allowance_of
from redemption.states import ReservationState


async def collect(
    book_id: int,
    reservation_id: int,
    by: int,
    key: str,
    *,
    parts: Iterable[tuple[int, int]] | None = None,
    recognised: Recognised = BY_CODE,
) -> Receipt:
    """Hand out what is reserved, or (line id, pieces) of it: points and goods leave in one entry, the rest goes back.

    Raises: ReservationNotFound, CartIsEmpty, QuantityIsOdd, ServesOneself, ServesOwnFamily, ReservationHasEnded,
        ShopIsClosed, ReturnsTooMuch, KeyReused.
    """
    found = await reservation(book_id, reservation_id)
    await require_may_serve(book_id, by, found.person_id)
    wanted = None if parts is None else merged(parts)
    pick_up = await _pick_up(found, by, wanted, recognised)
    asked = ["collect", reservation_id, wanted and sorted(list(pair) for pair in wanted)]
    posted = await post_for_survivors(
        Post(
            book_id=book_id,
            kind=Kind.HOLD_CAPTURED,
            key=RequestKey(f"person:{by}", key, asked),
            document=Fact("redemption", pick_up.redemption_id),
            facts=(
                *(Fact("shop", found.shop_id), Fact("reservation", found.id)),
                *(Fact("reservation_line", line["id"]) for line in pick_up.lines),
                *(pick_up.hold.paper, pick_up.counted_in, *pick_up.rest.facts),
                *((pick_up.code.fact,) if pick_up.code else ()),
            ),
            accounts=_accounts_of(pick_up),
            decide=partial(collected, pick_up),
            actor_id=by,
            occurred_at=pick_up.now,
        )
    )
    return await receipt(book_id, posted.document_id)


async def _pick_up(
    found: Reservation, by: int, wanted: Sequence[tuple[int, int]] | None, recognised: Recognised
) -> PickUp:
    lines = _rows(found)
    whole = {line["id"]: line["quantity"] for line in lines}
    taken = whole if wanted is None else dict(wanted)
    if not taken.keys() <= whole.keys():
        raise ReservationNotFound
    if not taken:
        raise CartIsEmpty
    now = clock.now()
    code_id = await code_read(found.book_id, found.person_id, by)
    return PickUp(
        hold=await holds.the_hold(found.book_id, found.id),
        redemption_id=new_id(),
        shop_id=found.shop_id,
        clerk_id=by,
        lines=lines,
        taken=taken,
        line_ids={line_id: new_id() for line_id in whole},
        now=now,
        today=day_of(now, await zone_of(found.book_id)),
        recognised=recognised,
        counted_in=await allowance_of(found.book_id, found.person_id),
        code=None if code_id is None else OneCode(code_id, now),
        closed=await openings.closed_now(found.book_id, found.shop_id, now),
    )


def _accounts_of(pick_up: PickUp) -> tuple[AccountName, ...]:
    gone = {each.gone for each in pick_up.goods}
    redeemed = chart.redeemed(pick_up.shop_id)
    return (*pick_up.hold.accounts, redeemed, chart.POINTS_EXPIRED, *gone)


def _rows(found: Reservation) -> tuple[Mapping[str, Any], ...]:
    """Return what of the lines never changes."""
    names = ("id", "item_id", "lot_id", "quantity", "price_points", "month_count_id")
    return tuple(
        {**{name: getattr(line, name) for name in names}, "day_count_id": found.day_count_id}
        for line in sorted(found.lines, key=lambda line: line.id)
    )


async def cancel(book_id: int, reservation_id: int, by: int, key: str) -> Reservation:
    """Let a reservation go before its time: points and goods go back; `by` is the member or one of the staff.

    Raises: ReservationNotFound, ReservationHasEnded, KeyReused.
    """
    now = clock.now()
    hold = await _hold(book_id, reservation_id)
    releasing = Releasing(hold, None, (), now, day_of(now, await zone_of(book_id)))
    asked = to_release(book_id, releasing, RequestKey(f"person:{by}", key), actor_id=by)
    await post_for_survivors(await _with_paper(asked, releasing, ReservationState.CANCELLED, by))
    return await reservation(book_id, reservation_id)


async def let_go_of(book_id: int, person_id: int, by: int) -> None:
    """Cancel every open reservation of a person whose record is about to be closed or joined."""
    standing = Reservation.filter(book_id=book_id, person_id=person_id, state=ReservationState.OPEN)
    for found in await standing.order_by("id"):
        await cancel(book_id, found.id, by, f"let-go-{found.id}")


async def expire_due(book_id: int) -> int:
    """Let go of all that was set aside until a time that is over, reservations with their papers; return how many."""
    return await holds.expire_due(book_id, _with_papers)


async def _with_papers(posts: Sequence[Post]) -> list[Post]:
    """Return the releases of holds, those of reservations with what is written on the papers."""
    dressed = []
    for each in posts:
        kept_for = await Reservation.exists(book_id=each.book_id, id=each.document.id)
        if not kept_for or not isinstance(each.key, DocumentKey):
            dressed.append(each)
            continue
        hold = await _hold(each.book_id, each.document.id)
        now = each.occurred_at or clock.now()
        today = day_of(now, await zone_of(each.book_id))
        releasing = Releasing(hold, None, (), now, today, expired=True)
        dressed.append(await _with_paper(each, releasing, ReservationState.EXPIRED, None))
    return await for_survivors(dressed)


async def _hold(book_id: int, reservation_id: int) -> Hold:
    if not await Reservation.exists(book_id=book_id, id=reservation_id):
        raise ReservationNotFound
    return await holds.the_hold(book_id, reservation_id)


async def _with_paper(
    asked: Post, releasing: Releasing, state: ReservationState, by: int | None
) -> Post:
    """Return the release of a hold with its reservation: both end in one commit."""
    book_id, reservation_id = asked.book_id, releasing.hold.id
    lines = await ReservationLine.filter(book_id=book_id, reservation_id=reservation_id)
    found = await Reservation.get(book_id=book_id, id=reservation_id)
    months = tuple((line.month_count_id, line.quantity) for line in lines)
    back = GivenBack(months, found.day_count_id, exchanges=1)
    counted_in = await allowance_of(book_id, found.person_id)
    letting = LettingGo(releasing, state, by, back, counted_in)
    return replace(
        asked,
        facts=(*asked.facts, letting.paper, counted_in, *back.facts),
        decide=partial(let_go, letting),
    )
