"""What floored accounts hold: now, with their lots, and at any version; and what a person has, all of one moment."""

from collections.abc import Iterable
from dataclasses import dataclass

from kernel.database import Row, fetch
from kernel.errors import NotFound
from ledger import chart
from ledger.accounts import placeholders
from ledger.chart import AccountName
from ledger.post import Holding, Lot

AT_VERSION = """
SELECT debit_balance AS balance FROM transfer WHERE book_id = $1 AND debit_id = $2 AND debit_version = $3
UNION ALL
SELECT credit_balance FROM transfer WHERE book_id = $1 AND credit_id = $2 AND credit_version = $3
"""


@dataclass(frozen=True, slots=True)
class Wallet:
    """What a person has of the books: points in the purse, on notice and owed, minutes served, and all that ever moved.

    `points_earned` is all that was ever credited to the purse or against the debt: awards, grants, opening points, and
    what came back (goods returned, reservations given up). `points_spent` is all that was ever debited: exchanged, set
    aside, given away, expired, and hours taken back. An exchange that was undone stands in both. Earned less spent is
    what is in the purse less what is owed.
    """

    purse: Holding
    pending: Holding
    owed: Holding
    minutes: Holding
    points_earned: int
    points_spent: int


async def holdings(book_id: int, names: Iterable[AccountName]) -> dict[AccountName, Holding]:
    """Return what floored accounts hold now, lots included; an account never used holds nothing."""
    wanted = sorted(set(names))
    return _holdings(wanted, await _kept(book_id, wanted) if wanted else [])


async def holding(book_id: int, name: AccountName) -> Holding:
    """Return what one floored account holds now."""
    return (await holdings(book_id, [name]))[name]


async def wallet(book_id: int, person_id: int) -> Wallet:
    """Return what a person has, all of one moment."""
    purse, owed = chart.purse(person_id), chart.owed(person_id)
    names = [purse, chart.pending(person_id), owed, chart.minutes(person_id)]
    rows = await _kept(book_id, names)
    held = _holdings(names, rows)
    points = {row["path"]: row for row in rows if row["path"] in (purse.path, owed.path)}
    in_purse, on_notice, in_debt, served = (held[name] for name in names)
    earned = sum(row["credits"] for row in points.values())
    spent = sum(row["debits"] for row in points.values())
    return Wallet(in_purse, on_notice, in_debt, served, earned, spent)


async def _kept(book_id: int, names: list[AccountName]) -> list[Row]:
    """Return a row for each account and lot, as of one moment; accounts without lots have one row."""
    return await fetch(
        "SELECT a.path, a.asset, b.debits, b.credits, b.side, l.expires_on, l.credits - l.debits AS lot "
        "FROM account a JOIN balance b ON b.book_id = a.book_id AND b.account_id = a.id "
        "LEFT JOIN lot_balance l ON l.book_id = a.book_id AND l.account_id = a.id AND l.credits > l.debits "
        f"WHERE a.book_id = $1 AND a.path IN ({placeholders(len(names), 2)}) ORDER BY l.expires_on",
        *(book_id, *(name.path for name in names)),
    )


def _holdings(names: list[AccountName], rows: list[Row]) -> dict[AccountName, Holding]:
    found = {name: Holding() for name in names}
    for row in rows:
        name = AccountName(row["path"], row["asset"])
        if name in found:
            lots = found[name].lots
            if row["expires_on"] is not None:
                lots = (*lots, Lot(row["expires_on"], row["lot"]))
            found[name] = Holding((row["credits"] - row["debits"]) * row["side"], lots)
    return found


async def balance_at(book_id: int, account_id: int, version: int) -> int:
    """Return what a floored account held after its line of that version; 0 is before its first line.

    Raises: NotFound, also for an account that keeps no versions.
    """
    rows = await fetch(AT_VERSION, book_id, account_id, version)
    if rows:
        return int(rows[0]["balance"])
    floored = await fetch(
        "SELECT account_id FROM balance WHERE book_id = $1 AND account_id = $2", book_id, account_id
    )
    if version or not floored:
        raise NotFound
    return 0
