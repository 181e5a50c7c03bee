"""What comes with a lot on paper: the cost of a piece, the number of the receipt or donation slip, the buyer."""

from dataclasses import dataclass
from typing import Any

from people.models import Membership
from people.naming import folded
from redemption.errors import NotAMember
from redemption.states import Source
from redemption.stock_errors import BuyerIsMissing, BuyerReceives, CostIsOdd

MOST_COST = 10_000_000
SLIP_LENGTH = 40


@dataclass(frozen=True, slots=True)
class LotSlip:
    """The paper of a lot: fen a piece, the slip's number, and the buyer, who is not the receiver."""

    unit_cost_fen: int = 0
    slip: str = ""
    buyer_id: int | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """Return it as columns of the lot."""
        return {
            "unit_cost_fen": self.unit_cost_fen,
            "slip": self.slip,
            "buyer_id": self.buyer_id,
        }


NO_SLIP = LotSlip()


def checked(slip: LotSlip, source: Source, receiver_id: int) -> LotSlip:
    """Return a slip as it is kept: what was paid for has a buyer, and somebody else received it.

    Raises:
        CostIsOdd, BuyerIsMissing, BuyerReceives
    """
    cost = slip.unit_cost_fen
    if type(cost) is not int or not 0 <= cost <= MOST_COST:
        raise CostIsOdd(most=MOST_COST, field="unit_cost")
    if source is Source.PURCHASED and cost and slip.buyer_id is None:
        raise BuyerIsMissing(field="buyer")
    if slip.buyer_id == receiver_id:
        raise BuyerReceives(field="buyer")
    return LotSlip(cost, folded(slip.slip)[:SLIP_LENGTH], slip.buyer_id)


async def accepted(book_id: int, slip: LotSlip, source: Source, receiver_id: int) -> LotSlip:
    """Return a slip as it is kept, its buyer a member of this community.

    Raises:
        NotAMember, and as `checked`
    """
    kept = checked(slip, source, receiver_id)
    buyer = kept.buyer_id
    if buyer is not None and not await Membership.exists(book_id=book_id, person_id=buyer):
        raise NotAMember
    return kept
