"""Tie every approval to the entry that came of it: what two persons agreed was posted once, in both their names."""

from dataclasses import dataclass

from kernel.database import Row, fetch
from kernel.errors import N_
from ledger.checks import Finding
from people import roster
from people.approval_rules import digest_of
from people.approvals import Act, Approval
from people.masks import masked_name

UNLIKE = """
SELECT a.id, e.id AS entry_id FROM approval a
LEFT JOIN idempotency i ON i.book_id = a.book_id AND i.scope = 'document' AND i.key = 'approval:' || a.id
LEFT JOIN journal_entry e ON e.book_id = i.book_id AND e.id = i.entry_id
WHERE a.book_id = $1 AND a.act IN (
    'adjustment', 'debt_write_off', 'goods_return', 'goods_exchange', 'settlement_lock', 'stock_write_off',
    'use_correction', 'company_change') AND (
    (e.id IS NOT NULL) <> (COALESCE(a.outcome, '') IN ('approved', 'unopposed'))
    OR e.actor_id <> a.made_by OR COALESCE(e.approver_id, 0) <> COALESCE(a.decided_by, 0) AND e.id IS NOT NULL
) ORDER BY a.id
"""
ALONE = """
SELECT id FROM journal_entry WHERE book_id = $1 AND kind = 'POINTS_ADJUSTED' AND document_type <> 'approval'
ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Approved:
    """A request with the masked names of who asked, and of who approved it (empty: nobody objected)."""

    request: Approval
    maker: str
    checker: str


async def approved(book_id: int, request_id: int) -> Approved | None:
    """Return what an entry rests on that two persons agreed, or None if it is not there."""
    found = await Approval.get_or_none(book_id=book_id, id=request_id)
    if found is None:
        return None
    names = await roster.names(book_id, [found.made_by, found.decided_by or 0])
    masked = {person_id: masked_name(name) for person_id, name in names.items()}
    return Approved(found, masked.get(found.made_by, ""), masked.get(found.decided_by or 0, ""))


async def approvals(book_id: int) -> list[Finding]:
    """Return every approval and entry that do not say the same, and every request that is not what was asked."""
    return [
        *[_unlike(row) for row in await fetch(UNLIKE, book_id)],
        *[_alone(row) for row in await fetch(ALONE, book_id)],
        *[
            _changed(row)
            for row in await fetch(
                "SELECT id, act, payload, digest FROM approval WHERE book_id = $1 ORDER BY id",
                book_id,
            )
            if digest_of(Act(row["act"]), row["payload"]) != row["digest"]
        ],
    ]


def _unlike(row: Row) -> Finding:
    words = N_("Approval %(document)s and its entry do not say the same")
    return Finding("documents", words, {"document": row["id"]}, entry_id=row["entry_id"])


def _alone(row: Row) -> Finding:
    words = N_("Entry %(entry)s puts points right without an approval")
    return Finding("documents", words, {"entry": row["id"]}, entry_id=row["id"])


def _changed(row: Row) -> Finding:
    words = N_("Approval %(document)s is not what was asked for: its fingerprint is another")
    return Finding("documents", words, {"document": row["id"]})
