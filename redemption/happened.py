"""What happened with a member's points, read from their statement: everything but what service brought them.

Nothing is written when it happens, so an exchange at the counter is not a row slower; only how far a member has read is
kept. A voucher that is used and goods that are collected move nothing of the purse, so their own entries stand beside
the statement's.
"""

from dataclasses import dataclass, replace

from kernel import clock
from kernel.database import Row, fetch, transaction
from kernel.errors import NotFound
from ledger import chart
from ledger.accounts import find_accounts
from ledger.kinds import Kind
from ledger.statements import StatementLine, statement
from redemption.notice_papers import SeenMark

LOOKS_BACK = 90 * clock.DAY
MOST, LINES = 40, 200
# What service and the office bring is good news, which the statement tells; this is about what somebody did.
EARNED = frozenset(
    {
        Kind.OPENING_BALANCE,
        Kind.HOURS_EARNED,
        Kind.NOTICE_ENDED,
        Kind.BONUS_GIVEN,
        Kind.POINTS_GRANTED,
    }
)
BESIDE = """
SELECT e.id, e.kind, e.actor_id, e.occurred_at, e.document_type, e.document_id, 0 AS points, u.amount_fen AS fen
FROM voucher v JOIN voucher_use u ON u.book_id = v.book_id AND u.voucher_id = v.id
JOIN journal_entry e ON e.book_id = u.book_id AND e.document_id = u.id AND e.document_type = 'voucher_use'
WHERE v.book_id = $1 AND v.person_id = $2 AND e.occurred_at >= $3
UNION ALL
SELECT e.id, e.kind, e.actor_id, e.occurred_at, e.document_type, e.document_id, r.points_total, 0
FROM reservation v JOIN redemption r ON r.book_id = v.book_id AND r.id = v.redemption_id
JOIN journal_entry e ON e.book_id = r.book_id AND e.document_id = r.id AND e.document_type = 'redemption'
WHERE v.book_id = $1 AND v.person_id = $2 AND e.occurred_at >= $3 AND e.kind = 'HOLD_CAPTURED'
ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Happening:
    """One event about a member's points: what the purse had of it, or the points or fen that moved beside the purse."""

    entry_id: int
    kind: Kind
    at: int
    paper: tuple[str, int]
    points: int
    fen: int = 0
    is_new: bool = False


async def happened(book_id: int, person_id: int) -> list[Happening]:
    """Return what happened with somebody's points in the last 90 days, latest first, 40 at most."""
    since = clock.now() - LOOKS_BACK
    own = await _of_purse(book_id, person_id, since)
    for row in await fetch(BESIDE, book_id, person_id, since):
        own[row["id"]] = _beside(row)
    mark = await SeenMark.get_or_none(book_id=book_id, person_id=person_id)
    seen = mark.entry_id if mark else 0
    latest = sorted(own.values(), key=lambda each: (each.at, each.entry_id), reverse=True)[:MOST]
    return [replace(each, is_new=each.entry_id > seen) for each in latest]


async def one(book_id: int, person_id: int, entry_id: int) -> Happening:
    """Return one of those events. Raises: NotFound, also for what is somebody else's."""
    for each in await happened(book_id, person_id):
        if each.entry_id == entry_id:
            return each
    raise NotFound


async def mark_seen(book_id: int, person_id: int, entry_id: int) -> None:
    """Keep that somebody has read up to an event; what was read stays read. Raises: NotFound."""
    await one(book_id, person_id, entry_id)
    async with transaction():
        mark, made = await SeenMark.get_or_create(
            book_id=book_id,
            person_id=person_id,
            defaults={"entry_id": entry_id, "seen_at": clock.now()},
        )
        if not made:
            later = SeenMark.filter(book_id=book_id, id=mark.id, entry_id__lt=entry_id)
            await later.update(entry_id=entry_id, seen_at=clock.now())


async def _of_purse(book_id: int, person_id: int, since: int) -> dict[int, Happening]:
    name = chart.purse(person_id)
    opened = (await find_accounts(book_id, [name])).get(name)
    if opened is None:
        return {}
    found: dict[int, Happening] = {}
    for line in (await statement(book_id, opened.id, limit=LINES)).lines:
        if Kind(line.kind) in EARNED or line.occurred_at < since:
            continue
        before = found.get(line.entry_id)
        found[line.entry_id] = _of_line(line, before.points if before else 0)
    return found


def _of_line(line: StatementLine, more: int) -> Happening:
    paper = (line.document_type, line.document_id)
    return Happening(line.entry_id, Kind(line.kind), line.occurred_at, paper, line.amount + more)


def _beside(row: Row) -> Happening:
    paper = (row["document_type"], row["document_id"])
    kind, fen = Kind(row["kind"]), int(row["fen"])
    return Happening(row["id"], kind, row["occurred_at"], paper, int(row["points"]), fen)
