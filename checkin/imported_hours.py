"""Hours from a community's earlier records: a list is read and judged row by row, and then waits for a second person.

Nothing of it is paid by whoever brings it in. Rows with the same activity and times share a shift; the same list again
changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from checkin import back_filling, occasions, rules, shifts
from checkin.attending import refuse_elsewhere
from checkin.errors import OwnHours
from checkin.models import Activity, Attendance, Provenance, Shift, ShiftState
from checkin.plan_errors import NoAwardRule
from kernel import clock
from kernel.days import from_date, plus_days
from kernel.errors import N_, DomainError
from kernel.tables import Cell, Row
from ledger.books import zone_of
from people import columns
from people.columns import CellIsWrong, Problem, Reader, under_heads
from people.grant_list import Members, known_members
from people.models import Membership
from people.opening_list import KNOWN as MEMBERS

KNOWN = {
    "name": MEMBERS["name"],
    "number": MEMBERS["number"],
    "activity": frozenset({"活动", "活动名称", "项目", "服务项目", "activity"}),
    "day": frozenset({"日期", "服务日期", "活动日期", "date", "day"}),
    "from": frozenset({"开始", "开始时间", "签到时间", "来", "from", "start"}),
    "to": frozenset({"结束", "结束时间", "签退时间", "走", "to", "end"}),
}
NEEDED = ("activity", "day", "from", "to")


@dataclass(frozen=True, slots=True)
class Served:
    """One row: who served at what from when until when (UTC microseconds); `known` if it was brought in before."""

    row: int
    member: Membership
    activity: Activity
    came: int
    went: int
    known: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What a list means: the rows that can be brought in, and what is wrong with the others."""

    rows: tuple[Served, ...]
    problems: tuple[Problem, ...]

    @property
    def new(self) -> list[Served]:
        """Return the rows that were not brought in before."""
        return [each for each in self.rows if not each.known]


async def plan(book_id: int, rows: Sequence[Row], by: int) -> Plan:
    """Read a list of hours and judge each row; `by` brings in no hours of their own. Raises: HeadsAreMissing."""
    table = under_heads(rows, KNOWN, NEEDED)
    zone, problems = await zone_of(book_id), list[Problem]()
    members = await known_members(book_id)
    activities = {each.title: each for each in await shifts.activities(book_id)}
    found = []
    for row in table.rows:
        reader = Reader(table, row, problems)
        read = _read(reader, members, activities, zone)
        if read is not None:
            found.append(await _judged(book_id, reader, read, by))
    fine = [each for each in found if each is not None]
    twice = _twice(fine)
    problems += twice
    wrong = {each.row for each in twice}
    kept = tuple(each for each in fine if each.row not in wrong)
    return Plan(kept, tuple(sorted(problems, key=lambda each: each.row)))


def _read(
    reader: Reader, members: Members, activities: dict[str, Activity], zone: str
) -> Served | None:
    name = reader.read("name", columns.text, "")
    number = reader.read("number", columns.whole, None)
    title = reader.read("activity", columns.text, "")
    day = reader.read("day", _day, 0)
    came, went = reader.read("from", _minute, -1), reader.read("to", _minute, -1)
    if any(each.row == reader.row.number for each in reader.problems):
        return None
    if not (name or number) or not title or not day or min(came, went) < 0:
        reader.wrong("", N_("Who, what, the day, from and to are all needed."))
        return None
    meant = members.meant(reader.row.number, name, number)
    if isinstance(meant, Problem):
        reader.problems.append(meant)
        return None
    if title not in activities:
        reader.wrong(
            reader.head("activity"), N_("No activity has this name. Please plan it first.")
        )
        return None
    last = plus_days(day, 1) if went <= came else day
    times = occasions.times(day, came, 1, zone)[0], occasions.times(last, went, 1, zone)[0]
    return Served(reader.row.number, meant, activities[title], *times)


async def _judged(book_id: int, reader: Reader, read: Served, by: int) -> Served | None:
    """Return a row that can be brought in, or None with what speaks against it."""
    shift = await _shift(book_id, read)
    there = shift and await Attendance.get_or_none(
        book_id=book_id, shift_id=shift.id, person_id=read.member.person_id
    )
    if there and there.provenance is Provenance.IMPORTED:
        return Served(read.row, read.member, read.activity, read.came, read.went, known=True)
    try:
        if read.member.person_id == by:
            raise OwnHours
        _refuse_future(read)
        await rules.in_force(book_id, read.came, read.activity.category)
        await refuse_elsewhere(book_id, read.member.person_id, 0, read.came, read.went)
    except CellIsWrong as wrong:
        reader.wrong(reader.head("day"), wrong.says, **wrong.members)
    except NoAwardRule:
        reader.wrong(reader.head("day"), N_("No points rule was in force on that day."))
    except DomainError as refusal:
        reader.wrong(read.member.shown_number, refusal.detail, **refusal.members)
    else:
        return read
    return None


def _refuse_future(read: Served) -> None:
    if read.went > clock.now():
        raise CellIsWrong(N_("This is still to come."))


def _twice(rows: Sequence[Served]) -> list[Problem]:
    """Return the rows that meet an earlier one of the same person within the list."""
    says = N_("These times meet row %(row)s of the same person.")
    found, latest = [], dict[int, Served]()
    for each in sorted(rows, key=lambda each: (each.came, each.row)):
        before = latest.get(each.member.person_id)
        if before is not None and each.came < before.went:
            told = {"row": before.row}
            found.append(Problem(each.row, each.member.shown_number, says, told))
        else:
            latest[each.member.person_id] = each
    return found


async def bring_in(book_id: int, wanted: Plan, by: int, source: str) -> int:
    """Enter the rows of a list that are new, and return how many; each waits for somebody else to verify it.

    `source` says where they stood, such as the name of a file.

    Raises: OwnHours, ReasonIsMissing, NotAMember, AlreadyThere, PresentElsewhere, TimesOverlap.
    """
    people: dict[tuple[int, int, int], int] = {}
    for each in wanted.new:
        place = (each.activity.id, each.came, each.went)
        people[place] = people.get(place, 0) + 1
    for each in wanted.new:
        shift = await _shift(book_id, each)
        if shift is None:
            count = people[each.activity.id, each.came, each.went]
            shift = await shifts.plan_shift(
                book_id, each.activity.id, each.came, each.went, people=count
            )
            await shifts.close_shift(book_id, shift.id)
        times = (each.came, each.went)
        await back_filling.bring_in(book_id, shift.id, each.member.person_id, by, times, source)
    return len(wanted.new)


async def _shift(book_id: int, served: Served) -> Shift | None:
    found = Shift.filter(
        book_id=book_id,
        activity_id=served.activity.id,
        starts_at=served.came,
        ends_at=served.went,
    )
    return await found.exclude(state=ShiftState.CANCELLED).first()


def _day(cell: Cell) -> int:
    """Return a day given as a date or as 2026-11-30, 2026/11/30, 2026.11.30 or 2026年11月30日. Raises: CellIsWrong."""
    if isinstance(cell, datetime | date):
        return from_date(cell)
    said = columns.text(cell).replace("年", "-").replace("月", "-").replace("日", "")
    parts = said.replace("/", "-").replace(".", "-").split("-")
    iso = "-".join(part.strip().zfill(2) for part in parts)
    try:
        return from_date(columns.calendar_day(iso))
    except CellIsWrong as wrong:
        raise CellIsWrong(wrong.says, said=columns.text(cell)[:40]) from None


def _minute(cell: Cell) -> int:
    """Return a time of day (9:30, 09:30, 9点30, or a time) as a minute of the day. Raises: CellIsWrong."""
    if isinstance(cell, datetime | time):
        return cell.hour * 60 + cell.minute
    said = columns.text(cell)
    hour, _, minute = said.replace("：", ":").replace("点", ":").replace("分", "").partition(":")
    if not (hour.isdecimal() and (minute or "0")[:2].isdecimal()):
        raise CellIsWrong(N_("“%(said)s” is not a time. Write 09:30."), said=said[:40])
    found = int(hour) * 60 + int((minute or "0")[:2])
    if int(hour) > 23 or found % 60 != int((minute or "0")[:2]):  # noqa: PLR2004  a clock's face
        raise CellIsWrong(N_("“%(said)s” is not a time. Write 09:30."), said=said[:40])
    return found
