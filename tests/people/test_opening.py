"""Members and what they bring: real spreadsheets, row-wise errors, and one entry however often it is asked."""

import io
from datetime import date, datetime, time

import pytest
import xlsxwriter

from audit.reconcile import reconcile
from kernel.database import execute
from kernel.errors import DomainError
from kernel.tables import TableIsTooLarge, TableIsUnreadable, read_table
from ledger import balances, chart, checks, entries
from ledger.errors import BookIsReadOnly
from ledger.post import Lot
from people import roster
from people.columns import HeadsAreMissing
from people.models import Membership, Person
from people.opening import carry_in
from people.opening_list import read_list
from people.opening_plan import ListHasProblems, ListIsTooLong, NamesakesUnclear, plan
from people.registration import open_community, register
from tests.ledger import world

pytestmark = pytest.mark.anyio

TODAY, RULE = 20_261_125, 20_281_130
CSV = "姓名,手机,房号,编号,积分,到期月,服务分钟\n"
THREE = (
    CSV
    + "王秀兰,10000001234,3-2-501,,120,2027-06,720\n"
    + "李国强,,3-2-502,207,60,,\n"
    + "欧阳修远,,,,,,30\n"
)


def listed(text, rule=RULE):
    """What a CSV text says."""
    return read_list(read_table(text.encode()), TODAY, rule)


def told(text, rule=RULE):
    """What is wrong with it: row, column and the first words."""
    return [
        (found.row, found.column, found.says % found.members)
        for found in listed(text, rule).problems
    ]


def workbook(*rows, merged="", dates=()):
    """An XLSX file with a merged title, and dates formatted as dates."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as made:
        sheet = made.add_worksheet()
        month = made.add_format({"num_format": "yyyy-mm"})
        if merged:
            sheet.merge_range(0, 0, 0, 6, merged)
        for number, row in enumerate(rows, 1 if merged else 0):
            for column, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, month)
                else:
                    sheet.write(number, column, cell)
    return file.getvalue()


async def carried(book_id, text, **more):
    return await carry_in(book_id, listed(text), expires_by_rule=RULE, **more)


async def held(book_id, name):
    (member,) = [each for each in await roster.members(book_id) if each.person.name == name]
    points = await balances.holding(book_id, chart.purse(member.person_id))
    minutes = await balances.holding(book_id, chart.minutes(member.person_id))
    return member.number, points.lots, minutes.balance


async def test_members_and_balances_come_in_as_one_entry(database):
    book_id = (await open_community("金苑社区")).id
    await register(book_id, "陈静")

    opened = await carried(book_id, THREE)

    assert (opened.people, opened.points, opened.minutes) == (3, 180, 750)
    assert await world.count_entries() == 1
    assert await held(book_id, "王秀兰") == (102, (Lot(20_270_630, 120),), 720)
    assert await held(book_id, "李国强") == (207, (Lot(RULE, 60),), 0)
    assert await held(book_id, "欧阳修远") == (103, (), 30)
    entry = await entries.entry(book_id, opened.entry_id)
    assert (entry["kind"], entry["document_type"]) == ("OPENING_BALANCE", "opening")
    assert await checks.check(book_id) + await reconcile(book_id) == []


async def test_the_same_list_counts_once_however_it_was_saved(database):
    book_id = (await open_community("金苑社区")).id
    first = await carried(book_id, THREE)
    as_workbook = workbook(
        ["姓名", "手机", "房号", "编号", "积分", "到期月", "服务分钟"],
        ["王秀兰", 10000001234, "3-2-501", "", 120, date(2027, 6, 3), 720],
        [],
        ["李国强", "", "3-2-502", "２０７", "60", "", ""],
        ["欧阳修远", "", "", "", "", "", 30.0],
        merged="金苑社区期初",
    )
    again = await carry_in(
        book_id, read_list(read_table(as_workbook), TODAY, RULE), expires_by_rule=RULE
    )

    assert (first.replayed, again.replayed) == (False, True)
    assert again.entry_id == first.entry_id
    assert await Membership.all().count() == 3
    assert await world.count_entries() == 1


async def test_what_stopped_between_registration_and_entry_is_finished_by_the_same_list(database):
    book_id = (await open_community("金苑社区")).id
    await execute("UPDATE book SET read_only = 1 WHERE id = $1", book_id)
    with pytest.raises(BookIsReadOnly):
        await carried(book_id, THREE)
    assert await Membership.all().count() == 3
    assert len(await reconcile(book_id)) == 2  # The audit says that points and minutes are missing.

    await execute("UPDATE book SET read_only = 0 WHERE id = $1", book_id)
    await register(book_id, "后来的人")
    opened = await carried(book_id, THREE)

    assert not opened.replayed
    assert await Membership.all().count() == 4
    assert await held(book_id, "王秀兰") == (101, (Lot(20_270_630, 120),), 720)
    assert await reconcile(book_id) == []


async def test_nothing_is_written_if_a_row_is_wrong(database):
    book_id = (await open_community("金苑社区")).id

    with pytest.raises(ListHasProblems):
        await carried(book_id, THREE + "张三,,,,-5,,\n")

    assert await Person.all().count() == 0
    assert await world.count_entries() == 0


async def test_a_member_known_by_number_gets_the_balance_and_no_second_membership(database):
    book_id = (await open_community("金苑社区")).id
    chen = await register(book_id, "陈静")

    await carried(book_id, CSV + f"陈静,,,{chen.number},50,,\n")

    assert await held(book_id, "陈静") == (chen.number, (Lot(RULE, 50),), 0)
    assert await Membership.all().count() == 1


async def test_a_number_that_is_somebody_elses_is_told_with_the_masked_name(database):
    book_id = (await open_community("金苑社区")).id
    await register(book_id, "王秀兰", number=207)

    planned = await plan(book_id, listed(THREE))

    assert [(each.row, each.members) for each in planned.problems] == [
        (3, {"number": 207, "name": "王*兰"})
    ]


async def test_namesakes_are_asked_about_and_taken_in_when_they_are_others(database):
    book_id = (await open_community("金苑社区")).id
    await register(book_id, "王伟")
    text = CSV + "王伟,,,,1,,\n李明,,,,2,,\n李明,,,,3,,\n"

    with pytest.raises(NamesakesUnclear) as asked:
        await carried(book_id, text)
    planned = await plan(book_id, listed(text))
    await carried(book_id, text, namesakes_are_others=True)

    assert asked.value.members["names"] == "王伟, 李明"
    assert [(each.name, each.rows, each.numbers) for each in planned.namesakes] == [
        ("王伟", (2,), (101,)), ("李明", (3, 4), ()),
    ]  # fmt: skip
    assert await Membership.all().count() == 4


async def test_people_without_balances_are_registered_without_an_entry(database):
    book_id = (await open_community("金苑社区")).id

    opened = await carried(book_id, "姓名\n王秀兰\n李国强\n")
    again = await carried(book_id, "姓名\n王秀兰\n李国强\n")

    assert (opened.entry_id, opened.replayed, again.replayed) == (None, False, True)
    assert await Membership.all().count() == 2
    assert await world.count_entries() == 0


async def test_two_thousand_people_are_one_entry(database):
    book_id = (await open_community("金苑社区")).id
    rows = "".join(f"志愿者{number},,,,{number},,60\n" for number in range(1, 2_001))

    opened = await carried(book_id, CSV + rows)

    assert await world.count_entries() == 1
    assert len(await entries.entry_lines(book_id, opened.entry_id)) == 4_000
    assert opened.points == 2_001_000
    assert await checks.check(book_id) == []


async def test_more_lines_than_an_entry_holds_are_refused_before_anything_is_written(
    database, monkeypatch
):
    monkeypatch.setattr("people.opening_plan.MOST_LINES", 3)
    book_id = (await open_community("金苑社区")).id

    with pytest.raises(ListIsTooLong):
        await carried(book_id, THREE)

    assert await Person.all().count() == 0


CELLS = [
    ("王,,,,12.5,,", "积分", "12.5 is not a whole number."),
    ("王,,,,-3,,", "积分", "A balance cannot be below zero: -3."),
    ("王,,,,十二,,", "积分", "“十二” is not a number."),
    ('王,,,,"1,20",,', "积分", "“1,20” is not a number."),
    ("王,,,,9999999999,,", "积分", "9999999999 is more than anybody can have."),
    ("王,,,,5,2026-10,", "到期月", "This month is over: these points would be gone at once."),
    ("王,,,,5,2027-13,", "到期月", "“2027-13” is not in the calendar. Write 2027-06."),
    ("王,,,,5,明年,", "到期月", "“明年” is not a month. Write 2027-06."),
    ("王,,,,5,46539,", "到期月", "“46539” is not a month. Write 2027-06."),
    ("王,,,,5,202713,", "到期月", "“202713” is not in the calendar. Write 2027-06."),
    ("王,12,,,,,", "手机", "A phone number has 5 to 15 digits. It may also be left empty."),
    ("王,,,0,,,", "编号", "A member number is between 1 and 999999."),
    ("王,,,,,,1.5", "服务分钟", "1.5 is not a whole number."),
    (",,,,5,,", "姓名", "The name is missing."),
    ("王" * 41 + ",,,,,,", "姓名", "Please use at most 40 characters."),
]


@pytest.mark.parametrize(("row", "column", "says"), CELLS)
def test_a_wrong_cell_is_told_by_row_column_and_what_to_do(row, column, says):
    assert told(CSV + "李,,,,1,,\n" + row + "\n") == [(3, column, says)]


READ = [
    ("１２０", "2027-06", 120, 20_270_630),
    ("120.0", "2027年6月", 120, 20_270_630),
    ('"1,200"', "2027/6/3", 1_200, 20_270_630),
    (" 7 ", "202702", 7, 20_270_228),
    ("7", "2027.12", 7, 20_271_231),
    ("7", "2027-06-30 00:00:00", 7, 20_270_630),
    ("0", "", 0, None),
]


@pytest.mark.parametrize(("points", "month", "amount", "expires_on"), READ)
def test_figures_are_read_as_people_write_them(points, month, amount, expires_on):
    found = listed(CSV + f"王,,,,{points},{month},\n")

    assert found.problems == ()
    assert (found.people[0].points, found.people[0].expires_on) == (amount, expires_on)


def test_points_without_a_month_need_a_rule():
    assert told(CSV + "王,,,,5,,\n", rule=None) == [
        (2, "积分", "Say until which month these points are good.")
    ]


def test_a_number_given_twice_is_told():
    assert told(CSV + "王,,,7,,,\n李,,,7,,,\n") == [(3, "编号", "Number 7 stands in row 2 too.")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_is_read_in_the_encodings_and_separators_that_are_met(encoding, separator):
    text = "金苑社区期初\r\n\r\n姓名,服务时长（小时）\r\n王秀兰,12.5\r\n".replace(",", separator)

    found = read_list(read_table(text.encode(encoding)), TODAY, RULE)

    assert [(each.row, each.name, each.minutes) for each in found.people] == [(4, "王秀兰", 750)]


def test_an_english_workbook_with_real_dates_is_read():
    file = workbook(
        ["Name", "Points", "Expires", "Hours"],
        ["Anna", 5.0, datetime.combine(date(2027, 6, 15), time(8, 30)), "0.25"],
    )

    (anna,) = read_list(read_table(file), TODAY, RULE).people

    assert (anna.points, anna.expires_on, anna.minutes) == (5, 20_270_630, 15)


def test_a_file_without_heads_is_told_which_are_missing():
    with pytest.raises(HeadsAreMissing, match="名字"):
        listed("王秀兰,120\n")


@pytest.mark.parametrize("content", [b"\x00\x01\x02", b"PK\x03\x04broken", b"\xff\xfe\x00"])
def test_a_file_that_is_no_table_is_refused(content):
    with pytest.raises(TableIsUnreadable):
        read_table(content)


def test_a_file_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr("kernel.tables.MOST_ROWS", 2)
    monkeypatch.setattr("kernel.tables.MOST_UNPACKED_BYTES", 1_000)
    with pytest.raises(TableIsTooLarge):
        read_table(b"a\nb\nc\n")
    with pytest.raises(TableIsTooLarge):
        read_table(workbook(["a"]))
    monkeypatch.setattr("kernel.tables.MOST_BYTES", 3)
    with pytest.raises(DomainError):
        read_table(b"abcd")
