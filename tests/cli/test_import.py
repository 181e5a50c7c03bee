"""Lists on the console: a preview first, row-wise errors, the same list once, a bar on a terminal only."""

import sys

import pytest
from rich.console import Console as Terminal

from checkin import rules, shifts
from checkin.models import Attendance
from cli import lists
from kernel.tables import read_table
from ledger import balances, chart
from people.models import Membership
from people.privacy import Disclosure
from people.registration import register
from tests.cli.test_users import open_with_an_admin
from tests.ledger import world

LIST = "姓名,手机,积分,到期月,服务分钟\n王秀兰,10000001234,120,2029-06,720\n李国强,,60,,\n"


@pytest.fixture
def office(console, tmp_path):
    """A community with its administrator, number 101, and a folder for lists."""
    open_with_an_admin(console)
    console.folder = tmp_path
    return console


def listed(office, text, name="list.csv"):
    file = office.folder / name
    file.write_bytes(text.encode("gbk"))
    return str(file)


def count_members(office):
    return office.behind(lambda: Membership.all().count())


def written_down(office):
    """What lists of people were taken in, and how many stood in each."""

    async def look():
        return [(row.what, row.people) for row in await Disclosure.all().order_by("id")]

    return office.behind(look)


def points_of(office, number):
    """The points of the member with a number."""

    async def look():
        member = await Membership.get(number=number)
        return (await balances.holding(member.book_id, chart.purse(member.person_id))).balance

    return office.behind(look)


def test_a_preview_shows_what_would_be_done_and_does_nothing(office):
    answer = office.run("import", "members", listed(office, LIST), "--preview")

    assert answer.exit_code == 0, answer.output
    assert "王秀兰" in answer.stdout
    assert "100****1234" in answer.stdout
    assert "2 people, 0 of them members already; 180 points and 12 h in all." in answer.stdout
    assert count_members(office) == 1


def test_members_come_in_after_a_yes_and_the_same_list_changes_nothing(office):
    file = listed(office, LIST)

    refused = office.run("import", "members", file, typed="n\n")
    done = office.run("import", "members", file, "--by", "李主任", typed="y\n")
    again = office.run("import", "members", file)

    assert refused.exit_code == 1
    assert (done.exit_code, again.exit_code) == (0, 0), done.output + again.output
    assert "2 people brought in, with 180 points and 12 h." in done.stdout
    assert "nothing was changed" in again.stdout
    assert (count_members(office), points_of(office, 102), points_of(office, 103)) == (3, 120, 60)
    assert office.behind(world.count_entries) == 1
    assert office.run("verify").exit_code == 0
    assert written_down(office) == [("opening_list", 2)]


def test_mistakes_are_told_by_row_and_column_and_nothing_is_written(office):
    answer = office.run(
        "import", "members", listed(office, LIST + "张三,12,-5,去年,1.5\n"), "--yes"
    )

    assert answer.exit_code == 2
    assert "Row 4, 积分: A balance cannot be below zero: -5." in answer.stdout
    assert "Row 4, 手机: A phone number has 5 to 15 digits." in answer.stdout
    assert "4 mistakes; nothing was written." in answer.stdout
    assert count_members(office) == 1


def test_namesakes_are_asked_about(office):
    file = listed(office, LIST + "李主任,,1,,\n")

    unsure = office.run("import", "members", file, "--yes", typed="n\n")
    sure = office.run("import", "members", file, "--yes", "--different-people")

    assert "? 李主任: rows 4; members 101" in unsure.stdout
    assert unsure.exit_code == 1
    assert "their number in the list" in unsure.stderr
    assert sure.exit_code == 0, sure.output
    assert count_members(office) == 4


@pytest.mark.parametrize("name", ["list.xlsx", "list.csv"])
def test_the_template_can_be_filled_in_and_imported(office, name):
    file = office.folder / name

    made = office.run("import", "--template", str(file))
    rows = read_table(file.read_bytes())
    done = office.run("import", "members", str(file), "--yes")

    assert made.exit_code == 0, made.output
    assert [row.cells[0] for row in rows] == ["name", "王秀兰"]
    assert "1 person brought in, with 120 points and 12 h." in done.stdout, done.output


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"\0\1", "not a table"), (b"a,b\n1,2\n", "must name the columns"), (b"name\n", "Nobody")],
)
def test_a_file_that_cannot_be_used_is_told_in_a_sentence(office, content, says):
    file = office.folder / "bad.csv"
    file.write_bytes(content)

    answer = office.run("import", "members", str(file))

    assert (answer.exit_code, "Traceback" in answer.stderr) == (1, False)
    assert says in answer.stderr
    assert "There is no file" in office.run("import", "members", "nowhere.csv").stderr


def staffed(office):
    """Two members to be granted points: 102 and 103."""

    async def hire():
        admin = await Membership.get(number=101)
        for name in ("王秀兰", "李国强"):
            await register(admin.book_id, name)

    office.behind(hire)


def test_points_are_granted_from_a_list_once(office):
    staffed(office)
    file = listed(office, "编号,姓名,积分\n102,王秀兰,20\n,李国强,30\n")
    command = ("grant", file, "--by", "李主任", "--reason", "秋季清扫")

    preview = office.run(*command, "--preview")
    done = office.run(*command, "--until", "2029-06", "--yes")
    again = office.run(*command, "--until", "2029-06", "--yes")

    assert "2 people get 50 points in all" in preview.stdout
    assert "2 people were granted: 50 points, 1 entry." in done.stdout, done.output
    assert "nothing was changed" in again.stdout
    assert (points_of(office, 102), points_of(office, 103)) == (20, 30)
    assert office.run("verify").exit_code == 0
    assert written_down(office) == [("grant_list", 2), ("grant_list", 2)]


WRONG_GRANTS = [
    ("编号,积分\n101,5\n", "Row 2, 101: Whoever makes or approves a grant cannot be given points"),
    ("编号,积分\n102,5\n102,6\n", "stands in the list more than once"),
    ("编号,姓名,积分\n102,李国强,5\n", "Number 102 belongs to 王*兰."),
    ("姓名,积分\n张三,5\n", "Row 2, 张三: Nobody here has this name or number."),
    ("姓名,积分\n王秀兰,0.5\n", "Row 2, 积分: 0.5 is not a whole number."),
    ("姓名,积分\n王秀兰,\n", "The points are missing."),
    ("姓名,积分\n,5\n", "A name or a number is missing."),
]


@pytest.mark.parametrize(("text", "says"), WRONG_GRANTS)
def test_a_wrong_grant_is_told_by_row_and_nobody_gets_anything(office, text, says):
    staffed(office)

    answer = office.run(
        "grant", listed(office, text), "--by", "101", "--reason", "x", "--until", "2029-06", "--yes"
    )

    assert answer.exit_code == 2
    assert says in answer.stdout
    assert office.behind(world.count_entries) == 0


def test_only_organisers_grant_and_the_month_is_to_come(office):
    staffed(office)
    file = listed(office, "编号,积分\n103,5\n")

    stranger = office.run("grant", file, "--by", "王秀兰", "--reason", "x")
    over = office.run("grant", file, "--by", "101", "--reason", "x", "--until", "2020-01")
    alone = office.run(
        *("grant", file, "--by", "101", "--approved-by", "101", "--reason", "x", "--yes")
    )

    assert "may not grant points" in stranger.stderr
    assert "This month is over" in over.stderr
    assert alone.exit_code == 1
    assert "Nobody" not in alone.stderr


def test_a_bar_is_shown_on_a_terminal_and_nothing_where_it_is_piped(monkeypatch, capsys):
    with lists.progress(3, "Granting") as advance:
        advance(1)
    assert capsys.readouterr().err == ""

    monkeypatch.setattr(
        lists, "Console", lambda **_: Terminal(file=sys.stderr, force_terminal=True)
    )
    with lists.progress(3, "Granting") as advance:
        advance(3)
    assert "3/3" in capsys.readouterr().err


HOURS = "编号,活动,日期,开始,结束\n102,周六清洁家园,2026-01-10,09:00,11:00\n"


def test_hours_from_earlier_records_are_shown_and_wait_for_somebody_else(office):
    async def prepare():
        admin = await Membership.get(number=101)
        await register(admin.book_id, "王秀兰", number=102, by=None)
        await rules.adopt(admin.book_id, 10, in_force_from=0)
        await shifts.plan_activity(admin.book_id, "周六清洁家园", "环境")

    office.behind(prepare)

    def count():
        return office.behind(lambda: Attendance.filter(provenance="imported").count())

    file = listed(office, HOURS)
    shown = office.run("import", "hours", file, "--by", "101", "--preview")
    assert (shown.exit_code, count()) == (0, 0), shown.output
    assert "周六清洁家园" in shown.output
    done = office.run("import", "hours", file, "--by", "101", "--yes")
    assert (done.exit_code, count()) == (0, 1), done.output
    again = office.run("import", "hours", file, "--by", "101", "--yes")
    assert (again.exit_code, count()) == (0, 1), again.output
    wrong = office.run(
        "import", "hours", listed(office, HOURS.replace("102", "999"), "b.csv"), "--by", "101"
    )
    assert (wrong.exit_code, count()) == (2, 1), wrong.output
