"""`caihong prove` and `caihong checkpoint`: a stranger checks an entry with a short script and nothing of ours."""

import copy
import json
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger import sealing
from ledger.checkpoints import read_statement
from ledger.desk import post
from ledger.proving import follows
from tests.harness.run import ROOT
from tests.ledger import sealed, world
from tests.ledger.world import ANN, BOB

SCRIPT = ROOT / "docs" / "verify_inclusion.py"


async def a_sealed_book():
    """Three blocks, entries of one and of two lines; returns the book and its entries."""
    book_id = await world.a_book()
    acts = [world.an_award(book_id, ANN, 50), world.an_award(book_id, ANN, 20, 20_291_231)]
    acts += [world.an_award(book_id, BOB, 9), world.a_sale(book_id, ANN, 60)]
    acts += [world.an_award(book_id, BOB, 7), world.an_award(book_id, BOB, 8)]
    entries = [posted.entry_id for posted in await world.all_posted(*acts)]
    for most in (1, 4, 1):
        await sealing.seal_next(book_id, most)
    return book_id, entries


def files_of(console, folder, entry_id, *more):
    """The three files a stranger is given: proof, checkpoint, public key."""
    (checkpoint,) = console.run("checkpoint", "--out", str(folder / "kept")).stdout.split()
    proof = folder / "proof.json"
    proof.write_text(console.run("prove", str(entry_id), "--json", *more).stdout, encoding="utf-8")
    key = folder / "key.pem"
    key.write_text(console.run("checkpoint", "--public-key").stdout, encoding="utf-8")
    return proof, checkpoint, key


def strangers_answer(*files):
    return subprocess.run(
        [sys.executable, "-I", str(SCRIPT), *map(str, files)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def the_script(monkeypatch, capsys):
    """Run the same script in this process: quick enough to try every field."""
    code = compile(SCRIPT.read_text(encoding="utf-8"), str(SCRIPT), "exec")

    def proves(*files):
        monkeypatch.setattr(sys, "argv", [str(SCRIPT), *map(str, files)])
        try:
            exec(code, {"__name__": "script"})  # noqa: S102  it is the script under test
        except SystemExit as ended:
            return ended.code is None
        except Exception:  # noqa: BLE001  a traceback is a refusal too
            return False
        return False

    return proves


def test_the_script_is_short_and_needs_nothing_of_ours():
    lines = SCRIPT.read_text(encoding="utf-8").splitlines()
    code = [line for line in lines if line.strip() and not line.startswith(("#", '"""'))]

    assert len(code) <= 30
    assert not any(line.startswith(("from ledger", "from kernel")) for line in code)


def test_a_stranger_proves_every_entry_of_every_block(console, tmp_path, monkeypatch, capsys):
    _, entries = console.behind(a_sealed_book)
    proves = the_script(monkeypatch, capsys)

    for entry_id in entries:
        assert proves(*files_of(console, tmp_path, entry_id)), entry_id
    answer = strangers_answer(*files_of(console, tmp_path, entries[3]))

    assert answer.returncode == 0, answer.stderr
    assert f"i:{entries[3]}" in answer.stdout


def alterations(value, path=()):
    """Every leaf of a JSON value, changed: figures by one, each figure of hashes, other texts by a letter."""
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for step, each in inner:
        yield from alterations(each, (*path, step))
    if isinstance(value, list):
        yield path, [*value, value[-1] if value else "00" * 32]
        yield path, value[:-1] or ["00" * 32]
    elif isinstance(value, int):
        yield path, value + 1
        yield path, value - 1
    elif isinstance(value, str):
        yield path, value + ("0" if value[-1:].isdigit() else "x")
        yield from ((path, other) for other in nibbles_changed(value))


def nibbles_changed(text):
    """A hash with each of its figures changed in turn."""
    for place in range(64 if len(text) == 64 else 0):
        yield text[:place] + format(int(text[place], 16) ^ 1, "x") + text[place + 1 :]


def changed(document, path, value):
    altered = copy.deepcopy(document)
    inner = altered
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return altered


def test_a_proof_that_was_altered_anywhere_is_refused(console, tmp_path, monkeypatch, capsys):
    _, entries = console.behind(a_sealed_book)
    proves = the_script(monkeypatch, capsys)
    proof, checkpoint, key = files_of(console, tmp_path, entries[3])
    true = json.loads(proof.read_text())
    assert len(true["lines"]) == 2

    tried = 0
    for path, value in alterations(true):
        if path[0] in ("what", "version", "statement"):
            continue  # said for people; the script reads the signed statement itself
        proof.write_text(json.dumps(changed(true, path, value)))
        assert not proves(proof, checkpoint, key), (path, value)
        tried += 1
    proof.write_text(json.dumps(true))

    assert tried > 400
    assert proves(proof, checkpoint, key)


def test_names_of_fields_cannot_be_exchanged(console, tmp_path, monkeypatch, capsys):
    _, entries = console.behind(a_sealed_book)
    proves = the_script(monkeypatch, capsys)
    proof, checkpoint, key = files_of(console, tmp_path, entries[0])
    true = json.loads(proof.read_text())
    names = {"actor_id": "approver_id", "approver_id": "actor_id"}

    true["entry"] = {names.get(name, name): value for name, value in true["entry"].items()}
    proof.write_text(json.dumps(true))

    assert not proves(proof, checkpoint, key)


def test_a_checkpoint_that_was_altered_or_signed_by_another_is_refused(
    console, tmp_path, monkeypatch, capsys
):
    _, entries = console.behind(a_sealed_book)
    proves = the_script(monkeypatch, capsys)
    proof, checkpoint, key = files_of(console, tmp_path, entries[3])
    true = json.loads((tmp_path / "kept").joinpath(checkpoint).read_text())
    altered = tmp_path / "altered.json"

    for bit in range(512):
        flipped = int(true["signature"], 16) ^ (1 << bit)
        altered.write_text(json.dumps(true | {"signature": f"{flipped:0128x}"}))
        assert not proves(proof, altered, key), bit
    for place in range(len(true["statement"])):
        text = true["statement"]
        text = text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
        altered.write_text(json.dumps(true | {"statement": text}))
        assert not proves(proof, altered, key), place
    other = Ed25519PrivateKey.generate().public_key()
    key.write_bytes(
        other.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    assert not proves(proof, checkpoint, key)


def test_a_proof_reaches_any_later_checkpoint(console, tmp_path, monkeypatch, capsys):
    book_id, entries = console.behind(a_sealed_book)
    proves = the_script(monkeypatch, capsys)
    _, early, key = files_of(console, tmp_path, entries[0])

    async def go_on():
        await post(world.an_award(book_id, ANN, 5))

    console.behind(go_on)
    proof, late, key = files_of(console, tmp_path, entries[0])
    assert late != early
    assert proves(proof, early, key)
    assert not proves(proof, late, key)

    proof, late, key = files_of(console, tmp_path, entries[0], "--checkpoint", late)

    assert proves(proof, late, key)


def test_an_entry_is_told_to_be_sealed_in_words(console):
    _, entries = console.behind(a_sealed_book)

    before = console.run("prove", str(entries[0]))
    console.run("checkpoint")
    after = console.run("prove", str(entries[0]))

    assert (before.exit_code, after.exit_code) == (0, 0)
    assert "is entry 1 of 1 in block 1" in before.stdout
    assert "No checkpoint follows yet" in before.stdout
    assert "signed with key" in after.stdout


def test_what_cannot_be_proved_is_told(console):
    async def unsealed():
        return (await post(world.an_award(await world.a_book(), ANN, 5))).entry_id

    entry_id = console.behind(unsealed)

    waiting, unknown = console.run("prove", str(entry_id)), console.run("prove", "5")

    assert (waiting.exit_code, unknown.exit_code) == (1, 1)
    assert "not sealed yet" in waiting.stderr
    assert "could not find" in unknown.stderr


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"statement": "{}", "signature": "00"}'])
def test_a_file_that_is_no_checkpoint_is_told(console, tmp_path, content):
    _, entries = console.behind(a_sealed_book)
    file = tmp_path / "odd.json"
    file.write_text(content)

    answer = console.run("prove", str(entries[0]), "--checkpoint", str(file))

    assert answer.exit_code == 1
    assert "is not a checkpoint" in answer.stderr


def test_a_key_kept_apart_from_the_data_signs(console, tmp_path, monkeypatch, capsys):
    _, entries = console.behind(a_sealed_book)
    own = console.run("checkpoint", "--public-key").stdout
    secret = tmp_path / "apart.pem"
    secret.write_bytes(
        Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    monkeypatch.setenv("CAIHONG_CHECKPOINT_KEY_FILE", str(secret))
    files = files_of(console, tmp_path, entries[0])

    assert console.run("checkpoint", "--public-key").stdout != own
    assert the_script(monkeypatch, capsys)(*files)
    secret.write_text("no key")
    assert "does not hold an Ed25519 key" in console.run("checkpoint").stderr


def test_no_entry_is_nothing_to_sign(console):
    console.behind(world.a_book)

    assert "nothing to sign" in console.run("checkpoint").stdout
    assert console.run("checkpoint", "--book", "5").exit_code == 1


def test_a_later_checkpoint_is_proved_to_go_on_from_an_earlier_one(console, tmp_path):
    book_id, _ = console.behind(a_sealed_book)
    early = console.run("checkpoint", "--out", str(tmp_path)).stdout.strip()

    async def go_on():
        await post(world.an_award(book_id, ANN, 5))

    console.behind(go_on)
    late = console.run("checkpoint", "--out", str(tmp_path)).stdout.strip()
    told, as_json = (
        console.run("consistency", early, late),
        console.run("consistency", early, late, "--json"),
    )

    assert (told.exit_code, as_json.exit_code) == (0, 0)
    assert "Block 4 goes on from block 3" in told.stdout
    proof = json.loads(as_json.stdout)
    earlier, later = read_statement(proof["earlier"]), read_statement(proof["later"])
    path = [bytes.fromhex(each) for each in proof["path"]]
    assert follows(earlier, later, path)
    assert not follows(later, earlier, path)
    assert not follows(earlier, later, [*path, bytes(32)])
    backwards = console.run("consistency", late, early)
    assert backwards.exit_code == 1
    assert "does not go on" in backwards.stderr


def test_a_book_that_was_rewritten_does_not_go_on(console, tmp_path):
    book_id, _ = console.behind(a_sealed_book)
    early = console.run("checkpoint", "--out", str(tmp_path / "before")).stdout.strip()

    async def rewrite():
        await sealed.as_owner(console.dialect)
        await sealed.seal_again(book_id)
        await post(world.an_award(book_id, ANN, 5))

    console.behind(rewrite)
    late = console.run("checkpoint", "--out", str(tmp_path / "after")).stdout.strip()

    assert console.run("consistency", early, late).exit_code == 1
