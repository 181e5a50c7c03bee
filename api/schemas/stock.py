"""Items, lots, marks of hardship and relief goods in JSON."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field

from api.schemas.shop import Cart
from api.schemas.types import (
    TEXT_PATTERN,
    Answer,
    Asked,
    Day,
    Id,
    Line,
    Moment,
    SentDay,
    SentId,
    example,
    one,
)
from people.hardship_marks import HardshipMark
from people.lives import ConsentGiven
from people.masks import masked_name
from redemption import stock_papers
from redemption.models import StockLot
from redemption.slip_papers import SlipPicture
from redemption.slips import MOST_COST, LotSlip
from redemption.states import RedemptionState, Source
from redemption.stock import CATEGORY_LENGTH, MOST_FEN, MOST_POINTS, MOST_RECEIVED

_SHOP, _ITEM, _PERSON = "482915093250080775", "482915093250080776", "482915093250080772"
_LOT, _HANDOUT, _MARK = "482915093250080790", "482915093250080791", "482915093250080792"


def _text(most: int) -> object:
    return Field(max_length=most, pattern=TEXT_PATTERN)


Count = Annotated[int, Field(ge=1, le=MOST_RECEIVED)]


class AddItem(Asked):
    """A thing for the catalogue of a shop."""

    model_config = ConfigDict(
        json_schema_extra=example(
            shop_id=_SHOP,
            name="大米 10 斤装（5 公斤）",
            price_points=60,
            unit="袋",
            category="食品",
            household_limit_pieces=2,
        )
    )
    shop_id: SentId
    name: Line
    price_points: Annotated[int, Field(ge=0, le=MOST_POINTS)]
    price_fen: Annotated[int, Field(ge=0, le=MOST_FEN)] = 0
    barcode: Annotated[str, _text(20)] | None = None
    unit: Annotated[str, _text(20)] = ""
    category: Annotated[str, _text(CATEGORY_LENGTH)] = ""
    household_limit_pieces: Count | None = None


class Receive(Asked):
    """Pieces that came together, with their paper. What was paid for has a buyer, who is not who receives it."""

    model_config = ConfigDict(
        json_schema_extra=example(
            source="purchased",
            quantity_pieces=40,
            use_by="2027-04-30",
            unit_cost_fen=2590,
            slip="苏果 20261121-003",
            buyer_id=_PERSON,
        )
    )
    source: Annotated[Source, Field(strict=False)]
    quantity_pieces: Count
    use_by: SentDay | None = None
    donor: Annotated[str, _text(80)] = ""
    unit_cost_fen: Annotated[int, Field(ge=0, le=MOST_COST)] = 0
    slip: Annotated[str, _text(40)] = ""
    buyer_id: SentId | None = None

    @property
    def paper(self) -> LotSlip:
        """Return what comes with the lot on paper."""
        return LotSlip(self.unit_cost_fen, self.slip, self.buyer_id)


class Lot(Answer):
    """A lot as it came in."""

    model_config = ConfigDict(
        json_schema_extra=example(
            lot_id=_LOT,
            item_id=_ITEM,
            source="purchased",
            quantity_pieces=40,
            received_at="2026-11-21T01:30:00Z",
            use_by="2027-04-30",
            donor="",
            unit_cost_fen=2590,
            slip="苏果 20261121-003",
            buyer_id=_PERSON,
            receiver_id="482915093250080773",
            picture_sha256=None,
        )
    )
    lot_id: Id
    item_id: Id
    source: Source
    quantity_pieces: int
    received_at: Moment
    use_by: Day | None
    donor: str
    unit_cost_fen: int
    slip: str
    buyer_id: Id | None
    receiver_id: Id
    picture_sha256: str | None

    @classmethod
    def of(cls, lot: StockLot, picture: SlipPicture | None = None) -> Self:
        """Show a lot, with the picture of its slip if there is one."""
        return cls(
            lot_id=lot.id,
            item_id=lot.item_id,
            source=lot.source,
            quantity_pieces=lot.quantity_received,
            received_at=lot.received_at,
            use_by=lot.use_by,
            donor=lot.donor,
            unit_cost_fen=lot.unit_cost_fen,
            slip=lot.slip,
            buyer_id=lot.buyer_id,
            receiver_id=lot.receiver_id,
            picture_sha256=picture.sha256 if picture else None,
        )


class Lots(Answer):
    """The lots of an item, latest first."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Lot)]))
    items: list[Lot]


class Mark(Asked):
    """How the household agreed, and until which day the mark stands; a year at most."""

    model_config = ConfigDict(
        json_schema_extra=example(agreed_how="paper", valid_until="2027-06-30")
    )
    agreed_how: Annotated[ConsentGiven, Field(strict=False)]
    valid_until: SentDay


class Marked(Answer):
    """A mark of hardship. Why it was given is kept nowhere."""

    model_config = ConfigDict(
        json_schema_extra=example(
            mark_id=_MARK,
            agreed_how="paper",
            marked_at="2026-11-21T01:30:00Z",
            valid_until="2027-06-30",
        )
    )
    mark_id: Id
    agreed_how: ConsentGiven
    marked_at: Moment
    valid_until: Day

    @classmethod
    def of(cls, mark: HardshipMark) -> Self:
        """Show a mark."""
        return cls(
            mark_id=mark.id,
            agreed_how=mark.agreed_how,
            marked_at=mark.marked_at,
            valid_until=mark.valid_until,
        )


class Relief(Cart):
    """What somebody of a household in hardship takes home, for nothing: relief goods, or goods a fund pays for."""

    model_config = ConfigDict(
        json_schema_extra=example(
            shop_id=_SHOP,
            person_id=_PERSON,
            lines=[{"item_id": _ITEM, "quantity_pieces": 1}],
        )
    )
    fund_id: SentId | None = None


class ReliefLine(Answer):
    """Pieces of one lot."""

    model_config = ConfigDict(
        json_schema_extra=example(item_id=_ITEM, lot_id=_LOT, quantity_pieces=1)
    )
    item_id: Id
    lot_id: Id
    quantity_pieces: int


class ReliefHandout(Answer):
    """Goods that went home at no points: relief goods, or paid by a fund."""

    model_config = ConfigDict(
        json_schema_extra=example(
            handout_id=_HANDOUT,
            person_id=_PERSON,
            name_masked="王*兰",
            state="done",
            handed_at="2026-11-21T01:30:00Z",
            fund_id=None,
            fund_points=0,
            lines=[{"item_id": _ITEM, "lot_id": _LOT, "quantity_pieces": 1}],
        )
    )
    handout_id: Id
    person_id: Id
    name_masked: str
    state: RedemptionState
    handed_at: Moment
    fund_id: Id | None
    fund_points: int
    lines: list[ReliefLine]

    @classmethod
    def of(cls, given: stock_papers.ReliefHandout) -> Self:
        """Show a hand-out, its lines loaded with it."""
        return cls(
            handout_id=given.id,
            person_id=given.person_id,
            name_masked=masked_name(given.person.name),
            state=given.state,
            handed_at=given.handed_at,
            fund_id=given.fund_id,
            fund_points=given.points_total,
            lines=[
                ReliefLine(item_id=each.item_id, lot_id=each.lot_id, quantity_pieces=each.quantity)
                for each in given.lines
            ],
        )
