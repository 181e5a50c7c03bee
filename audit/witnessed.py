"""Prove again that somebody or something besides the volunteer speaks for hours served without an organiser."""

from kernel.database import fetch
from kernel.errors import N_
from ledger.checks import Finding

# Each finds verified attendances that should not be.
WRONG = (
    (
        N_("Attendance %(attendance)s: no one card was shown at both of its ends"),
        (
            "a.provenance = 'twoended' AND NOT EXISTS ("
            "SELECT 1 FROM witness i JOIN witness o ON o.book_id = i.book_id AND o.attendance_id = i.attendance_id "
            "AND o.card_id = i.card_id WHERE i.book_id = a.book_id AND i.attendance_id = a.id "
            "AND i.about = 'in' AND o.about = 'out' AND i.said_at = a.checked_in_at AND o.said_at = a.checked_out_at)"
        ),
    ),
    (
        N_("Attendance %(attendance)s: nobody but the volunteer speaks for it"),
        (
            "s.on_call AND a.provenance IN ('reported', 'autoclosed') AND NOT EXISTS ("
            "SELECT 1 FROM witness w LEFT JOIN service_card c ON c.book_id = w.book_id AND c.id = w.card_id "
            "WHERE w.book_id = a.book_id AND w.attendance_id = a.id AND (w.about = 'whole' "
            "OR (w.about = 'out' AND c.kind = 'person')))"
        ),
    ),
    (
        N_("Attendance %(attendance)s: who saw the leader come or go also verified it"),
        (
            "EXISTS (SELECT 1 FROM witness w WHERE w.book_id = a.book_id AND w.attendance_id = a.id "
            "AND w.how = 'member' AND w.teller_id = a.verifier_id)"
        ),
    ),
    (
        N_("Attendance %(attendance)s: it rests on the volunteer's own card"),
        (
            "EXISTS (SELECT 1 FROM witness w JOIN service_card c ON c.book_id = w.book_id AND c.id = w.card_id "
            "WHERE w.book_id = a.book_id AND w.attendance_id = a.id AND c.person_id = a.person_id)"
        ),
    ),
)
VERIFIED = """
SELECT a.id FROM attendance a JOIN shift s ON s.book_id = a.book_id AND s.id = a.shift_id
WHERE a.book_id = $1 AND a.state = 'verified' AND {wrong} ORDER BY a.id
"""


async def witnessed(book_id: int) -> list[Finding]:
    """Return every verified attendance that lacks the witness it needs, or has one that it may not have."""
    return [
        Finding("awards", words, {"attendance": row["id"]})
        for words, wrong in WRONG
        for row in await fetch(VERIFIED.format(wrong=wrong), book_id)
    ]
