"""Open a book and the assets in it. Nothing here moves value."""

from typing import Any, Literal

from kernel import clock
from kernel.database import dialect, execute, fetch
from kernel.errors import NotFound
from ledger.chart import FEN, MINUTES, POINTS

FIRST_ASSETS = (
    (POINTS, "point", "积分"),
    (MINUTES, "minute", "服务时长"),
    (FEN, "fen", "物业费抵扣"),
)


async def open_book(book_id: int, zone: str) -> None:
    """Open a community's book with its points, minutes and fen; opening it again changes nothing."""
    await execute(
        "INSERT INTO book (id, opened_at, zone) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        book_id,
        clock.now(),
        zone,
    )
    for code, unit, name in FIRST_ASSETS:
        await open_asset(book_id, code, unit, name)


async def open_asset(book_id: int, code: str, unit: str, name: str) -> None:
    """Name something that accounts of this book can hold; naming it again changes nothing."""
    await execute(
        "INSERT INTO asset (book_id, code, unit, name) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        book_id,
        code,
        unit,
        name,
    )


async def zone_of(book_id: int) -> str:
    """Return the IANA zone of a book. Raises: NotFound."""
    rows = await fetch("SELECT zone FROM book WHERE id = $1", book_id)
    if not rows:
        raise NotFound
    return str(rows[0]["zone"])


async def all_books() -> list[int]:
    """Return the ids of every book, oldest first."""
    return [int(row["id"]) for row in await fetch("SELECT id FROM book ORDER BY id")]


async def lock_book(book_id: int, lock: Literal["UPDATE", "NO KEY UPDATE"]) -> dict[str, Any]:
    """Lock a book's row until the open transaction ends, and return it. Raises: NotFound.

    "UPDATE" is the fence taken alone: it waits for every post under way, and no post begins while it is held. "NO KEY
    UPDATE" keeps off those who change the book, and lets posts pass. On SQLite whoever writes is alone anyway.
    """
    alone = f" FOR {lock}" if dialect() == "postgresql" else ""
    rows = await fetch("SELECT * FROM book WHERE id = $1" + alone, book_id)
    if not rows:
        raise NotFound
    return rows[0]
