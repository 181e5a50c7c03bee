"""What importing a list would do: who is new, who is a member already, what is wrong, and what has to be asked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kernel.database import Row, fetch
from kernel.errors import N_, Invalid, Refused
from people.columns import Problem
from people.models import Membership
from people.opening_list import Newcomer, OpeningList

MOST_LINES = 32_767  # what the line number of one entry holds
AT_ONCE = 500


class ListHasProblems(Invalid):
    """Nothing is imported from a list in which a row is wrong."""

    slug = "list-has-problems"
    title = N_("The list has mistakes")
    detail = N_("%(count)s cells are wrong. Nothing has been imported; please correct the file.")


class NamesakesUnclear(Refused):
    """A name stands twice, or belongs to a member already: one person or two, somebody has to say."""

    slug = "namesakes-unclear"
    title = N_("Are these different people?")
    detail = N_(
        "%(count)s names stand twice or belong to members already: %(names)s. Give members their numbers, "
        "or say that these are different people. Nothing has been imported."
    )


class ListIsTooLong(Invalid):
    """One entry has room for so many lines."""

    slug = "list-too-long"
    title = N_("The list is too long")
    detail = N_(
        "This list makes %(lines)s lines, one entry has room for %(most)s. Please split the file."
    )


@dataclass(frozen=True, slots=True)
class Namesakes:
    """Rows with one name, and the numbers of members who have it already."""

    name: str
    rows: tuple[int, ...]
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would do: who is a member already (by row), what is wrong, what has to be asked."""

    wanted: OpeningList
    members: dict[int, Membership]
    problems: tuple[Problem, ...]
    namesakes: tuple[Namesakes, ...]
    imported_before: bool


async def plan(book_id: int, wanted: OpeningList) -> Plan:
    """Return what importing a list would do; it changes nothing."""
    before = await paper_of(book_id, wanted) is not None
    members, wrong = await by_number(book_id, wanted.people)
    namesakes = () if before else await _namesakes(book_id, wanted.people, members)
    problems = () if before else (*wanted.problems, *wrong)
    return Plan(wanted, members, problems, tuple(namesakes), before)


def require_clear(planned: Plan, *, namesakes_are_others: bool) -> None:
    """Raises: ListHasProblems, NamesakesUnclear, ListIsTooLong."""
    wanted = planned.wanted
    if planned.problems or not wanted.people:
        raise ListHasProblems(count=len(planned.problems))
    if planned.namesakes and not namesakes_are_others:
        names = ", ".join(each.name for each in planned.namesakes[:5])
        raise NamesakesUnclear(count=len(planned.namesakes), names=names)
    lines = sum(bool(each.points) + bool(each.minutes) for each in wanted.people)
    if lines > MOST_LINES:
        raise ListIsTooLong(lines=lines, most=MOST_LINES)


async def paper_of(book_id: int, wanted: OpeningList) -> Row | None:
    """Return the document of a list that has been taken in, with the number its newcomers begin at."""
    query = "SELECT * FROM opening WHERE book_id = $1 AND digest = $2"
    rows = await fetch(query, book_id, wanted.digest)
    return rows[0] if rows else None


async def by_number(
    book_id: int, people: Sequence[Newcomer]
) -> tuple[dict[int, Membership], list[Problem]]:
    """Return who stands in the list under a number they have, by row, and whose number is somebody else's."""
    wanted = {each.number: each for each in people if each.number is not None}
    found: dict[int, Membership] = {}
    problems = []
    for some in parts(sorted(wanted)):
        members = Membership.filter(book_id=book_id, number__in=some).select_related("person")
        for member in await members:
            newcomer = wanted[member.number]
            if member.person.name == newcomer.name:
                found[newcomer.row] = member
                continue
            says = N_("Number %(number)s belongs to %(name)s.")
            told = {"number": member.number, "name": member.person.masked_name}
            problems.append(Problem(newcomer.row, newcomer.name, says, told))
    return found, problems


def parts(values: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield values a few hundred at a time, as many as a statement takes easily."""
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]


async def _namesakes(
    book_id: int, people: Sequence[Newcomer], members: dict[int, Membership]
) -> list[Namesakes]:
    by_name: dict[str, list[Newcomer]] = {}
    for each in people:
        by_name.setdefault(each.name, []).append(each)
    known: dict[str, list[int]] = {}
    everybody = Membership.filter(book_id=book_id).order_by("number")
    for name, number in await everybody.values_list("person__name", "number"):
        known.setdefault(str(name), []).append(int(number))
    found = []
    for name, rows in by_name.items():
        new = [each for each in rows if each.row not in members]
        if name and new and (len(rows) > 1 or name in known):
            numbers = tuple(known.get(name, ()))
            found.append(Namesakes(name, tuple(each.row for each in rows), numbers))
    return found
