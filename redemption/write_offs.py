"""Goods that cannot be handed out any more: written off for a reason that is named, once a second person agrees."""

from kernel import clock
from kernel.errors import N_
from kernel.ids import new_id
from ledger import chart
from ledger.balances import holding
from ledger.chart import AccountName, Kind
from ledger.desk import post
from ledger.post import Balances, Decision, Fact, Facts, Insert, Line, Post
from people.approval_rules import Verdict
from people.approvals import Act, Approval
from people.permissions import Viewer
from people.point_acts import OFFICE
from people.requesting import ask, reason_of
from people.two_persons import Acts, Effect, Outlook, TwoPersonAct, key_of, paper_of
from redemption.counts import COUNTERS
from redemption.errors import ItemNotHere, OutOfStock, QuantityIsOdd
from redemption.models import StockLot
from redemption.stock import MOST_RECEIVED
from redemption.stock_papers import Cause


async def ask_write_off(
    acts: Acts, viewer: Viewer, lot_id: int, quantity: int, cause: Cause, reason: str
) -> Approval:
    """Ask that pieces of a lot be written off.

    Raises: QuantityIsOdd, ItemNotHere, RequestNeedsReason, TextTooLong, OutOfStock, and as `ask`.
    """
    if type(quantity) is not int or not 1 <= quantity <= MOST_RECEIVED:
        raise QuantityIsOdd(most=MOST_RECEIVED, field="pieces")
    lot = await StockLot.get_or_none(book_id=viewer.book_id, id=lot_id).select_related("item")
    if lot is None:
        raise ItemNotHere
    payload = {
        "shop_id": lot.item.shop_id,
        "item_id": lot.item_id,
        "item": lot.item.name,
        "lot_id": lot_id,
        "quantity": quantity,
        "cause": cause.value,
        "asked_at": clock.now(),
        "reason": reason_of(reason),
    }
    return await ask(acts, viewer, Act.STOCK_WRITE_OFF, payload, beneficiary_id=None)


async def write_off(request: Approval, verdict: Verdict) -> None:
    """Post the write-off in both names. Raises: OutOfStock, if fewer pieces are left by now."""
    told, shelf, gone = request.told, _shelf(request), _gone(request)
    paper, paper_id = paper_of(request, verdict), new_id()
    row = {
        "id": paper_id,
        "shop_id": told["shop_id"],
        "item_id": told["item_id"],
        "lot_id": told["lot_id"],
        "quantity": told["quantity"],
        "cause": told["cause"],
        "note": request.why,
        "approval_id": request.id,
        "asked_by": request.made_by,
        "signed_by": verdict.by,
        "written_at": verdict.at,
    }

    def decide(facts: Facts, balances: Balances) -> Decision:
        signed = paper.require(facts, balances)
        left = balances[shelf].balance
        if left < told["quantity"]:
            raise OutOfStock(item=told["item"], left=left, item_id=told["item_id"])
        return Decision((Line(gone, shelf, told["quantity"]),), (*signed, Insert("write_off", row)))

    await post(
        Post(
            book_id=request.book_id,
            kind=Kind.STOCK_WRITTEN_OFF,
            key=key_of(request),
            document=Fact("write_off", paper_id),
            facts=paper.facts,
            accounts=(shelf, gone),
            decide=decide,
            actor_id=request.made_by,
            approver_id=verdict.by,
            occurred_at=verdict.at,
        )
    )


async def look(request: Approval) -> Outlook:
    """Say how many pieces the lot would have left."""
    told = request.told
    left = (await holding(request.book_id, _shelf(request))).balance
    short = left < told["quantity"]
    words = N_("Pieces of %(about)s on the shelf")
    effect = Effect(words, left, max(left - told["quantity"], 0), "pieces", told["item"])
    return Outlook(
        (effect,),
        OutOfStock(item=told["item"], left=left, item_id=told["item_id"]) if short else None,
    )


def _shelf(request: Approval) -> AccountName:
    told = request.told
    return chart.stock_lot(told["shop_id"], told["item_id"], told["lot_id"])


def _gone(request: Approval) -> AccountName:
    return chart.written_off(request.told["shop_id"], request.told["item_id"])


ACTS = (
    TwoPersonAct(
        Act.STOCK_WRITE_OFF,
        N_("Write goods off"),
        asked_by=COUNTERS,
        decided_by=OFFICE,
        look=look,
        carry_out=write_off,
    ),
)
