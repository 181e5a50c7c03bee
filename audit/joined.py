"""Records that were joined: their papers keep the old name, and what moves for them moves in the surviving accounts."""

from collections.abc import Mapping
from dataclasses import dataclass

from kernel.database import Row, fetch
from kernel.errors import N_
from ledger.checks import Finding

JOININGS = (
    "SELECT person_id, other_id, recorded_at, reversed_at FROM life_event "
    "WHERE book_id = $1 AND kind = 'merged' AND other_id IS NOT NULL ORDER BY recorded_at, id"
)
UNLIKE = """
SELECT m.id, m.number, m.joined_into, e.other_id FROM membership m
LEFT JOIN life_event e ON e.book_id = m.book_id AND e.person_id = m.person_id AND e.kind = 'merged'
    AND e.reversed_at IS NULL
WHERE m.book_id = $1 AND COALESCE(m.joined_into, 0) <> COALESCE(e.other_id, 0) ORDER BY m.id
"""
LEFT_BEHIND = """
SELECT m.number, a.path FROM membership m
JOIN account a ON a.book_id = m.book_id AND a.path IN ('volunteer:' || m.person_id || ':points',
    'volunteer:' || m.person_id || ':points-pending', 'volunteer:' || m.person_id || ':points-owed',
    'volunteer:' || m.person_id || ':minutes')
JOIN balance b ON b.book_id = a.book_id AND b.account_id = a.id
WHERE m.book_id = $1 AND m.joined_into IS NOT NULL AND b.debits <> b.credits ORDER BY m.number, a.path
"""


@dataclass(frozen=True, slots=True)
class Joinings:
    """Every joining there ever was, the first first, those that were taken back included."""

    events: tuple[Row, ...]
    one_of: Mapping[int, int]  # a record of each person, the same for all that were ever joined

    def folded(self, path: str) -> str:
        """Return the path of an account under one name for all records that were ever joined."""
        whose, _, rest = path.partition(":")
        if whose != "volunteer" or not self.one_of:
            return path
        who, _, what = rest.partition(":")
        return f"volunteer:{self.one_of.get(int(who), int(who))}:{what}"

    def led_on(self, person_id: int, path: str, at: int) -> bool:
        """Say whether a person's record led to the owner of an account at a moment."""
        leads = {person_id}
        for _ in self.events:
            leads |= {
                each["other_id"]
                for each in self.events
                if each["person_id"] in leads
                and each["recorded_at"] <= at
                and (each["reversed_at"] is None or at <= each["reversed_at"])
            }
        return any(path.startswith(f"volunteer:{who}:") for who in leads)


async def joinings(book_id: int) -> Joinings:
    """Return the joinings of a book."""
    events = tuple(await fetch(JOININGS, book_id))
    one_of: dict[int, int] = {}
    for each in events:
        old, new = each["person_id"], each["other_id"]
        was, now = one_of.get(old, old), one_of.get(new, new)
        one_of |= {who: now for who, same in one_of.items() if same == was} | {old: now, was: now}
    return Joinings(events, one_of)


async def joined(book_id: int) -> list[Finding]:
    """Return memberships that do not say what their record was joined into, and what was left behind there."""
    unlike = N_("Member %(number)s does not say what their record was joined with")
    behind = N_("The record of member %(number)s was joined with another and still holds %(path)s")
    return [
        *[
            Finding("documents", unlike, {"number": row["number"]})
            for row in await fetch(UNLIKE, book_id)
        ],
        *[Finding("documents", behind, dict(row)) for row in await fetch(LEFT_BEHIND, book_id)],
    ]
