"""Shops and their shelves in JSON."""

from typing import Self

from pydantic import ConfigDict

from api.schemas.types import Answer, Asked, Id, Line, example, one
from redemption import models, stock
from redemption.states import OnOffer

_SHOP, _ITEM = "482915093250080775", "482915093250080776"


class NamedShop(Asked):
    """What a shop is to be called."""

    model_config = ConfigDict(json_schema_extra=example(name="金苑二店"))
    name: Line


class Shop(Answer):
    """A charity shop."""

    model_config = ConfigDict(json_schema_extra=example(shop_id=_SHOP, name="金苑慈善超市"))
    shop_id: Id
    name: str

    @classmethod
    def of(cls, shop: models.Shop) -> Self:
        """Show a shop."""
        return cls(shop_id=shop.id, name=shop.name)


class Shops(Answer):
    """The community's shops, oldest first."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Shop)]))
    items: list[Shop]


class Item(Answer):
    """A thing on the shelf, and how many pieces may go for points today."""

    model_config = ConfigDict(
        json_schema_extra=example(
            item_id=_ITEM,
            shop_id=_SHOP,
            name="大米 10 斤装（5 公斤）",
            unit="袋",
            category="食品",
            barcode="6901234567892",
            price_points=60,
            price_fen=3000,
            household_limit_pieces=2,
            state="on_sale",
            unconfirmed=False,
            pieces_for_points=12,
        )
    )
    item_id: Id
    shop_id: Id
    name: str
    unit: str
    category: str
    barcode: str | None
    price_points: int
    price_fen: int
    household_limit_pieces: int | None
    state: OnOffer
    unconfirmed: bool
    pieces_for_points: int

    @classmethod
    def of(cls, shelf: stock.Shelf) -> Self:
        """Show an item with what is left of it."""
        item = shelf.item
        return cls(
            item_id=item.id,
            shop_id=item.shop_id,
            name=item.name,
            unit=item.unit,
            category=item.category,
            barcode=item.barcode,
            price_points=item.price_points,
            price_fen=item.price_fen,
            household_limit_pieces=item.household_limit,
            state=item.state,
            unconfirmed=item.unconfirmed_by is not None,
            pieces_for_points=shelf.for_points,
        )


class Items(Answer):
    """The items of a shop by name."""

    model_config = ConfigDict(json_schema_extra=example(items=[one(Item)]))
    items: list[Item]
