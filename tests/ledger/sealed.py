"""Books with seals, and what the database's owner can do to them with the triggers off."""

from kernel.database import execute, fetch
from ledger import sealing, verifying
from tests.ledger import world
from tests.ledger.world import ANN, BOB

LEDGER = (
    "journal_entry", "transfer", "idempotency", "entry_reason", "seal_queue", "seal_member", "block_total",
    "seal_block", "checkpoint", "period", "period_total", "balance", "lot_balance", "account",
)  # fmt: skip


async def as_owner(dialect):
    """Switch off what keeps the rows: triggers, and on SQLite foreign keys too."""
    if dialect == "postgresql":
        for table in LEDGER:
            await execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        return
    await execute("PRAGMA foreign_keys = OFF")
    for row in await fetch("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        await execute(f"DROP TRIGGER {row['name']}")


async def a_sealed_history():
    """Return a book with two sealed blocks of four entries each, and its entries in order."""
    book_id = await world.a_book()
    entries = []
    for _ in range(2):
        posted = await world.all_posted(
            world.an_award(book_id, ANN, 50),
            world.an_award(book_id, BOB, 20),
            world.a_sale(book_id, ANN, 30),
            world.an_award(book_id, BOB, 20),
        )
        entries += [each.entry_id for each in posted]
        assert (await sealing.seal_next(book_id)).block is not None
    assert await found_in(book_id) == []
    return book_id, entries


async def found_in(book_id):
    """Return what a proof finds."""
    return (await verifying.prove(book_id)).findings


async def seal_again(book_id):
    """Take every seal away and make them anew, as one who rewrites the whole chain."""
    for table in ("checkpoint", "seal_member", "block_total", "seal_block"):
        await execute(f"DELETE FROM {table} WHERE book_id = $1", book_id)
    await execute("DELETE FROM seal_queue WHERE book_id = $1", book_id)
    await execute(
        "INSERT INTO seal_queue (book_id, entry_id) SELECT book_id, id FROM journal_entry WHERE book_id = $1",
        book_id,
    )
    await sealing.seal_everything(book_id)
