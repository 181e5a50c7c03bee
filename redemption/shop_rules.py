"""A shop's own rules: how many days a reservation is kept, and what a household may have on one day."""

from collections.abc import Sequence
from dataclasses import dataclass

from kernel import clock
from kernel.database import Dialect
from kernel.direct import Ask, Steps
from kernel.listing import among, as_list
from kernel.talking import talked
from kernel.together import Together
from redemption.errors import ShopNotHere
from redemption.limit_errors import ShopRuleIsOdd
from redemption.models import Shop
from redemption.reservation_papers import DAYS_KEPT, ShopRule

MOST_DAYS, MOST = 30, 9999


@dataclass(frozen=True, slots=True)
class Rule:
    """Days a reservation is kept; pieces and exchanges of a household on one day, None for no limit."""

    reservation_days: int = DAYS_KEPT
    pieces_a_day: int | None = None
    exchanges_a_day: int | None = None

    @property
    def has_day_limit(self) -> bool:
        """Say whether anything is limited for a day."""
        return self.pieces_a_day is not None or self.exchanges_a_day is not None


NO_DAY_LIMIT = Rule()


async def rule_of(book_id: int, shop_id: int) -> Rule:
    """Return a shop's rules; without any the defaults hold."""
    return await _rules.ask(book_id, shop_id)


_RULES = (
    "SELECT shop_id, reservation_days, pieces_a_day, exchanges_a_day FROM shop_rule "
    "WHERE book_id = $1 AND shop_id "
)


def read_rules(book_id: int, shops: Sequence[int], kind: Dialect) -> Steps[list[Rule]]:
    """Return the rules of each of some shops."""
    rows = yield Ask(_RULES + among(kind, 2), (book_id, as_list(kind, set(shops))))
    own = {
        row["shop_id"]: Rule(row["reservation_days"], row["pieces_a_day"], row["exchanges_a_day"])
        for row in rows
    }
    return [own.get(shop_id, NO_DAY_LIMIT) for shop_id in shops]


_rules = Together(talked(read_rules))


async def set_rule(book_id: int, shop_id: int, rule: Rule, by: int) -> None:
    """Give a shop other rules from now on. Raises: ShopNotHere, ShopRuleIsOdd."""
    if not 1 <= rule.reservation_days <= MOST_DAYS:
        raise ShopRuleIsOdd(most=MOST_DAYS, field="reservation_days")
    for name in ("pieces_a_day", "exchanges_a_day"):
        limit = getattr(rule, name)
        if limit is not None and not 1 <= limit <= MOST:
            raise ShopRuleIsOdd(most=MOST, field=name)
    if not await Shop.exists(book_id=book_id, id=shop_id):
        raise ShopNotHere
    await ShopRule.update_or_create(
        book_id=book_id,
        shop_id=shop_id,
        defaults={
            "reservation_days": rule.reservation_days,
            "pieces_a_day": rule.pieces_a_day,
            "exchanges_a_day": rule.exchanges_a_day,
            "changed_by": by,
            "changed_at": clock.now(),
        },
    )
