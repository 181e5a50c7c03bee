"""`caihong verify` says how much it checked, and names what a database owner altered."""

import json

import pytest

from checkin.verification import verify
from kernel.database import execute, fetch
from tests.checkin import world
from tests.ledger.test_tampering import as_owner

ALTERATIONS = {
    "a transfer's amount": "UPDATE transfer SET amount = amount + 7 WHERE entry_id = $1",
    "an entry's actor": "UPDATE journal_entry SET actor_id = 7 WHERE id = $1",
    "a deleted transfer": "DELETE FROM transfer WHERE entry_id = $1",
    "a deleted entry": "DELETE FROM journal_entry WHERE id = $1",
}


async def a_small_book() -> tuple[int, int]:
    """Two verified mornings; returns the book and the first one's entry."""
    morning = await world.a_morning()
    entries = []
    for person in (morning.wang, morning.li):
        attendance = await world.served(morning, person)
        verified = await verify(morning.book_id, attendance.id, morning.organiser)
        entries.append(verified.entry_id)
    return morning.book_id, entries[0]


def test_books_that_hold_are_counted_and_answered_with_0(console):
    console.behind(a_small_book)

    answer = console.run("verify")

    assert answer.exit_code == 0, answer.output
    assert "2 entries checked" in answer.output
    assert "The books hold" in answer.output


@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_an_alteration_is_answered_with_2_and_the_entry(console, alteration):
    _, entry_id = console.behind(a_small_book)

    async def alter():
        await as_owner(console.dialect, "transfer")
        await execute(ALTERATIONS[alteration], entry_id)

    console.behind(alter)
    told, as_json = console.run("verify"), console.run("verify", "--json")

    assert (told.exit_code, as_json.exit_code) == (2, 2)
    assert str(entry_id) in told.stdout
    found = json.loads(as_json.stdout)
    assert not found["holds"]
    assert str(entry_id) in {each["entry"] for each in found["books"][0]["findings"]}


def test_a_transfer_that_skipped_the_balance_is_found(console):
    _, entry_id = console.behind(a_small_book)

    async def skip():
        row = (await fetch("SELECT * FROM transfer WHERE entry_id = $1", entry_id))[0]
        row |= {"line": 90, "credit_version": 900}
        names = ", ".join(row)
        places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
        await execute(f"INSERT INTO transfer ({names}) VALUES ({places})", *row.values())

    console.behind(skip)

    answer = console.run("verify")

    assert answer.exit_code == 2
    assert "balance" in answer.stdout


def test_one_book_can_be_chosen_and_an_unknown_one_is_told(console):
    book_id, _ = console.behind(a_small_book)
    console.behind(a_small_book)

    assert console.run("verify", "--book", str(book_id)).output.count("entries checked") == 1
    unknown = console.run("verify", "--book", "5")

    assert unknown.exit_code == 1
    assert unknown.stderr == "There is no book 5 here.\n"


def test_no_book_is_nothing_to_prove(console):
    answer = console.run("verify")

    assert answer.exit_code == 0
    assert "nothing to prove" in answer.stdout
