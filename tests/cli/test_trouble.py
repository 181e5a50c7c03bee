"""Expected trouble is one sentence and exit code 1, never a traceback."""

import pytest

from cli import logs
from kernel.database import execute
from tests.harness.postgresql import free_port

ADDRESSES = {
    "mysql://user@host/name": "is not an address we can use",
    "postgres://host:notaport/name": "is not an address we can use",
    "no address at all": "is not an address we can use",
    "sqlite:///nowhere/at/all.db": "Please run `caihong migrate` first",
    "postgres://user:secretword@127.0.0.1:{closed}/name": "The database cannot be reached",
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_wrong_address_is_told_without_its_password(at_a_console, address):
    answer = at_a_console(address.format(closed=free_port())).run("verify")

    assert answer.exit_code == 1
    assert ADDRESSES[address] in answer.stderr
    assert len(answer.stderr.splitlines()) == 1
    assert "secretword" not in answer.output


def test_a_file_that_is_no_database_is_told(at_a_console, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "caihong.db").write_text("not a database")

    answer = at_a_console().run("verify")

    assert answer.exit_code == 1
    assert "file is not a database" in answer.stderr


def test_a_database_that_is_behind_is_refused_with_what_to_do(console):
    async def forget_a_step():
        await execute("DELETE FROM tortoise_migrations WHERE name LIKE '0004%'")

    console.behind(forget_a_step)
    answer = console.run("user", "list")

    assert answer.exit_code == 1
    assert "1 steps are missing" in answer.stderr
    assert "caihong migrate" in answer.stderr


def test_a_database_of_a_newer_program_is_refused(console):
    async def come_from_the_future():
        await execute("UPDATE tortoise_migrations SET name = '9999_later' WHERE name LIKE '0004%'")

    console.behind(come_from_the_future)

    assert "newer than this program" in console.run("verify").stderr


def test_a_setting_that_cannot_be_is_named(at_a_console, monkeypatch):
    console = at_a_console()
    monkeypatch.setenv("CAIHONG_PUBLIC_URL", "nonsense")

    answer = console.run("verify")

    assert answer.exit_code == 1
    assert "CAIHONG_PUBLIC_URL" in answer.stderr


def test_a_settings_file_that_cannot_be_read_is_named(at_a_console, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "settings.toml").write_text("public_url = x")

    for command in (("verify",), ("setup", "--phones", "none")):
        answer = at_a_console().run(*command)
        assert answer.exit_code == 1
        assert "settings.toml cannot be read" in answer.stderr


@pytest.mark.parametrize(
    ("written", "logged"),
    [
        ("GET /Q/AGD6X26IGMA5NRGCNWMTOWSCH4 200", "GET /Q/… 200"),
        ("POST /welcome/agd6x26igma5 303", "POST /welcome/… 303"),
        ("GET /check/AGD6X26IGMA5NRGCNWMTOWSCH4 200", "GET /check/… 200"),
        ("no member 13812345678", "no member 138****5678"),
        ("refused\nDETAIL:  Key (name)=(王秀兰) exists.\nend", "refused\nDETAIL: …\nend"),
        ("GET /books/452260056268977421 200", "GET /books/452260056268977421 200"),
        (
            "GET /static/vendor/barcode-detector.js 200",
            "GET /static/vendor/barcode-detector.js 200",
        ),
    ],
)
def test_what_identifies_somebody_stays_out_of_the_log(written, logged):
    assert logs.masked(written) == logged
