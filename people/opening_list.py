"""Read a list of members with what they bring along: points with their month, and service time."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from kernel.errors import N_
from kernel.tables import Cell, Row
from people import columns
from people.columns import CellIsWrong, Problem, Reader, under_heads
from people.naming import folded_flat, folded_name, folded_phone
from people.registration import LAST_NUMBER

# Heads as they are found: folded, in lower case, without blanks and signs.
KNOWN = {
    "name": frozenset({"姓名", "名字", "志愿者", "志愿者姓名", "居民姓名", "name"}),
    "phone": frozenset({"手机", "手机号", "手机号码", "电话", "联系电话", "phone", "mobile"}),
    "flat": frozenset({"房号", "门牌", "门牌号", "住址", "地址", "楼栋房号", "flat", "address"}),
    "number": frozenset({"编号", "号码", "会员号", "志愿者编号", "number", "no"}),
    "points": frozenset({"积分", "积分余额", "期初积分", "现有积分", "剩余积分", "points"}),
    "expires": frozenset({"到期月", "到期月份", "有效期", "有效期至", "积分有效期", "expires", "expirymonth"}),
    "minutes": frozenset({"服务分钟", "分钟", "时长分钟", "服务时长分钟", "minutes"}),
    "hours": frozenset({"服务小时", "小时", "时长小时", "服务时长小时", "服务时长", "hours"}),
}  # fmt: skip
# The heads of the template, Chinese and English, in order; with one example.
TEMPLATE = (
    ("姓名", "name", "王秀兰"),
    ("手机", "phone", "10000001234"),
    ("房号", "flat", "3-2-501"),
    ("编号", "number", ""),
    ("积分", "points", 120),
    ("到期月", "expires", "2027-06"),
    ("服务分钟", "minutes", 720),
)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """One row: a person, and what they bring. `expires_on` is None where the list leaves it to the rule.

    `number` is the short number they have or shall have, or None for the next free one.
    """

    row: int
    name: str
    phone: str
    flat: str
    number: int | None
    points: int
    expires_on: int | None
    minutes: int


@dataclass(frozen=True, slots=True)
class OpeningList:
    """What a file says, and what is wrong with it."""

    people: tuple[Newcomer, ...]
    problems: tuple[Problem, ...]

    @property
    def digest(self) -> str:
        """Return what makes a list the same list, however it was saved: its people and amounts, in order."""
        said = [astuple(each)[1:] for each in self.people]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()

    @property
    def points(self) -> int:
        """Return the points of all."""
        return sum(each.points for each in self.people)

    @property
    def minutes(self) -> int:
        """Return the service time of all, in minutes."""
        return sum(each.minutes for each in self.people)


def read_list(rows: Sequence[Row], today: int, expires_by_rule: int | None) -> OpeningList:
    """Return the people of a list; points without a month need a rule that gives one.

    Raises:
        HeadsAreMissing
    """
    table = under_heads(rows, KNOWN, ("name",))
    problems: list[Problem] = []
    people = [_newcomer(Reader(table, row, problems), today, expires_by_rule) for row in table.rows]
    numbers: dict[int, int] = {}
    for each in people:
        if each.number in numbers:
            says = N_("Number %(number)s stands in row %(row)s too.")
            members = {"number": each.number, "row": numbers[each.number]}
            problems.append(Problem(each.row, table.heads["number"][1], says, members))
        elif each.number is not None:
            numbers[each.number] = each.row
    return OpeningList(tuple(people), tuple(sorted(problems, key=lambda found: found.row)))


def _newcomer(reader: Reader, today: int, expires_by_rule: int | None) -> Newcomer:
    name = reader.read("name", lambda cell: folded_name(columns.text(cell)), "")
    if not name and not any(found.row == reader.row.number for found in reader.problems):
        reader.wrong(reader.head("name"), N_("The name is missing."))
    points = reader.read("points", columns.whole, 0)
    expires_on = reader.read("expires", lambda cell: _not_over(columns.month(cell), today), None)
    if points and expires_on is None and expires_by_rule is None:
        reader.wrong(reader.head("points"), N_("Say until which month these points are good."))
    return Newcomer(
        row=reader.row.number,
        name=name,
        phone=reader.read("phone", lambda cell: folded_phone(columns.text(cell)), ""),
        flat=reader.read("flat", lambda cell: folded_flat(columns.text(cell)), ""),
        number=reader.read("number", _short_number, None),
        points=points,
        expires_on=expires_on,
        minutes=reader.read("minutes", columns.whole, 0)
        + reader.read("hours", columns.minutes_of_hours, 0),
    )


def _not_over(day: int, today: int) -> int | None:
    if day < today:
        raise CellIsWrong(N_("This month is over: these points would be gone at once."))
    return day


def _short_number(cell: Cell) -> int | None:
    found = columns.whole(cell)
    if not 1 <= found <= LAST_NUMBER:
        raise CellIsWrong(N_("A member number is between 1 and %(most)s."), most=LAST_NUMBER)
    return found
