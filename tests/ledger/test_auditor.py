"""The auditor sums and hashes a book that is in use, shuts it for what is wrong, and never for what is not."""

import asyncio
import random
from contextlib import suppress

import pytest

from kernel.database import execute, fetch
from ledger import auditor, resumming
from ledger.alarms import clear_alarm, open_alarms
from ledger.auditor import Audit, audit_step
from ledger.desk import post
from ledger.errors import BookIsReadOnly, NotEnoughPoints
from tests.ledger import world
from tests.ledger.test_tampering import as_owner
from tests.ledger.world import ANN, BOB

pytestmark = pytest.mark.anyio


async def a_round(book_id, steps=60):
    """Audit until a whole round is over, the block included."""
    audit = Audit()
    for _ in range(steps):
        audit = await audit_step(book_id, audit)
    assert audit.rounds >= 1
    return audit


async def a_history(awards=5):
    """Return a book whose first two entries are sealed in one block, with its totals."""
    book_id = await world.a_book()
    for points in range(1, awards + 1):
        await post(world.an_award(book_id, ANN, points))
    await post(world.a_sale(book_id, ANN, 3))
    await post(world.an_award(book_id, BOB, 9, expires_on=20_281_031))
    await seal_the_first_two(book_id)
    return book_id


async def seal_the_first_two(book_id):
    entries = await fetch(
        "SELECT id, leaf FROM journal_entry WHERE book_id = $1 ORDER BY id LIMIT 2", book_id
    )
    await execute(
        "INSERT INTO seal_block (book_id, number, sealed_at, entries, entries_total, format_version, previous_hash, "
        "root, totals_hash, hash) VALUES ($1, 1, 1, 2, 2, 1, $2, $2, $2, $2)",
        *(book_id, b"x"),
    )
    for position, entry in enumerate(entries):
        await execute(
            "INSERT INTO seal_member (book_id, entry_id, block_number, position, leaf) VALUES ($1, $2, 1, $3, $4)",
            *(book_id, entry["id"], position, entry["leaf"]),
        )
        await execute("DELETE FROM seal_queue WHERE entry_id = $1", entry["id"])
    await execute(
        "INSERT INTO block_total (book_id, account_id, block_number, debits, credits) "
        "SELECT $1, x.id, 1, SUM(x.debits), SUM(x.credits) FROM ("
        "SELECT debit_id AS id, amount AS debits, 0 AS credits, entry_id FROM transfer UNION ALL "
        "SELECT credit_id, 0, amount, entry_id FROM transfer) x "
        "JOIN seal_member m ON m.entry_id = x.entry_id JOIN account a ON a.id = x.id AND a.floored = 0 GROUP BY x.id",
        book_id,
    )


async def test_a_round_over_a_sound_book_finds_nothing(database):
    book_id = await a_history()

    audit = await a_round(book_id)

    assert await open_alarms(book_id) == []
    assert (audit.suspected, audit.lines > 0, audit.entries > 0) == (0, True, True)


ANNS = "(SELECT id FROM account WHERE path = 'volunteer:101:points')"
OWED = "(SELECT id FROM account WHERE path = 'volunteer:101:points-owed')"
LAST = "(SELECT MAX(id) FROM journal_entry)"
SALE = "(SELECT id FROM journal_entry WHERE kind = 'GOODS_REDEEMED')"
FIRST = "(SELECT MIN(id) FROM journal_entry)"
TAMPERED = {
    "a balance raised": (
        f"UPDATE balance SET credits = credits + 1 WHERE account_id = {ANNS}",
        {"balances"},
    ),
    "a balance that never was": (
        f"UPDATE balance SET debits = 5 WHERE account_id = {OWED}",
        {"balances"},
    ),
    "a version moved on": (
        f"UPDATE balance SET version = version + 1 WHERE account_id = {ANNS}",
        {"balances"},
    ),
    "a lot raised": (
        f"UPDATE lot_balance SET credits = credits + 1 WHERE account_id = {ANNS}",
        {"lots"},
    ),
    "a lot from nowhere": (
        f"INSERT INTO lot_balance SELECT book_id, id, 0, 4, 20290101 FROM account WHERE id = {ANNS}",
        {"lots"},
    ),
    "an amount altered": (
        f"UPDATE transfer SET amount = amount + 1 WHERE entry_id = {LAST}",
        {"balances", "running-balances", "lots", "leaves"},
    ),
    "a running balance altered": (
        f"UPDATE transfer SET debit_balance = debit_balance + 1 WHERE entry_id = {SALE}",
        {"running-balances", "leaves"},
    ),
    "a line without its place": (
        f"UPDATE transfer SET credit_version = NULL, credit_balance = NULL WHERE entry_id = {LAST}",
        {"balances", "running-balances", "lots", "leaves"},
    ),
    "a version skipped": (
        (
            f"UPDATE transfer SET debit_version = 7 WHERE entry_id = {SALE};"
            f"UPDATE balance SET version = 7 WHERE account_id = {ANNS}"
        ),
        {"running-balances", "leaves"},
    ),
    "a balance set back": (
        (
            f"UPDATE balance SET version = 4, credits = 10, debits = 0 WHERE account_id = {ANNS};"
            f"UPDATE lot_balance SET credits = 10, debits = 0 WHERE account_id = {ANNS}"
        ),
        {"balances", "lots"},
    ),
    "a line gone": (
        f"DELETE FROM transfer WHERE entry_id = {LAST}",
        {"balances", "lots", "leaves"},
    ),
    "an entry altered": (
        f"UPDATE journal_entry SET booked_on = 20200101 WHERE id = {LAST}",
        {"leaves"},
    ),
    "a sealed entry altered with its leaf": (
        f"UPDATE journal_entry SET leaf = {{blob}} WHERE id = {FIRST}",
        {"leaves"},
    ),
    "a seal altered": (
        f"UPDATE seal_member SET leaf = {{blob}} WHERE entry_id = {FIRST}",
        {"leaves"},
    ),
    "a house total altered": (
        "UPDATE block_total SET debits = debits + 1 WHERE debits > 0",
        {"block-totals"},
    ),
    "a house total gone": ("DELETE FROM block_total WHERE debits > 0", {"block-totals"}),
}


@pytest.mark.parametrize("act", TAMPERED)
@pytest.mark.parametrize("lines_at_once", [2_000, 2])
async def test_what_was_altered_shuts_the_book(database, monkeypatch, act, lines_at_once):
    monkeypatch.setattr(auditor, "LINES_AT_ONCE", lines_at_once)
    book_id = await a_history()
    statement, checks = TAMPERED[act]
    for table in ("journal_entry", "balance", "lot_balance", "seal_member", "block_total"):
        await as_owner(database.dialect, table)

    blob = "x'00'" if database.dialect == "sqlite" else "'\\x00'::bytea"
    for each in statement.format(blob=blob).split(";"):
        await execute(each)
    await a_round(book_id)

    assert {each.check for each in await open_alarms(book_id)} == checks
    with pytest.raises(BookIsReadOnly):
        await post(world.an_award(book_id, BOB, 1))


async def test_a_step_reads_no_more_than_it_may(database, monkeypatch):
    monkeypatch.setattr(auditor, "LINES_AT_ONCE", 4)
    monkeypatch.setattr(auditor, "ENTRIES_AT_ONCE", 3)
    book_id = await a_history(awards=20)

    audit, lines, entries = Audit(), [], []
    while audit.rounds < 1:
        read = audit.lines, audit.entries
        audit = await audit_step(book_id, audit)
        lines.append(audit.lines - read[0])
        entries.append(audit.entries - read[1])

    assert max(lines) <= 4
    assert max(entries) <= 6
    assert sum(lines) == 21 + 1
    assert audit.suspected == 0


@pytest.mark.parametrize("lines_at_once", [2_000, 5])
async def test_posting_beside_it_is_never_taken_for_a_fault(database, monkeypatch, lines_at_once):
    monkeypatch.setattr(auditor, "LINES_AT_ONCE", lines_at_once)
    book_id = await a_history()
    over = asyncio.Event()

    async def poster(seed):
        dice = random.Random(seed)  # noqa: S311  a repeatable storm
        while not over.is_set():
            person = dice.choice((ANN, BOB))
            act = world.an_award if dice.random() < 0.6 else world.a_sale
            with suppress(NotEnoughPoints):
                await post(act(book_id, person, dice.randint(1, 9)))

    posters = [asyncio.create_task(poster(seed)) for seed in range(8)]
    audit = Audit()
    for _ in range(150):
        audit = await audit_step(book_id, audit)
    over.set()
    await asyncio.gather(*posters)

    assert audit.suspected == 0
    assert await open_alarms(book_id) == []
    assert audit.lines > 100
    monkeypatch.setattr(auditor, "LINES_AT_ONCE", 2_000)
    await a_round(book_id)
    assert await open_alarms(book_id) == []


async def test_what_was_cleared_is_raised_again_only_if_it_can_be_repaired(database):
    book_id = await a_history()
    for table in ("journal_entry", "balance"):
        await as_owner(database.dialect, table)
    for statement, _ in (TAMPERED["a balance raised"], TAMPERED["an entry altered"]):
        await execute(statement)
    await a_round(book_id)
    for alarm in await open_alarms(book_id):
        await clear_alarm(book_id, alarm.id, 7)

    await a_round(book_id)

    assert [each.check for each in await open_alarms(book_id)] == ["balances"]


async def test_what_looks_right_the_second_time_raises_no_alarm(database, monkeypatch):
    book_id = await a_history()
    seen = []
    right = resumming.compare

    def at_first_wrong(head, summed):
        seen.append(head.id)
        return ["?"] if seen.count(head.id) == 1 else right(head, summed)

    monkeypatch.setattr(auditor, "compare", at_first_wrong)
    audit = await audit_step(book_id)

    assert audit.suspected > 0
    assert await open_alarms(book_id) == []
