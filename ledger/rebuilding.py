"""Compute every balance and lot from the transfers again, and set right what differs: the transfers are the truth."""

from collections.abc import Callable, Collection, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from kernel.database import execute, fetch, may_be_retried, snapshot, transaction
from kernel.errors import N_
from ledger.accounts import placeholders
from ledger.alarms import record_repair
from ledger.books import lock_book, take_fence_alone
from ledger.errors import BookIsOpen, CannotBeRebuilt, FenceIsBusy

ACCOUNTS_AT_ONCE = 200
REMEMBERED = 100
REBUILT = N_("%(rows)s balances and lots were set anew from their transfers")

# Each branch has an index of its own: a floored account's lines are numbered, and one that is not is found too.
_SIDE = (
    "SELECT {one}_id AS account_id, expires_on, {debits} AS debits, {credits} AS credits, {one}_version AS version "
    "FROM transfer WHERE book_id = $1 AND {one}_version IS {numbered} AND {one}_id IN ({ids})"
)
_COUNTED = (
    "SELECT account_id, expires_on, CAST(SUM(debits) AS BIGINT) AS debits, CAST(SUM(credits) AS BIGINT) AS credits, "
    "MAX(version) AS version FROM ({sides}) sides GROUP BY account_id, expires_on"
)


@dataclass(frozen=True, slots=True)
class Counters:
    """What a balance or a lot counts: all that was ever debited and credited, and its version (a lot has none)."""

    debits: int = 0
    credits: int = 0
    version: int = 0

    def plus(self, row: dict[str, Any]) -> "Counters":
        """Return these counters and some lines more."""
        version = max(self.version, row["version"] or 0)
        return Counters(self.debits + row["debits"], self.credits + row["credits"], version)


Place = tuple[int, int | None]  # the balance of an account, or one lot of it
Told = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Difference:
    """A balance, or one lot of it (`expires_on`), that is not what its transfers say; `kept` is None for a lost row."""

    account_id: int
    path: str
    asset: str
    side: int
    expires_on: int | None
    kept: Counters | None
    counted: Counters


async def differences(
    book_id: int, told: Told = lambda _done, _all: None, *, fenced: bool = False
) -> list[Difference]:
    """Return every balance and lot that is not the sum of its transfers; `told` hears how many accounts are done.

    Unless `fenced`, each slice of accounts is read as of one moment, so that posts beside it make no difference.
    """
    accounts = await fetch(
        "SELECT id, path, asset, side, lots FROM account WHERE book_id = $1 AND floored = 1 ORDER BY id",
        book_id,
    )
    found: list[Difference] = []
    for start in range(0, len(accounts), ACCOUNTS_AT_ONCE):
        some = {each["id"]: each for each in accounts[start : start + ACCOUNTS_AT_ONCE]}
        async with nullcontext() if fenced else snapshot():
            found += await _differences_of(book_id, some)
        told(start + len(some), len(accounts))
    return found


async def _differences_of(book_id: int, some: dict[int, dict[str, Any]]) -> list[Difference]:
    kept, counted = await _kept(book_id, some), await _counted(book_id, some)
    balances = dict.fromkeys(((account_id, None) for account_id in some), Counters())
    found = []
    for place, wanted in sorted(
        (balances | dict.fromkeys(kept, Counters()) | counted).items(), key=_order
    ):
        if kept.get(place) != wanted:
            account = some[place[0]]
            names = account["path"], account["asset"], account["side"]
            found.append(Difference(place[0], *names, place[1], kept.get(place), wanted))
    return found


def _order(item: tuple[Place, Counters]) -> tuple[int, int]:
    (account_id, expires_on), _ = item
    return account_id, expires_on or 0


async def _kept(book_id: int, ids: Collection[int]) -> dict[Place, Counters]:
    wanted = placeholders(len(ids), 2)
    rows = await fetch(
        "SELECT account_id, NULL AS expires_on, debits, credits, version FROM balance "
        f"WHERE book_id = $1 AND account_id IN ({wanted}) UNION ALL "
        "SELECT account_id, expires_on, debits, credits, 0 FROM lot_balance "
        f"WHERE book_id = $1 AND account_id IN ({wanted})",
        *(book_id, *ids),
    )
    return {(row["account_id"], row["expires_on"]): Counters().plus(row) for row in rows}


async def _counted(book_id: int, some: dict[int, dict[str, Any]]) -> dict[Place, Counters]:
    ids = placeholders(len(some), 2)
    sides = " UNION ALL ".join(
        _SIDE.format(one=one, debits=debits, credits=credited, numbered=numbered, ids=ids)
        for one, debits, credited in (("debit", "amount", "0"), ("credit", "0", "amount"))
        for numbered in ("NULL", "NOT NULL")
    )
    counted: dict[Place, Counters] = {}
    for row in await fetch(_COUNTED.format(sides=sides), book_id, *some):
        account_id, day = row["account_id"], row["expires_on"]
        counted[account_id, None] = counted.get((account_id, None), Counters()).plus(row)
        if some[account_id]["lots"] and day is not None:
            counted[account_id, day] = Counters(row["debits"], row["credits"])
    return counted


async def rebuild(book_id: int, by: int, told: Told = lambda _done, _all: None) -> list[Difference]:
    """Set every balance and lot of a shut book to what its transfers say, in somebody's name; return what changed.

    Raises: BookIsOpen, CannotBeRebuilt, FenceIsBusy, NotFound.
    """
    await _wait_for_posts_under_way(book_id)
    async with transaction():
        _require_shut(await lock_book(book_id))
        found = await differences(book_id, told, fenced=True)
        for each in found:
            await _set_right(book_id, each)
        if found:
            places = [[each.path, each.asset, each.expires_on] for each in found[:REMEMBERED]]
            members = {"rows": len(found), "places": places}
            await record_repair(book_id, "rebuild", REBUILT, members, by)
    return found


async def _wait_for_posts_under_way(book_id: int) -> None:
    """Whoever found the book open has committed after this; whoever comes later finds it shut."""
    try:
        async with transaction():
            _require_shut(await take_fence_alone(book_id))
    except Exception as busy:
        if not may_be_retried(busy):
            raise
        raise FenceIsBusy from busy


def _require_shut(book: Mapping[str, Any]) -> None:
    if not book["read_only"]:
        raise BookIsOpen


async def _set_right(book_id: int, each: Difference) -> None:
    counted = each.counted
    side = each.side if each.expires_on is None else 1
    if (counted.credits - counted.debits) * side < 0:
        raise CannotBeRebuilt(path=each.path)
    if each.expires_on is None:
        await execute(
            "INSERT INTO balance (book_id, account_id, debits, credits, version, side) VALUES ($1, $2, $3, $4, $5, $6) "
            "ON CONFLICT (book_id, account_id) DO UPDATE SET debits = $3, credits = $4, version = $5",
            *(book_id, each.account_id, counted.debits, counted.credits, counted.version, side),
        )
    else:
        await execute(
            "INSERT INTO lot_balance (book_id, account_id, expires_on, debits, credits) VALUES ($1, $2, $3, $4, $5) "
            "ON CONFLICT (book_id, account_id, expires_on) DO UPDATE SET debits = $4, credits = $5",
            *(book_id, each.account_id, each.expires_on, counted.debits, counted.credits),
        )
