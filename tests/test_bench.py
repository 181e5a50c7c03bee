"""`make bench` works and writes what it should. No time is asserted: the figures are for people to judge."""

import json
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from bench import publishing
from bench.acts import a_settlement
from bench.filling import fill, fill_settling
from bench.pgbench import make_functions
from bench.place import direct
from bench.rows import Goal, Row
from bench.soundness import BooksAreWrong, watched
from kernel.ids import new_id
from ledger import checks
from ledger.desk import post
from ledger.sealing import seal_everything
from tests.harness import postgresql
from tests.harness.databases import ScratchDatabase
from tests.harness.run import ROOT

FIELDS = {"name", "ours", "baseline", "ratio", "goal", "met", "unit"}


def bench(folder: Path, *only: str) -> list[dict[str, object]]:
    """Run a few rows in small, and return what `latest.json` says."""
    chosen = [word for name in only for word in ("--only", name)]
    command = [sys.executable, "-m", "bench", "--quick", "--out", str(folder), *chosen]
    command += ["--postgres", postgresql.server_url()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    assert "| what | ours |" in done.stdout
    rows: list[dict[str, object]] = json.loads((folder / "latest.json").read_text())
    return rows


@pytest.mark.parametrize(
    "only",
    [
        ("random", "sqlite-64"),
        pytest.param(("papers", "sealer", "bytes", "verify"), marks=pytest.mark.slow),
    ],
)
def test_a_quick_run_measures_and_writes_its_rows(only: tuple[str, ...], tmp_path: Path):
    rows = bench(tmp_path, *only)

    assert all(any(name in str(row["name"]) for name in only) for row in rows)
    assert {name for name in only for row in rows if name in str(row["name"])} == set(only)
    assert all(set(row) == FIELDS for row in rows)
    assert all(isinstance(row["ours"], float) and row["ours"] > 0 for row in rows)
    results = (tmp_path / "RESULTS.md").read_text()
    assert results.count("\n| ") == len(rows) + 1, "one line for each row, and the head"
    told = json.loads((tmp_path / "detail.json").read_text())
    assert [row["name"] for row in told["rows"]] == [row["name"] for row in rows]
    assert set(told["where"]) == {"machine", "memory", "disk", "versions", "caihong"}


async def test_a_filled_book_is_as_the_desk_would_have_left_it(database: ScratchDatabase):
    awards, settlements = new_id(), new_id()
    purses = await fill(awards, 500, volunteers=20)
    await fill_settling(settlements, 300, accounts=10)

    assert len(purses) == 20
    assert await checks.count_entries(awards) == 500
    for book_id in (awards, settlements):
        assert await seal_everything(book_id) > 0
        assert await checks.check(book_id) == []


async def test_an_answer_without_its_entry_ends_the_bench(database: ScratchDatabase):
    book = await fill_settling(new_id(), 10, accounts=5)

    with pytest.raises(BooksAreWrong, match="1 posts were answered, but 0 entries written"):
        async with watched(book.book_id) as answers:
            answers.count += 1
    async with watched(book.book_id) as answers:
        await post(a_settlement(book, book.payables[0], book.settling[1]))
        answers.count += 1


@pytest.mark.parametrize("scratch", ["postgresql"], indirect=True)
async def test_the_stored_function_does_the_same_work(database: ScratchDatabase):
    book = await fill_settling(new_id(), 10, accounts=5, fen=1_000)
    await make_functions(database.url)
    accounts = book.payables[0].id, book.settling[0].id
    call = "SELECT post_transfer($1, 'SETTLEMENT_OPENED', $2, $3, 'fen', $4, $5)"

    async with direct(database.url) as raw, watched(book.book_id) as answers:
        first = await raw.fetchval(call, book.book_id, *accounts, 7, "key")
        answers.count += 1
        assert await raw.fetchval(call, book.book_id, *accounts, 7, "key") == first
        with pytest.raises(asyncpg.RaiseError, match="another request"):
            await raw.fetchval(call, book.book_id, *accounts, 8, "key")
        with pytest.raises(asyncpg.CheckViolationError, match="balance_floor"):
            await raw.fetchval(call, book.book_id, *accounts, 1_001, "other key")
        await raw.execute("UPDATE book SET read_only = 1 WHERE id = $1", book.book_id)
        with pytest.raises(asyncpg.RaiseError, match="read-only"):
            await raw.fetchval(call, book.book_id, *accounts, 1, "third key")


def test_a_goal_is_met_at_its_limit_and_missed_beyond():
    fast, slow = Goal(2.0), Goal(3.0, at_least=False)

    assert [fast.met(2.0), fast.met(1.99), slow.met(3.0), slow.met(3.01)] == [True, False] * 2
    assert Row("a", "a", "s", ours=6, baseline=3, goal=fast).met is True
    assert Row("a", "a", "bytes", ours=261, goal=Goal(260, at_least=False)).met is False
    assert Row("a", "a", "s", ours=6, baseline=3).met is None


def test_the_readme_quotes_the_last_table_between_its_marks(tmp_path: Path):
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n\n{publishing.OPENING}\nold\n{publishing.CLOSING}\n\nafter\n")
    row = Row("posting", "posting", "posts/s", ours=5_123.4, baseline=1_000, goal=Goal(2.0))
    block = publishing.table([row], ["HTTP"], ["machine: small"])

    publishing.write([row], block, {}, tmp_path, readme)

    text = readme.read_text()
    assert "| posting | 5 123 posts/s | 1 000 posts/s | 5.12× | ≥ 2× | yes | 0% |" in text
    assert text.startswith("before\n\n")
    assert text.endswith(f"{publishing.CLOSING}\n\nafter\n")
    assert "old" not in text
