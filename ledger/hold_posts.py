"""The posts of holds: what the desk is handed when points are set aside, captured, released or held again."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from ledger import chart
from ledger.chart import Kind
from ledger.hold_rules import (
    Capturing,
    Goods,
    Hold,
    Placing,
    Releasing,
    reopened,
    require_amount,
)
from ledger.post import DocumentKey, Post, RequestKey
from ledger.reversals import Undo, reversing

Key = RequestKey | DocumentKey


def merged(goods: Iterable[Goods]) -> tuple[Goods, ...]:
    """Return goods with each stock lot named once. Raises: AmountIsOdd."""
    pieces: dict[tuple[int, int, int], int] = {}
    for each in goods:
        require_amount(each.quantity)
        lot = (each.shop_id, each.item_id, each.lot_id)
        pieces[lot] = pieces.get(lot, 0) + each.quantity
    return tuple(Goods(*lot, quantity) for lot, quantity in pieces.items())


def to_place(book_id: int, placing: Placing, key: Key, actor_id: int | None) -> Post:
    """Return the post that places a hold. Raises: AmountIsOdd."""
    require_amount(placing.amount)
    hold = placing.hold
    return Post(
        book_id=book_id,
        kind=Kind.HOLD_PLACED,
        # The end is no part of the request: who sends it again counts it from another moment.
        key=replace(key, request=["hold", hold.person_id, placing.amount, _listed(hold.goods)]),
        document=hold.paper,
        accounts=(*hold.accounts, chart.owed(hold.person_id)),
        decide=placing.decide,
        actor_id=actor_id,
        occurred_at=placing.placed_at,
    )


def to_capture(book_id: int, capturing: Capturing, key: Key, actor_id: int | None) -> Post:
    """Return the post that captures from a hold. Raises: AmountIsOdd."""
    require_amount(capturing.amount)
    hold, shop_id = capturing.hold, capturing.shop_id
    asked = ["capture", hold.id, capturing.amount, shop_id, _listed(capturing.goods)]
    return Post(
        book_id=book_id,
        kind=Kind.HOLD_CAPTURED,
        key=replace(key, request=asked),
        document=hold.paper,
        facts=(hold.paper,),
        accounts=(
            *(chart.hold(hold.id), chart.redeemed(shop_id), *hold.goods_accounts),
            *{each.gone for each in capturing.goods},
        ),
        decide=capturing.decide,
        actor_id=actor_id,
        occurred_at=capturing.at,
    )


def to_release(
    book_id: int, releasing: Releasing, key: Key, *, actor_id: int | None = None
) -> Post:
    """Return the post that gives back what a hold keeps. Raises: AmountIsOdd."""
    if releasing.amount is not None:
        require_amount(releasing.amount)
    hold = releasing.hold
    return Post(
        book_id=book_id,
        kind=Kind.HOLD_RELEASED,
        key=replace(key, request=["release", hold.id, releasing.amount, _listed(releasing.goods)]),
        document=hold.paper,
        facts=(hold.paper,),
        accounts=(*hold.accounts, chart.POINTS_EXPIRED),
        decide=releasing.decide,
        actor_id=actor_id,
        reason_code="expired" if releasing.expired else None,
        occurred_at=releasing.at,
    )


def to_expire(book_id: int, hold: Hold, released: int, now: int, today: int) -> Post:
    """Return the post that releases a hold whose time is over, of which so much had been released when it was seen."""
    # A capture taken back opens a hold again that had expired before: then more had been released.
    key = DocumentKey(f"hold:{hold.id}:expired:{released}")
    return to_release(book_id, Releasing(hold, None, (), now, today, expired=True), key)


def to_take_back(book_id: int, undo: Undo, key: Key, actor_id: int | None, reason: str) -> Post:
    """Return the post that undoes a capture."""
    hold_id = undo.document.id
    require = partial(reopened, hold_id, undo.lines)
    facts = (undo.document,)
    return reversing(book_id, undo, key, actor_id, reason, facts, require)


def _listed(goods: Iterable[Goods]) -> list[list[int]]:
    return [[each.shop_id, each.item_id, each.lot_id, each.quantity] for each in goods]
