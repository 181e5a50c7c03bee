"""What moves for a record that was joined with another one moves in the surviving one's accounts.

Papers keep the name they were written in. A decision need not know: it sees the surviving purse, debt and hours in the
place of those that its papers name, and its lines are led there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from kernel.database import Row, dialect, fetch
from kernel.listing import among, as_list
from ledger.chart import AccountName
from ledger.desk import post
from ledger.post import Balances, Change, Decision, Fact, Facts, Line, Post, Posted
from people.household_errors import JoinedMeanwhile, RecordIsClosed

MEMBERSHIP = "membership"
Rows = Mapping[int, Row]


async def post_for_survivors(asked: Post) -> Posted:
    """Post for whom the records belong to now. Raises: JoinedMeanwhile, and what the post is refused for."""
    [led_on] = await for_survivors([asked])
    return await post(led_on)


async def for_survivors(posts: Sequence[Post]) -> list[Post]:
    """Return posts of one book that move for whom their persons' records belong to now.

    If one of them is joined with another while its post waits, it is refused with JoinedMeanwhile.
    """
    if not posts:
        return []
    people = {who for asked in posts for name in asked.accounts if (who := owner(name))}
    rows = await _rows(posts[0].book_id, people)
    return [_led_on(asked, rows) for asked in posts]


def _led_on(asked: Post, rows: Rows) -> Post:
    led = {name: to for name in asked.accounts if (to := _led(name, rows)) != name}
    steps = {
        Fact(MEMBERSHIP, rows[who]["id"]): rows[who]["joined_into"]
        for name in asked.accounts
        for who in _steps(owner(name), rows)
    }

    def decide(facts: Facts, balances: Balances) -> Decision:
        if any(facts[fact]["joined_into"] != into for fact, into in steps.items()):
            raise JoinedMeanwhile
        seen = {name: balances[to] for name, to in led.items() if to in balances}
        decision = asked.decide(facts, {**balances, **seen})
        return replace(decision, lines=tuple(_line(line, led) for line in decision.lines))

    return replace(
        asked,
        facts=(*asked.facts, *steps),
        accounts=tuple(dict.fromkeys(led.get(name, name) for name in asked.accounts)),
        decide=decide,
    )


def owner(name: AccountName) -> int | None:
    """Return the person whose account this is, or None for an account of nobody's."""
    whose, _, rest = name.path.partition(":")
    return int(rest.partition(":")[0]) if whose == "volunteer" else None


async def _rows(book_id: int, people: Iterable[int]) -> Rows:
    """Return the membership of some people, and of everybody whom their records lead to, by person."""
    found: dict[int, Row] = {}
    todo = set(people)
    while todo:
        rows = await fetch(
            "SELECT id, person_id, joined_into FROM membership "  # noqa: S608  a place of ours
            f"WHERE book_id = $1 AND person_id {among(dialect(), 2)}",
            *(book_id, as_list(dialect(), sorted(todo))),
        )
        found |= {row["person_id"]: row for row in rows}
        todo = {row["joined_into"] for row in rows} - found.keys() - {None}
    return found


def _steps(who: int | None, rows: Rows) -> list[int]:
    """Return a person and, one after the other, whom the record leads to."""
    steps: list[int] = []
    while who is not None and who in rows and who not in steps:
        steps.append(who)
        who = rows[who]["joined_into"]
    return steps


def _led(name: AccountName, rows: Rows) -> AccountName:
    steps = _steps(owner(name), rows)
    if len(steps) <= 1:
        return name
    mine, theirs = f"volunteer:{steps[0]}:", f"volunteer:{steps[-1]}:"
    return name._replace(path=name.path.replace(mine, theirs, 1))


def _line(line: Line, led: Mapping[AccountName, AccountName]) -> Line:
    return line._replace(
        debit=led.get(line.debit, line.debit), credit=led.get(line.credit, line.credit)
    )


def joins(old: Fact, into: int | None) -> Change:
    """Return what a joining writes on the membership of the record that ends; with None it goes on by itself."""
    return Change(old.table, old.id, {"joined_into": into})


def require_apart(facts: Facts, *members: Fact) -> None:
    """Refuse to join what was joined this very moment. Raises: RecordIsClosed."""
    if any(facts[each]["joined_into"] is not None for each in members):
        raise RecordIsClosed
