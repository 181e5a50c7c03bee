"""The limit of a year: how much money off the property fee one household may have for points.

Everybody has a row of their own, and an issue looks at the rows of all who live together. So the limit goes with people
and not with a flat: whoever moves out takes what they had along.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kernel import clock
from kernel.database import fetch
from kernel.days import start_of
from kernel.ids import new_id
from ledger.books import zone_of
from ledger.post import Change, Fact, Facts
from people.households import counted_along
from redemption.allowances import FEN_A_YEAR, VoucherLimit, VoucherYear
from redemption.limit_errors import OverYearLimit, YearLimitIsOdd

TABLE = "voucher_year"
MOST_FEN = 100_000_000
# What a person had before there was a row: issued this year, less what of it became void.
HAD = """
SELECT COALESCE(SUM(v.face_fen - CAST(v.face_fen AS BIGINT) * v.points_returned / NULLIF(v.points_paid, 0)), 0) AS fen
FROM voucher v LEFT JOIN voucher_rebinding r ON r.book_id = v.book_id AND r.successor_id = v.id
WHERE v.book_id = $1 AND v.person_id = $2 AND v.issued_at >= $3 AND r.id IS NULL
"""


@dataclass(frozen=True, slots=True)
class Yearly:
    """What an issue is counted against: whose row, the rows of the household, the limit (None: no limit), the year."""

    own: Fact
    others: tuple[Fact, ...]
    fen_a_year: int | None
    year: int

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Name the rows."""
        return (self.own, *self.others)


def had_in(row: Mapping[str, Any], year: int) -> int:
    """Return what a row says was had in a year, in fen."""
    return int(row["fen"]) if row["year"] == year else 0


def count_issue(yearly: Yearly, face_fen: int, facts: Facts) -> Change:
    """Return how a person's year stands after one more voucher. Raises: OverYearLimit."""
    had = sum(had_in(facts[row], yearly.year) for row in yearly.facts)
    limit = yearly.fen_a_year
    if limit is not None and had + face_fen > limit:
        raise OverYearLimit(limit=limit // 100, left=max(0, limit - had) // 100)
    own = had_in(facts[yearly.own], yearly.year)
    return Change(TABLE, yearly.own.id, {"year": yearly.year, "fen": own + face_fen})


def count_void(row: Fact, fen: int, year: int, facts: Facts) -> Change:
    """Return how a person's year stands after a part of a voucher became void, if it is still the year of the issue."""
    had = had_in(facts[row], year)
    left = max(0, had - fen) if had else int(facts[row]["fen"])
    return Change(TABLE, row.id, {"fen": left})


async def yearly_of(book_id: int, person_id: int, today: int) -> Yearly:
    """Return what an issue to a person is counted against today (yyyymmdd)."""
    year = today // 10_000
    others = await counted_along(book_id, person_id)
    rows = [Fact(TABLE, await row_of(book_id, each, year)) for each in (person_id, *others)]
    return Yearly(rows[0], tuple(rows[1:]), await limit_of(book_id), year)


async def row_of(book_id: int, person_id: int, year: int) -> int:
    """Return the id of a person's row, which is made on first use with what they had this year."""
    found = await VoucherYear.get_or_none(book_id=book_id, person_id=person_id)
    if found is not None:
        return int(found.id)
    begins = start_of(year * 10_000 + 101, await zone_of(book_id))
    had = await fetch(HAD, book_id, person_id, begins)
    rows = await fetch(
        "INSERT INTO voucher_year (id, book_id, person_id, year, fen) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (book_id, person_id) DO UPDATE SET person_id = voucher_year.person_id RETURNING id",
        *(new_id(), book_id, person_id, year, int(had[0]["fen"])),
    )
    return int(rows[0]["id"])


async def limit_of(book_id: int) -> int | None:
    """Return what a household may have in a year, in fen; None: as much as its points buy."""
    own = await VoucherLimit.get_or_none(book_id=book_id)
    return own.fen_a_year if own else FEN_A_YEAR


async def set_limit(book_id: int, fen_a_year: int | None, by: int) -> None:
    """Give a community another limit of a year, in fen, or none. Raises: YearLimitIsOdd."""
    if fen_a_year is not None and not 0 <= fen_a_year <= MOST_FEN:
        raise YearLimitIsOdd(field="fen_a_year")
    await VoucherLimit.update_or_create(
        book_id=book_id,
        defaults={"fen_a_year": fen_a_year, "changed_by": by, "changed_at": clock.now()},
    )
