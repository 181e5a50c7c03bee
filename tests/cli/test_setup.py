"""`caihong setup` asks one question, says what works, and writes settings that printed cards survive."""

import re
import tomllib

import pytest

from tests.harness.postgresql import free_port

CODE = r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){5}"


@pytest.fixture
def office(at_a_console):
    return at_a_console()


def written(office):
    return tomllib.loads((office.data / "settings.toml").read_text(encoding="utf-8"))


def test_one_computer_needs_no_address(office):
    answer = office.run("setup", typed="1\n")

    assert answer.exit_code == 0, answer.output
    assert "Does not work: phones" in answer.stdout
    assert "public_url" not in written(office)


def test_residents_phones_need_an_address_that_they_can_open(office):
    answer = office.run("setup", typed="9\n3\nhttps://Caihong.Example.cn/welcome\n")

    assert answer.exit_code == 0, answer.output
    assert written(office)["public_url"] == "https://caihong.example.cn"


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("http://caihong.example.cn", "must begin with https://"),
        ("caihong.example.cn", "must begin with https://"),
        ("https://localhost:8000", "is this computer itself"),
        ("https://192.168.1.5", "inside the office network"),
        ("https://office-pc", "inside the office network"),
    ],
)
def test_an_address_that_residents_cannot_open_is_refused_and_nothing_is_written(
    office, address, why
):
    answer = office.run("setup", "--phones", "residents", "--address", address)

    assert answer.exit_code == 1
    assert why in answer.stderr
    assert not (office.data / "settings.toml").exists()


def test_an_address_may_come_later_and_pages_say_so_meanwhile(office):
    answer = office.run("setup", "--phones", "office", "--address", "")

    assert "Until there is an address" in answer.stdout
    assert "public_url" not in written(office)


def test_a_change_of_address_keeps_the_old_host_for_printed_cards_and_other_settings(office):
    office.data.mkdir()
    file = office.data / "settings.toml"
    file.write_text(
        'zone = "Asia/Urumqi"\nallow_docs = false\nformer_hosts = ["first.example.cn"]\n'
    )

    office.run("setup", "--phones", "residents", "--address", "https://second.example.cn")
    office.run("setup", "--phones", "residents", "--address", "https://third.example.cn")
    office.run("setup", "--phones", "none")
    office.run("setup", "--phones", "residents", "--address", "https://first.example.cn")

    assert written(office) == {
        "zone": "Asia/Urumqi",
        "allow_docs": False,
        "public_url": "https://first.example.cn",
        "former_hosts": ["second.example.cn", "third.example.cn"],
    }


def test_the_settings_take_effect(office):
    office.run("setup", "--phones", "residents", "--address", "https://caihong.example.cn")
    office.run("migrate")

    answer = office.run("user", "add", "李主任", "--role", "admin", "--community", "金苑社区")

    assert "https://caihong.example.cn/Q/" in answer.stdout
    assert "on this computer only" not in answer.stdout


def test_the_terminal_speaks_chinese_where_it_is_chinese(office, monkeypatch):
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")

    assert "只有这台电脑" in office.run("setup", typed="1\n").stdout


def test_doctor_says_what_stands_in_the_way(office):
    before = office.run("doctor")
    office.run("migrate")
    office.run("user", "add", "李主任", "--role", "admin", "--community", "金苑社区")
    after = office.run("doctor")

    assert before.exit_code == 1
    assert "✗ There is no database" in before.stdout
    assert after.exit_code == 0, after.stdout
    assert "administrators: 1" in after.stdout
    assert "! 金苑社区 has one administrator and no recovery sheet" in after.stdout
    office.run("user", "add", "王主任", "--role", "admin")
    assert "recovery sheet" not in office.run("doctor").stdout


def test_a_set_up_code_is_printed_while_nobody_works_here_and_the_newest_counts(office):
    codes = [re.findall(CODE, office.run("migrate").stdout) for _ in range(2)]
    office.run("user", "add", "李主任", "--role", "admin", "--community", "金苑社区")

    assert [len(found) for found in codes] == [1, 1]
    assert codes[0] != codes[1]
    assert re.findall(CODE, office.run("migrate").stdout) == []


def test_only_a_server_that_others_cannot_reach_may_do_without_a_second_factor(office, monkeypatch):
    monkeypatch.setenv("CAIHONG_SECOND_FACTOR", "false")
    monkeypatch.setattr("cli.serving._run", lambda *_: None)
    port = str(free_port())

    wide = office.run("serve", "--host", "0.0.0.0", "--port", port)  # noqa: S104
    alone = office.run("serve", "--port", port)
    monkeypatch.setenv("CAIHONG_PUBLIC_URL", "https://caihong.example.cn")
    public = office.run("serve", "--port", port)

    assert (wide.exit_code, alone.exit_code, public.exit_code) == (1, 0, 1)
    assert "staff need a second factor" in wide.stderr
    assert "CAIHONG_SECOND_FACTOR" in public.stderr
