"""The demo community: the same for the same seed, on both databases; its books hold; its present is always now."""

import asyncio
import re

import pytest

from checkin import board, shifts
from checkin.models import AttendanceState
from cli import demo, demo_today
from cli.demo_data import NOW
from kernel import clock
from kernel.clock import DAY, HOUR
from kernel.database import connected, fetch
from ledger import checks
from ledger.trial_balance import trial_balance
from people import roster
from people.models import Person
from people.signin import find_invite, sign_in
from redemption.models import Redemption, Voucher
from redemption.states import RedemptionState, VoucherState
from tests.checkin.world import NINE
from tests.harness.databases import DIALECTS, in_a_thread, scratch_database
from tests.harness.live import demo_data

A_WEDNESDAY = NINE + 4 * DAY + 5 * HOUR  # 25 November 2026, two in the afternoon
LINK = re.compile(r"/Q/([A-Z2-7]{26})")


async def shape_of_a_demo(url: str, seed: int) -> list[tuple[str, str, int, int]]:
    """Live through a demo and return its trial balance, ids left out; its books have to hold."""
    async with connected(url):
        with clock.frozen(A_WEDNESDAY):
            lived = await demo.live(seed, weeks=1)
        assert await checks.check(lived.book) == []
        totals = await trial_balance(lived.book)
    return sorted(
        (re.sub(r"\d+", "#", total.name.path), total.name.asset[:4], total.debits, total.credits)
        for total in totals
    )


def test_the_same_seed_makes_the_same_books_on_both_databases():
    shapes = []
    for dialect in DIALECTS:
        with scratch_database(dialect) as scratch:
            shapes.append(in_a_thread(shape_of_a_demo, scratch.url, 3))

    assert shapes[0] == shapes[1]
    assert len(shapes[0]) > 100


@pytest.fixture
def town(at_a_console, tmp_path):
    """A console at a copy of the demo community."""
    return at_a_console(data=demo_data(tmp_path / "demo"))


def test_its_books_hold(town):
    answer = town.run("verify")

    assert answer.exit_code == 0, answer.output
    assert int(re.findall(r"(\d+) entries", answer.stdout)[0]) > 250


def test_it_shows_what_happens_in_a_real_community(town):
    async def look():
        (here,) = await roster.communities()
        kinds = await fetch("SELECT DISTINCT kind FROM journal_entry")
        vouchers, sales = await Voucher.all(), await Redemption.all()
        states = {(each.state, 0 < each.remaining_fen < each.face_fen) for each in vouchers}
        return here, {row["kind"] for row in kinds}, states, {each.state for each in sales}

    here, kinds, vouchers, sales = town.behind(look)

    assert here.name == "金苑社区(演示)"
    assert kinds >= {
        *("HOURS_EARNED", "HOURS_UNVERIFIED", "GOODS_REDEEMED", "GOODS_RETURNED", "REVERSAL"),
        *(
            "GOODS_EXCHANGED",
            "SALE_MOVED",
            "STOCK_RECEIVED",
            "VOUCHER_ISSUED",
            "VOUCHER_USED",
            "VOUCHER_VOIDED",
        ),
    }
    assert vouchers >= {
        *((VoucherState.ISSUED, False), (VoucherState.ISSUED, True)),
        *((VoucherState.USED, False), (VoucherState.VOID, False)),
    }
    assert sales == {RedemptionState.DONE, RedemptionState.UNDONE}


def test_it_refuses_a_database_that_is_in_use(town):
    answer = town.run("demo", "--seed", "7")

    assert answer.exit_code == 1
    assert "already holds 金苑社区(演示)" in answer.stderr


def test_it_prints_who_can_sign_in_each_time_with_fresh_links(town, capsys):
    demo.show(8077)
    first = capsys.readouterr().out
    demo.show(8077)
    second = capsys.readouterr().out

    assert "http://127.0.0.1:8077/sign-in" in first
    assert "rainbow-demo" in second
    assert len(LINK.findall(first)) == len(LINK.findall(second)) == 3
    assert not set(LINK.findall(first)) & set(LINK.findall(second))

    async def sign_in_everybody():
        for name in ("admin", "organiser", "clerk", "property", "property2", "auditor"):
            await sign_in(name, "rainbow-demo")
        return [(await find_invite(token)).person.name for token in LINK.findall(second)]

    assert len(town.behind(sign_in_everybody)) == 3


def test_whenever_it_is_opened_a_shift_runs_and_hours_wait_for_review(town):
    async def running():
        (here,) = await roster.communities()
        now = clock.now()
        around = await shifts.coming(here.id, days=1)
        runs = [
            each for each in around if each.starts_at <= now and each.activity.title == NOW.title
        ]
        boards = [await board.of_shift(here.id, each.id) for each in runs]
        return [len(each.present) for each in boards], await board.to_verify(here.id)

    async def five_days_later():
        (here,) = await roster.communities()
        with clock.frozen(clock.now() + 5 * DAY):
            for _ in range(2):  # looking again changes nothing
                await demo_today.refresh(here.id)
            return await running()

    today, waiting = town.behind(running)
    later, still_waiting = town.behind(five_days_later)

    # One of the four may be refused: still present where they forgot to check out yesterday.
    assert len(today) == len(later) == 1
    assert min(today + later) >= 2
    assert len(waiting) > 3
    assert len(still_waiting) >= len(waiting) + today[0]  # those who were present were sent home
    assert all(each.state is AttendanceState.LEFT for each in still_waiting)


def test_another_community_is_left_alone(console, capsys):
    console.run("user", "add", "李主任", "--role", "admin", "--community", "金苑社区")

    demo.show(8000)

    assert "a community of its own" in capsys.readouterr().out
    assert len(console.behind(roster.communities)) == 1


def test_nobody_in_the_demo_can_be_called(town):
    async def phones():
        return [person.phone for person in await Person.exclude(phone_sealed="")]

    assert {phone[:7] for phone in town.behind(phones)} == {"1000000"}


def test_asyncio_is_left_as_it_was_found(town):
    town.run("verify")

    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
