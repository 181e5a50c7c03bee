"""Whose purses may pay with a customer at the counter, and who may not serve whom."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from kernel import clock
from kernel.database import Dialect
from kernel.days import day_of
from kernel.direct import Ask, Steps
from kernel.ids import new_id
from kernel.listing import among, as_list
from kernel.talking import talked
from kernel.together import Together as Asked
from ledger import chart, purse
from ledger.balances import holdings
from ledger.books import zone_of
from people import consents
from people.lives import CollectCode, SpendingConsent
from redemption.errors import NotAMember, ServesOneself
from redemption.family_errors import CollectCodeEnded, FamilyMayNotPay, ServesOwnFamily
from redemption.family_papers import PursePart
from redemption.shares import Share, Together


@dataclass(frozen=True, slots=True)
class FamilyPurse:
    """Somebody who lets the customer spend: how much of their points, within this month's limit, there is now."""

    person_id: int
    name: str
    points: int
    owes: bool


async def family_purses(book_id: int, person_id: int) -> list[FamilyPurse]:
    """Return whose purses may pay with a person's own, in the order in which they would."""
    given = await consents.had_by(book_id, person_id)
    if not given:
        return []
    today = day_of(clock.now(), await zone_of(book_id))
    names = [name(each.giver_id) for each in given for name in (chart.purse, chart.owed)]
    held = await holdings(book_id, names)

    def shown(each: SpendingConsent) -> FamilyPurse:
        owes = held[chart.owed(each.giver_id)].balance > 0
        has = purse.available(held[chart.purse(each.giver_id)], today)
        room = min(has, consents.left_this_month(each, today // 100))
        return FamilyPurse(each.giver_id, each.giver.masked_name, 0 if owes else room, owes)

    return [shown(each) for each in given]


async def together(
    book_id: int, person_id: int, givers: Iterable[int], code_id: int | None = None
) -> Together:
    """Return how an exchange will be paid: with these people's purses, or collected with a code.

    Raises: FamilyMayNotPay, CollectCodeEnded.
    """
    wanted = set(givers)
    given = await consents.had_by(book_id, person_id) if wanted else []
    if not wanted <= {each.giver_id for each in given}:
        raise FamilyMayNotPay
    if code_id is not None and not await CollectCode.exists(book_id=book_id, id=code_id):
        raise CollectCodeEnded
    shares = tuple(
        Share(each.id, each.giver_id, new_id()) for each in given if each.giver_id in wanted
    )
    return Together(new_id(), shares, code_id)


@dataclass(frozen=True, slots=True)
class Serving:
    """A clerk and with whom they live, and whether the customer is a member."""

    clerk_id: int
    family: frozenset[int]
    is_member: bool

    def require(self, payers: Iterable[int]) -> None:
        """Refuse a customer who is no member, and a clerk who shares a household with any payer.

        Raises: NotAMember, ServesOneself, ServesOwnFamily.
        """
        paid_by = set(payers)
        if self.clerk_id in paid_by:
            raise ServesOneself
        if not self.is_member:
            raise NotAMember
        if not self.family.isdisjoint(paid_by):
            raise ServesOwnFamily


async def require_may_serve(
    book_id: int, clerk_id: int, person_id: int, others: Iterable[int] = ()
) -> None:
    """Refuse a customer who is no member, or who shares a household with the clerk, as any other payer.

    Raises: NotAMember, ServesOneself, ServesOwnFamily.
    """
    serving = await _who_may.ask(book_id, (clerk_id, person_id))
    serving.require({person_id, *others})


_MEMBERS = "SELECT person_id FROM membership WHERE book_id = $1 AND person_id "
_LIVING_WITH = """
SELECT a.person_id AS clerk_id, b.person_id FROM household_member a
JOIN household_member b ON b.book_id = a.book_id AND b.household_id = a.household_id AND b.left_at IS NULL
WHERE a.book_id = $1 AND a.left_at IS NULL AND a.person_id """


def read_serving(
    book_id: int, asked: Sequence[tuple[int, int]], kind: Dialect
) -> Steps[list[Serving]]:
    """Return for each (clerk, customer) what speaks for and against it."""
    some = among(kind, 2)
    customers = as_list(kind, {customer for _, customer in asked})
    clerks = as_list(kind, {clerk for clerk, _ in asked})
    rows = yield Ask(_MEMBERS + some, (book_id, customers))
    members = {row["person_id"] for row in rows}
    families: dict[int, set[int]] = {}
    for row in (yield Ask(_LIVING_WITH + some, (book_id, clerks))):
        families.setdefault(row["clerk_id"], set()).add(row["person_id"])
    return [
        Serving(clerk, frozenset(families.get(clerk, ())), customer in members)
        for clerk, customer in asked
    ]


_who_may = Asked(talked(read_serving))


class Confirmable(Protocol):
    """Something that whoever added it may not take before somebody else has seen it."""

    @property
    def unconfirmed_by(self) -> int | None:
        """Return who added it, if nobody else has confirmed it yet."""


async def near(book_id: int, person_id: int | None, items: Iterable[Confirmable]) -> frozenset[int]:
    """Return a person and everybody who lives with them now; nobody, where somebody else confirmed all of the items.

    Whoever pays with somebody shares a household with them, so this is everybody who pays.
    """
    if person_id is None or all(item.unconfirmed_by is None for item in items):
        return frozenset()
    own = await _who_may.ask(book_id, (person_id, person_id))
    return own.family | {person_id}


async def require_no_relative(book_id: int, clerk_id: int, payers: Iterable[int]) -> None:
    """Refuse a clerk who would give points to their own family. Raises: ServesOneself, ServesOwnFamily, NotAMember."""
    first, *others = sorted(set(payers))
    await require_may_serve(book_id, clerk_id, first, others)


@dataclass(frozen=True, slots=True)
class Payer:
    """One of those who paid an exchange together, masked, and what of it came back."""

    person_id: int
    name: str
    points: int
    points_refunded: int


async def payers_of(book_id: int, redemption_ids: Sequence[int]) -> dict[int, list[Payer]]:
    """Return who paid what of exchanges that a family paid together, in the order of paying."""
    found: dict[int, list[Payer]] = {}
    if not redemption_ids:
        return found
    parts = PursePart.filter(book_id=book_id, redemption_id__in=list(redemption_ids))
    for part in await parts.order_by("place").prefetch_related("person"):
        payer = Payer(part.person_id, part.person.masked_name, part.points, part.points_refunded)
        found.setdefault(part.redemption_id, []).append(payer)
    return found
