"""Holds: set points aside, take them in part or whole, give them back, and let them go when their time is over."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from kernel import clock
from kernel.database import fetch
from kernel.days import day_of
from kernel.ids import new_id
from ledger.accounts import placeholders
from ledger.at_once import post_many
from ledger.books import zone_of
from ledger.chart import Kind
from ledger.desk import post
from ledger.errors import DocumentIsMissing, HasAnUndoOfItsOwn, HoldHasEnded
from ledger.hold_posts import (
    Key,
    merged,
    to_capture,
    to_expire,
    to_place,
    to_release,
    to_take_back,
)
from ledger.hold_rules import TABLE, Capturing, Goods, Hold, Placing, Releasing
from ledger.post import Post, Posted
from ledger.reversals import the_undo

AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Held:
    """Points that an open hold still keeps, and until when (UTC microseconds)."""

    hold_id: int
    points: int
    expires_at: int


async def place(
    book_id: int,
    person_id: int,
    amount: int,
    *,
    expires_at: int,
    key: Key,
    actor_id: int | None,
    goods: Sequence[Goods] = (),
) -> Posted:
    """Set points aside until a moment (UTC microseconds), and goods with them; the answer's document is the hold.

    Raises: AmountIsOdd, HoldEndsTooEarly, PointsAreOwed, NotEnoughPoints, WouldOverdraw for goods that are not there,
    KeyReused.
    """
    now = clock.now()
    today = day_of(now, await zone_of(book_id))
    hold = Hold(new_id(), person_id, merged(goods))
    placing = Placing(hold, amount, now, expires_at, today)
    return await post(to_place(book_id, placing, key, actor_id))


async def capture(
    book_id: int,
    hold_id: int,
    amount: int,
    *,
    shop_id: int,
    key: Key,
    actor_id: int | None,
    goods: Sequence[Goods] = (),
) -> Posted:
    """Take held points for a shop, in part or whole, and hand out goods that were reserved with them.

    Raises: AmountIsOdd, DocumentIsMissing, HoldHasEnded, HoldHasExpired, HoldGivesNoMore, WouldOverdraw for goods,
    KeyReused.
    """
    hold = await the_hold(book_id, hold_id)
    capturing = Capturing(hold, amount, shop_id, merged(goods), clock.now())
    return await post(to_capture(book_id, capturing, key, actor_id))


async def release(
    book_id: int,
    hold_id: int,
    *,
    key: Key,
    actor_id: int | None,
    amount: int | None = None,
    goods: Sequence[Goods] = (),
) -> Posted:
    """Give held points back to the purse they came from: a part, or all that is left, and goods to their shelf.

    Raises: AmountIsOdd, DocumentIsMissing, HoldHasEnded, HoldGivesNoMore, WouldOverdraw for goods, KeyReused.
    """
    hold = await the_hold(book_id, hold_id)
    now = clock.now()
    today = day_of(now, await zone_of(book_id))
    return await post(
        to_release(
            book_id, Releasing(hold, amount, merged(goods), now, today), key, actor_id=actor_id
        )
    )


async def take_capture_back(
    book_id: int, entry_id: int, *, key: Key, actor_id: int | None, reason: str
) -> Posted:
    """Undo a capture as a whole: its points and goods are held again; if the hold's time is over, they go back next.

    Raises: NotFound, HasAnUndoOfItsOwn for an entry that is no capture, AlreadyReversed, WouldOverdraw, KeyReused.
    """
    undo = await the_undo(book_id, entry_id)
    if undo.kind != Kind.HOLD_CAPTURED:
        raise HasAnUndoOfItsOwn
    return await post(to_take_back(book_id, undo, key, actor_id, reason))


async def nothing_more(posts: Sequence[Post]) -> list[Post]:
    """Return the posts as they are: these holds have no papers."""
    return list(posts)


async def expire_due(
    book_id: int, with_papers: Callable[[Sequence[Post]], Awaitable[list[Post]]] = nothing_more
) -> int:
    """Release every open hold whose time is over, and return how many; several may do so at once.

    `with_papers` lets the papers that the holds are kept for be written with them.
    """
    now = clock.now()
    today = day_of(now, await zone_of(book_id))
    released, after = 0, (0, 0)
    while rows := await fetch(DUE, book_id, now, *after, AT_ONCE):
        after = (rows[-1]["expires_at"], rows[-1]["id"])
        holds = await _with_goods(book_id, rows)
        posts = [to_expire(book_id, holds[row["id"]], row["released"], now, today) for row in rows]
        released += await post_many(await with_papers(posts), unless=HoldHasEnded)
    return released


DUE = (
    "SELECT id, person_id, expires_at, released FROM hold WHERE book_id = $1 AND ended_at IS NULL "
    "AND expires_at <= $2 AND (expires_at > $3 OR (expires_at = $3 AND id > $4)) ORDER BY expires_at, id LIMIT $5"
)


async def held_by(book_id: int, person_id: int) -> list[Held]:
    """Return what a person's open holds keep, the next to end first."""
    rows = await fetch(
        "SELECT id, amount - captured - released AS points, expires_at FROM hold "
        "WHERE book_id = $1 AND person_id = $2 AND ended_at IS NULL ORDER BY expires_at, id",
        *(book_id, person_id),
    )
    return [Held(row["id"], row["points"], row["expires_at"]) for row in rows]


async def the_hold(book_id: int, hold_id: int) -> Hold:
    """Return what of a hold never changes. Raises: DocumentIsMissing."""
    rows = await fetch(
        "SELECT id, person_id FROM hold WHERE book_id = $1 AND id = $2", book_id, hold_id
    )
    if not rows:
        raise DocumentIsMissing
    return (await _with_goods(book_id, rows))[hold_id]


async def _with_goods(book_id: int, rows: Sequence[dict[str, Any]]) -> dict[int, Hold]:
    """Return holds with the goods that the entries which placed them reserved; neither ever changes."""
    found = await fetch(
        "SELECT e.document_id, t.asset, t.amount, a.path FROM journal_entry e "
        "JOIN transfer t ON t.book_id = e.book_id AND t.entry_id = e.id "
        "JOIN account a ON a.book_id = t.book_id AND a.id = t.credit_id "
        "WHERE e.book_id = $1 AND e.document_type = $2 AND e.kind = $3 AND t.asset LIKE 'item:%' "
        f"AND e.document_id IN ({placeholders(len(rows), 4)}) ORDER BY e.id, t.line",
        *(book_id, TABLE, Kind.HOLD_PLACED.value, *(row["id"] for row in rows)),
    )
    goods: dict[int, list[Goods]] = {row["id"]: [] for row in rows}
    for each in found:
        goods[each["document_id"]].append(_goods(each["path"], each["asset"], each["amount"]))
    return {row["id"]: Hold(row["id"], row["person_id"], tuple(goods[row["id"]])) for row in rows}


def _goods(shelf: str, asset: str, quantity: int) -> Goods:
    """Read a shelf's name, `shop:{shop}:lot:{lot}`, and its item."""
    _, shop_id, _, lot_id = shelf.split(":")
    return Goods(int(shop_id), int(asset.removeprefix("item:")), int(lot_id), quantity)
