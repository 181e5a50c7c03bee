"""`caihong verify` says how much it checked, names what a database owner altered, and answers with a code for it."""

import json

import pytest

from checkin.verification import verify
from cli import verifying
from kernel import clock
from kernel.database import execute, fetch
from ledger.findings import Finding
from ledger.sealing import seal_everything
from tests.checkin import world
from tests.ledger import sealed
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


async def a_small_sealed_book() -> tuple[int, int]:
    """The same, sealed."""
    book_id, entry_id = await a_small_book()
    await seal_everything(book_id)
    return book_id, entry_id


def test_books_that_hold_are_counted_and_answered_with_0(console):
    console.behind(a_small_book)

    answer = console.run("verify")

    assert answer.exit_code == 0, answer.output
    assert "2 entries checked, 0 sealed" in answer.output
    assert "The books hold" in answer.output
    console.run("checkpoint")
    assert "2 entries checked, 2 sealed" in console.run("verify").output


@pytest.mark.parametrize("book", [a_small_book, a_small_sealed_book])
@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_an_alteration_is_answered_with_2_and_the_entry(console, alteration, book):
    _, entry_id = console.behind(book)

    async def alter():
        await as_owner(console.dialect, "transfer")
        await execute(ALTERATIONS[alteration], entry_id)

    console.behind(alter)
    told, as_json = console.run("verify"), console.run("verify", "--json")

    assert (told.exit_code, as_json.exit_code) == (2, 2)
    assert str(entry_id) in told.stdout
    found = json.loads(as_json.stdout)
    assert not found["holds"]
    assert found["exit_code"] == 2
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


def test_a_changed_purse_is_answered_with_5(console):
    console.behind(a_small_sealed_book)

    async def pour():
        await as_owner(console.dialect, "balance")
        await execute("UPDATE balance SET credits = credits + 1 WHERE side = 1")

    console.behind(pour)
    answer = console.run("verify")

    assert answer.exit_code == 5
    assert "is not the sum of its transfers" in answer.stdout


def test_entries_that_nobody_seals_are_answered_with_3_and_the_first_of_them(console):
    async def long_ago():
        with clock.frozen(clock.now() - 3 * clock.MINUTE):
            return await a_small_book()

    _, entry_id = console.behind(long_ago)
    answer = console.run("verify")

    assert answer.exit_code == 3
    assert str(entry_id) in answer.stdout
    console.run("checkpoint")
    assert console.run("verify").exit_code == 0


def test_a_checkpoint_kept_elsewhere_agrees_until_the_books_are_rewritten(console, tmp_path):
    book_id, _ = console.behind(a_small_book)
    kept = console.run("checkpoint", "--out", str(tmp_path)).stdout.strip()

    assert console.run("verify", "--checkpoint", kept).exit_code == 0

    async def rewrite():
        await sealed.as_owner(console.dialect)
        await sealed.seal_again(book_id)

    console.behind(rewrite)
    without, with_it = console.run("verify"), console.run("verify", "--checkpoint", kept)

    assert (without.exit_code, with_it.exit_code) == (0, 2)
    assert "the book was rewritten" in with_it.stdout


def test_a_checkpoint_that_nobody_signed_is_answered_with_4(console, tmp_path):
    console.behind(a_small_book)
    kept = console.run("checkpoint", "--out", str(tmp_path)).stdout.strip()
    file = tmp_path / "forged.json"
    told = json.loads((tmp_path / kept).read_text())
    file.write_text(json.dumps(told | {"signature": "00" * 64}))

    assert console.run("verify", "--checkpoint", str(file)).exit_code == 4


def test_a_restored_backup_is_proved_with_the_public_key_alone(console, tmp_path, monkeypatch):
    console.behind(a_small_book)
    kept = console.run("checkpoint", "--out", str(tmp_path)).stdout.strip()
    key = tmp_path / "key.pem"
    key.write_text(console.run("checkpoint", "--public-key").stdout)
    monkeypatch.setenv("CAIHONG_DATA_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("CAIHONG_DATABASE_URL", console.url)

    without = console.run("verify", "--checkpoint", kept)
    with_key = console.run("verify", "--checkpoint", kept, "--public-key", str(key))

    assert (without.exit_code, with_key.exit_code) == (4, 0)
    assert "whose public key is not here" in without.stdout
    assert not (tmp_path / "elsewhere" / "secret.key").exists()


def test_a_book_that_only_a_checkpoint_knows_is_missed(console, tmp_path):
    console.behind(a_small_book)
    kept = tmp_path / console.run("checkpoint", "--out", str(tmp_path)).stdout.strip()
    told = json.loads(kept.read_text())
    said = json.loads(told["statement"]) | {"book": "5"}
    told["statement"] = json.dumps(said, sort_keys=True, separators=(",", ":"))
    kept.write_text(json.dumps(told))

    answer = console.run("verify", "--checkpoint", str(kept))

    assert answer.exit_code == 2
    assert "Book 5 is gone" in answer.stdout


@pytest.mark.parametrize(
    ("checks", "code"),
    [
        ((), 0),
        (("unsealed",), 3),
        (("unsealed", "balances"), 5),
        (("documents", "equations"), 5),
        (("unsealed", "balances", "signatures"), 4),
        (("unsealed", "balances", "signatures", "roots"), 2),
    ],
)
def test_the_most_serious_finding_decides_the_code(checks, code):
    assert verifying.exit_code(Finding(check, "") for check in checks) == code


def test_what_cannot_be_done_is_answered_with_1(console, tmp_path):
    console.behind(a_small_book)
    odd = tmp_path / "odd"
    odd.write_text("odd")

    for arguments in (
        ("--checkpoint", str(odd)),
        ("--checkpoint", str(tmp_path / "nowhere")),
        ("--public-key", str(odd)),
    ):
        assert console.run("verify", *arguments).exit_code == 1, arguments


def test_verifying_changes_nothing_and_waits_for_nobody(console):
    console.behind(a_small_sealed_book)

    async def counted():
        tables = ("alarm", "seal_queue", "checkpoint", "seal_block", "balance")
        return [(await fetch(f"SELECT COUNT(*) AS n FROM {each}"))[0]["n"] for each in tables]

    before = console.behind(counted)
    console.run("verify")

    assert console.behind(counted) == before


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
