"""Read a list of who is to be granted how many points, and find the people it means: by number, or by a single name."""

from collections.abc import Sequence
from dataclasses import dataclass

from kernel.errors import N_
from kernel.tables import Row
from ledger.grants import GrantList, refusals
from people import columns
from people.columns import Problem, Reader, under_heads
from people.models import Membership
from people.opening_list import KNOWN as MEMBERS
from people.roster import active

KNOWN = {
    "name": MEMBERS["name"],
    "number": MEMBERS["number"],
    "points": MEMBERS["points"] | {"奖励积分", "发放积分", "增加积分"},
}


@dataclass(frozen=True, slots=True)
class Granted:
    """One row: a member, and the points they are to get."""

    row: int
    member: Membership
    points: int


@dataclass(frozen=True, slots=True)
class Found:
    """What a file means: its rows with the members found, and what is wrong."""

    rows: tuple[Granted, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Members:
    """Members by number and by name; a name that several have means nobody."""

    by_number: dict[int, list[Membership]]
    by_name: dict[str, list[Membership]]

    def meant(self, row: int, name: str, number: int | None) -> Membership | Problem:
        """Return whom a row means, by number or by a single name, or why that cannot be said."""
        fits = self.by_number.get(number, []) if number else self.by_name.get(name, [])
        if len(fits) == 1 and name in ("", fits[0].person.name):
            return fits[0]
        column = str(number or name)
        if len(fits) > 1:
            numbers = ", ".join(member.shown_number for member in fits)
            says = N_("Several members have this name; give the number: %(numbers)s.")
            return Problem(row, column, says, {"numbers": numbers})
        if fits:
            told = {"number": number, "name": fits[0].person.masked_name}
            return Problem(row, column, N_("Number %(number)s belongs to %(name)s."), told)
        return Problem(row, column, N_("Nobody here has this name or number."))


@dataclass(frozen=True, slots=True)
class _Listed:
    row: int
    name: str
    number: int | None
    points: int


async def find_people(book_id: int, rows: Sequence[Row]) -> Found:
    """Return the members that a list means.

    Raises:
        HeadsAreMissing
    """
    table = under_heads(rows, KNOWN, ("points",))
    problems: list[Problem] = []
    listed = [_listed(Reader(table, row, problems)) for row in table.rows]
    wrong = {problem.row for problem in problems}
    members = await known_members(book_id)
    found = []
    for each in listed:
        if each.row in wrong:
            continue
        meant = members.meant(each.row, each.name, each.number)
        if isinstance(meant, Problem):
            problems.append(meant)
        else:
            found.append(Granted(each.row, meant, each.points))
    return Found(tuple(found), tuple(sorted(problems, key=lambda problem: problem.row)))


def _listed(reader: Reader) -> _Listed:
    name = reader.read("name", columns.text, "")
    number = reader.read("number", columns.whole, None)
    if not name and not number:
        reader.wrong("", N_("A name or a number is missing."))
    points = reader.read("points", columns.whole, 0)
    if not points and not any(found.row == reader.row.number for found in reader.problems):
        reader.wrong(reader.head("points"), N_("The points are missing."))
    return _Listed(reader.row.number, name, number, points)


async def known_members(book_id: int) -> Members:
    """Return the members of a community, to be found by what a list says of them."""
    found = Members({}, {})
    for member in await active(book_id):
        found.by_number.setdefault(member.number, []).append(member)
        found.by_name.setdefault(member.person.name, []).append(member)
    return found


def problems_of(wanted: GrantList, rows: Sequence[Granted]) -> list[Problem]:
    """Return what a list of grants would be refused for, by row."""
    return [
        Problem(rows[place].row, rows[place].member.shown_number, refusal.detail, refusal.members)
        for place, refusal in refusals(wanted).items()
    ]
