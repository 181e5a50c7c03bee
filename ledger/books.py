"""Open a book and the assets in it. Nothing here moves value."""

from collections.abc import Sequence
from typing import Any

from kernel import clock
from kernel.database import connection, dialect, execute, fetch
from kernel.errors import NotFound
from kernel.listing import among, as_list
from kernel.together import Together
from ledger.chart import FEN, MINUTES, POINTS

FIRST_ASSETS = (
    (POINTS, "point", "积分"),
    (MINUTES, "minute", "服务时长"),
    (FEN, "fen", "物业费抵扣"),
)

ZONES = "_zones_of_books"
FENCE_WAIT_MS = 1_000  # Everybody's posts wait as long: rather give up and try again.


async def open_book(book_id: int, zone: str, *, practice: bool = False) -> None:
    """Open a community's book with its points, minutes and fen; opening it again changes nothing."""
    await execute(
        "INSERT INTO book (id, opened_at, zone, practice) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        *(book_id, clock.now(), zone, int(practice)),
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
    # A book keeps the zone it was opened with, so that a day of it stays the day it was.
    known: dict[int, str] = vars(connection()).setdefault(ZONES, {})
    if book_id not in known:
        zone = await _zones.ask(None, book_id)
        if zone is None:
            raise NotFound
        known[book_id] = zone
    return known[book_id]


async def _read_zones(_: None, book_ids: Sequence[int]) -> list[str | None]:
    rows = await fetch(
        f"SELECT id, zone FROM book WHERE id {among(dialect(), 1)}",
        as_list(dialect(), set(book_ids)),
    )
    zones = {row["id"]: str(row["zone"]) for row in rows}
    return [zones.get(book_id) for book_id in book_ids]


_zones = Together(_read_zones)


async def all_books() -> list[int]:
    """Return the ids of every book that counts, oldest first: one to practise in is in no list."""
    rows = await fetch("SELECT id FROM book WHERE practice = 0 ORDER BY id")
    return [int(row["id"]) for row in rows]


async def shut_practice(book_id: int) -> None:
    """Let nothing be posted any more in a book that was for practice; a real one stays as it is."""
    await execute("UPDATE book SET read_only = 1 WHERE id = $1 AND practice = 1", book_id)


async def lock_book(book_id: int) -> dict[str, Any]:
    """Keep off everybody else who changes this book until the open transaction ends; posts pass. Raises: NotFound."""
    return await the_book(book_id, " FOR NO KEY UPDATE" if dialect() == "postgresql" else "")


async def take_fence_alone(book_id: int) -> dict[str, Any]:
    """Wait for every post under way, and let none begin until the open transaction ends. Raises: NotFound."""
    if dialect() == "postgresql":
        # A row lock is not fair: posts that share the fence overtake one who waits for it alone (61 s were measured).
        # Each of them also locks the table, and there new ones queue behind the closer. Hold it for moments only.
        await execute(f"SET LOCAL lock_timeout = '{FENCE_WAIT_MS}ms'")
        await execute("LOCK TABLE book IN EXCLUSIVE MODE")
    return await the_book(book_id)


async def the_book(book_id: int, locking: str = "") -> dict[str, Any]:
    """Return a book's row: zone, closed_until, read_only. Raises: NotFound."""
    rows = await fetch(f"SELECT * FROM book WHERE id = $1{locking}", book_id)
    if not rows:
        raise NotFound
    return rows[0]
