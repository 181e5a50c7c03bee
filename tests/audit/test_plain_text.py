"""Beancount and hledger read our books, accept every assertion, and come to our own trial balance."""

import asyncio
import csv
import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from beancount import loader
from beancount.core import realization

from audit.exports import Sheet, What, Wish, export
from audit.plain_text import commodity_of, figure, path_of
from audit.whole_book import Account
from checkin.models import Attendance
from kernel import clock
from kernel.clock import DAY
from kernel.database import execute
from kernel.days import day_of, month_end, start_of
from ledger import chart, trial_balance
from ledger.chart import Kind
from ledger.desk import post
from ledger.post import DocumentKey, Line, Lot
from ledger.reversals import reverse
from redemption import stock
from redemption.states import Source
from tests.audit.test_report import a_day
from tests.harness.run import part_is_missing
from tests.ledger import world
from tests.ledger.test_tampering import as_owner
from web.export_words import export_words
from web.i18n import speaking

pytestmark = pytest.mark.anyio

ZONE = "Asia/Shanghai"
TITLE = '金苑社区 "测试" \\ book'
SEPTEMBER = start_of(20_260_915, ZONE)
LOT, LATER_LOT = 20_280_930, 20_281_130


@pytest.fixture(autouse=True)
def hledger_is_there(request):
    """Say so where hledger is not installed; Beancount comes with the development set."""
    if "hledger" in request.node.name and shutil.which("hledger") is None:
        part_is_missing(request, "hledger", "hledger is not installed")


async def an_eventful_autumn():
    """Three months with holds, vouchers, a reversal, a debt and points that lapse."""
    book_id = await world.a_book()
    ann, bob = world.ANN, world.BOB
    with clock.frozen(SEPTEMBER):
        await post(world.an_award(book_id, ann, 100, LOT))
        await post(world.an_award(book_id, bob, 60, LATER_LOT))
        await post(world.a_hold(book_id, ann, 7, 40))
        await post(world.a_capture(book_id, 7, 30))
    with clock.frozen(SEPTEMBER + 20 * DAY):
        await post(world.a_release(book_id, ann, 7))
        await post(world.a_voucher(book_id, ann, 9, 50, 2_505))
        used = Line(chart.voucher(9), chart.payable(world.COMPANY), 1_001)
        await post(world.fixed(book_id, Kind.VOUCHER_USED, used))
        sale = await post(world.a_sale(book_id, bob, 33))
        await reverse(
            book_id, sale.entry_id, key=DocumentKey("back"), actor_id=1, reason="wrong goods"
        )
    with clock.frozen(SEPTEMBER + 46 * DAY):  # the last day of October
        await post(world.a_sale(book_id, bob, 20))
    with clock.frozen(SEPTEMBER + 60 * DAY):
        await post(world.an_unverification(book_id, ann, (Lot(LOT, 100),), 100))
        await post(world.an_award(book_id, ann, 15, LATER_LOT))
        await post(world.an_expiry(book_id, bob, 20_281_201))
    return book_id


def book_of(history):
    """The book that a history happened in."""
    return history if isinstance(history, int) else history.book


async def written(book_id, what, tmp_path, **days):
    """The file of an export."""
    to = tmp_path / f"{what}.txt"
    with speaking("zh_Hans"):
        await export(book_id, Wish(what=what, **days), export_words(), TITLE, to)
    return to


async def ours(book_id):
    """Our trial balance in the programs' words, without what is zero: (account, commodity) → figure."""
    found = {}
    for total in await trial_balance.trial_balance(book_id):
        net, asset = total.debits - total.credits, total.name.asset
        account = Account(total.account_id, total.name, total.type)
        if net:
            found[path_of(account), commodity_of(asset)] = figure(net, asset)
    return found


def in_beancount(file):
    """What Beancount's own loader makes of a file: its errors, and its balances."""
    entries, errors, _ = loader.load_file(str(file))
    found = {}
    for account in realization.iter_children(realization.realize(entries)):
        for position in account.balance:
            number, commodity = position.units
            if number:
                found[account.account, commodity] = str(number)
    return errors, found


async def program(*command):
    """Run a program without keeping the database waiting."""
    return await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True)


def in_hledger(answer):
    """What `hledger balance -O csv` says."""
    found = {}
    for row in list(csv.DictReader(io.StringIO(answer)))[:-1]:
        for amount in row["balance"].split(", "):
            number, commodity = amount.split(" ")
            found[row["account"], commodity.strip('"')] = number
    return found


async def bean_check(file):
    return await program(str(Path(sys.executable).parent / "bean-check"), "--no-cache", file)


async def hledger(file, *command):
    return await program("hledger", "--file", file, *command)


@pytest.mark.parametrize("history", [an_eventful_autumn, a_day])
async def test_beancount_accepts_a_book_and_comes_to_the_same_balances(database, history, tmp_path):
    book_id = book_of(await history())
    file = await written(book_id, What.BEANCOUNT, tmp_path)

    checked = await bean_check(file)
    errors, balances = in_beancount(file)

    assert (checked.returncode, checked.stderr, errors) == (0, "", [])
    assert balances == await ours(book_id) != {}


@pytest.mark.parametrize("history", [an_eventful_autumn, a_day])
async def test_hledger_accepts_a_book_and_comes_to_the_same_balances(database, history, tmp_path):
    book_id = book_of(await history())
    file = await written(book_id, What.HLEDGER, tmp_path)

    checked = await hledger(file, "check", "--strict", "ordereddates")
    balances = await hledger(file, "balance", "--flat", "--output-format", "csv")

    assert (checked.returncode, checked.stderr) == (0, "")
    assert in_hledger(balances.stdout) == await ours(book_id) != {}


@pytest.mark.parametrize("what", [What.BEANCOUNT, What.HLEDGER])
async def test_a_range_brings_its_balances_forward_and_ends_where_the_whole_ends(
    database, what, tmp_path
):
    book_id = await an_eventful_autumn()
    october = {"first": 20_261_001, "last": 20_261_031}
    tail = await written(book_id, what, tmp_path, first=20_261_001)

    if what is What.BEANCOUNT:
        errors, balances = in_beancount(tail)
        _, in_october = in_beancount(await written(book_id, what, tmp_path, **october))
    else:
        errors = (await hledger(tail, "check", "--strict")).stderr
        csvs = ("balance", "--flat", "--output-format", "csv")
        balances = in_hledger((await hledger(tail, *csvs)).stdout)
        part = await written(book_id, what, tmp_path, **october)
        errors = errors or (await hledger(part, "check", "--strict")).stderr
        in_october = in_hledger((await hledger(part, *csvs)).stdout)

    assert not errors
    assert balances == await ours(book_id)
    assert in_october["Income:Shop:1:Redeemed", "POINTS"] == "-50"
    assert in_october["Liabilities:Voucher:9", "CNY"] == "-15.04"


@pytest.mark.parametrize("what", [What.BEANCOUNT, What.HLEDGER])
async def test_the_programs_find_a_balance_that_is_not_the_sum_of_its_lines(
    database, what, tmp_path
):
    book_id = await an_eventful_autumn()
    await as_owner(database.dialect, "balance")
    # One fen: Beancount would let that pass if its tolerance were left as it is.
    await execute(
        "UPDATE balance SET credits = credits + 1 WHERE book_id = $1 AND account_id = "
        "(SELECT id FROM account WHERE book_id = $1 AND path = 'voucher:9')",
        book_id,
    )
    file = await written(book_id, what, tmp_path)

    check = bean_check(file) if what is What.BEANCOUNT else hledger(file, "check")
    found = await check

    assert found.returncode != 0
    assert "Liabilities:Voucher:9" in found.stderr


@pytest.mark.parametrize("what", [What.BEANCOUNT, What.HLEDGER])
async def test_each_month_that_moved_an_account_asserts_what_it_held(database, what, tmp_path):
    book_id = await an_eventful_autumn()
    text = (await written(book_id, what, tmp_path)).read_text(encoding="utf-8")

    if what is What.BEANCOUNT:
        assert "2026-10-01 balance Liabilities:Hold:7  -10 POINTS" in text
        assert "2026-11-01 balance Liabilities:Hold:7  0 POINTS" in text
        assert "2026-11-01 balance Liabilities:Voucher:9  -15.04 ~ 0.00 CNY" in text
    else:
        september, october = text.split("* BALANCES")[1:3]
        assert "    Liabilities:Hold:7  0 POINTS = -10 POINTS" in september
        assert "    Liabilities:Hold:7  0 POINTS = 0 POINTS" in october


@pytest.mark.parametrize("what", [What.BEANCOUNT, What.HLEDGER])
async def test_an_empty_book_is_accepted(database, what, tmp_path):
    file = await written(await world.a_book(), what, tmp_path)

    check = bean_check(file) if what is What.BEANCOUNT else hledger(file, "check", "--strict")

    assert (await check).returncode == 0


@pytest.mark.parametrize("what", [What.BEANCOUNT, What.HLEDGER])
async def test_names_are_masked_and_goods_cannot_break_the_grammar(database, what, tmp_path):
    day = await a_day()
    somebody = (await Attendance.get(id=day.attendance)).person_id
    shop = await stock.open_shop(day.book, "二店")
    rice = await stock.add_item(day.book, shop.id, '米 "好" ; date:never, [2026-99-99] \\', 4)
    await stock.receive(day.book, rice.id, Source.SPONSOR, 10, by=somebody, key="odd")
    file = await written(day.book, what, tmp_path)
    text = file.read_text(encoding="utf-8")

    check = bean_check(file) if what is What.BEANCOUNT else hledger(file, "check", "--strict")

    assert (await check).stderr == ""
    assert "王秀兰" not in text
    assert "王*兰" in text
    assert "never" in text


async def test_every_day_of_a_month_boundary_has_its_day_after(database):
    assert day_of(SEPTEMBER + 46 * DAY, ZONE) == 20_261_031 == month_end(20_261_031)
    assert Wish(what=What.JOURNAL, sheet=Sheet.CSV, last=20_261_031).file_name == (
        "caihong-journal-20261031.csv"
    )
