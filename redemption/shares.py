"""Who pays what when a family pays together, and what each gets back: pure decisions over plain values.

The customer's own purse pays first, then those who allow it, in the order in which they did; each within what the
consent leaves this month. What comes back goes to each in proportion of what each paid, a point that cannot be divided
to the last payer first, and within a purse to the lots it came from.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger import chart, purse
from ledger.chart import AccountName
from ledger.errors import PointsAreOwed
from ledger.post import Balances, Change, Fact, Facts, Insert, Line, Lot
from redemption.family_errors import (
    CollectCodeEnded,
    CollectsAlone,
    CollectsTooMuch,
    FamilyHasTooLittle,
    FamilyMayNotPay,
    FamilyMemberOwes,
)

CONSENT, PART, CODE = "spending_consent", "purse_part", "collect_code"


@dataclass(frozen=True, slots=True)
class Share:
    """One who pays with the customer: the consent, whose purse, and the id that the part will have."""

    consent_id: int
    giver_id: int
    part_id: int


@dataclass(frozen=True, slots=True)
class Together:
    """How an exchange is paid beside by the customer alone: by whom else, and by which code it was collected."""

    own_part_id: int = 0
    shares: tuple[Share, ...] = ()
    code_id: int | None = None

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Name the papers that it rests on."""
        code = () if self.code_id is None else (Fact(CODE, self.code_id),)
        return (*(Fact(CONSENT, share.consent_id) for share in self.shares), *code)

    @property
    def accounts(self) -> tuple[AccountName, ...]:
        """Name the accounts of the others."""
        names = (chart.purse, chart.owed)
        return tuple(name(share.giver_id) for share in self.shares for name in names)


ALONE = Together()


@dataclass(frozen=True, slots=True)
class Paying:
    """An amount about to be paid to a shop for a person's goods."""

    redemption_id: int
    person_id: int
    to: AccountName
    total: int
    now: int
    today: int


def paid(
    paying: Paying, how: Together, facts: Facts, balances: Balances
) -> tuple[list[Line], list[Insert | Change]]:
    """Return the lines that pay, and what is written on consents, parts and code.

    Raises: PointsAreOwed, NotEnoughPoints, FamilyMayNotPay, FamilyMemberOwes, FamilyHasTooLittle, CollectCodeEnded,
    CollectsTooMuch, CollectsAlone.
    """
    writes: list[Insert | Change] = []
    if how.code_id is not None:
        writes.append(_collected(paying, how, facts[Fact(CODE, how.code_id)]))
    if not how.shares:
        lines = purse.spent(paying.person_id, paying.to, paying.total, balances, paying.today)
        return lines, writes
    lines = []
    for place, (share, points) in enumerate(_divided(paying, how.shares, facts, balances)):
        if points:
            payer = paying.person_id if share is None else share.giver_id
            lines += purse.spent(payer, paying.to, points, balances, paying.today)
            writes += _written(paying, how, share, (place, points), facts)
    return lines, writes


def _collected(paying: Paying, how: Together, code: Mapping[str, Any]) -> Change:
    if how.shares:
        raise CollectsAlone
    ended = code["revoked_at"] is not None or code["used_at"] is not None
    if ended or code["valid_on"] != paying.today or code["person_id"] != paying.person_id:
        raise CollectCodeEnded
    if paying.total > code["points_limit"]:
        raise CollectsTooMuch(limit=code["points_limit"], needed=paying.total)
    used = {"used_at": paying.now, "redemption_id": paying.redemption_id}
    return Change(CODE, code["id"], used)


def _divided(
    paying: Paying, shares: Sequence[Share], facts: Facts, balances: Balances
) -> list[tuple[Share | None, int]]:
    """Return what the customer (None) and each of the others pays."""
    debt = balances[chart.owed(paying.person_id)].balance
    if debt:
        raise PointsAreOwed(owed=debt)
    own = purse.available(balances[chart.purse(paying.person_id)], paying.today)
    parts: list[tuple[Share | None, int]] = [(None, min(own, paying.total))]
    rest, there = paying.total - parts[0][1], own
    for share in shares:
        room = _room(paying, share, facts, balances)
        parts.append((share, min(room, rest)))
        rest, there = rest - min(room, rest), there + room
    if rest:
        raise FamilyHasTooLittle(available=there, needed=paying.total, missing=rest)
    return parts


def _room(paying: Paying, share: Share, facts: Facts, balances: Balances) -> int:
    """Return what one of the others may pay now. Raises: FamilyMayNotPay, FamilyMemberOwes."""
    consent = facts[Fact(CONSENT, share.consent_id)]
    between = (consent["giver_id"], consent["spender_id"])
    if consent["withdrawn_at"] is not None or between != (share.giver_id, paying.person_id):
        raise FamilyMayNotPay
    if balances[chart.owed(share.giver_id)].balance:
        raise FamilyMemberOwes
    has = purse.available(balances[chart.purse(share.giver_id)], paying.today)
    return min(has, int(consent["points_a_month"]) - spent_in(consent, paying.today // 100))


def spent_in(consent: Mapping[str, Any], month: int) -> int:
    """Return what was spent by a consent in a month (yyyymm)."""
    return int(consent["points_spent"]) if consent["month"] == month else 0


def _written(
    paying: Paying, how: Together, share: Share | None, part: tuple[int, int], facts: Facts
) -> list[Insert | Change]:
    place, points = part
    month = paying.today // 100
    row = {
        "id": how.own_part_id if share is None else share.part_id,
        "redemption_id": paying.redemption_id,
        "person_id": paying.person_id if share is None else share.giver_id,
        "consent_id": None if share is None else share.consent_id,
        "place": place,
        "month": month,
        "points": points,
        "points_refunded": 0,
    }
    writes: list[Insert | Change] = [Insert(PART, row)]
    if share is not None:
        consent = facts[Fact(CONSENT, share.consent_id)]
        spent = {"month": month, "points_spent": spent_in(consent, month) + points}
        if consent["month"] != month:
            spent["points_carried"] = 0
        writes.append(Change(CONSENT, share.consent_id, spent))
    return writes


def proportions(parts: Sequence[int], back: int) -> list[int]:
    """Return how much of `back` points in all belongs to each part; it never falls as `back` grows."""
    given, left, total = [0] * len(parts), back, sum(parts)
    for place in range(len(parts) - 1, -1, -1):
        part = parts[place]
        # Rounded up for the last payer, and the rest divided among those before.
        given[place] = -(-left * part // total) if total else 0
        left, total = left - given[place], total - part
    return given


def given_back(
    parts: Sequence[int], taken: Mapping[int, Sequence[Lot]], facts: Facts, points: int
) -> list[tuple[int, int, list[Lot], Change]]:
    """Return for each part that gets something back: its payer, the points, their lots, and what is written on it.

    `parts` are ids of purse parts in the order of paying; `taken` are the lots that each payer gave.
    """
    rows = [facts[Fact(PART, part)] for part in parts]
    paid_by = [row["points"] for row in rows]
    already = sum(row["points_refunded"] for row in rows)
    after = proportions(paid_by, already + points)
    found = []
    for row, cumulated in zip(rows, after, strict=True):
        back = cumulated - row["points_refunded"]
        if back:
            lots = purse.latest(taken[row["person_id"]], row["points_refunded"], back)
            change = Change(PART, row["id"], {"points_refunded": cumulated})
            found.append((row["person_id"], back, lots, change))
    return found


def allowed_again(
    parts: Iterable[Mapping[str, Any]], back: Mapping[int, int], facts: Facts
) -> list[Change]:
    """Return what is written on consents when points come back in the month in which they were spent."""
    changes = []
    for part in parts:
        points, consent_id = back.get(part["person_id"], 0), part["consent_id"]
        if consent_id is None or not points:
            continue
        consent = facts[Fact(CONSENT, consent_id)]
        if consent["month"] == part["month"]:
            spent = {"points_spent": consent["points_spent"] - points}
            changes.append(Change(CONSENT, consent_id, spent))
    return changes
