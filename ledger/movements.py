"""The two ways to an account's lines by the day they are booked on: through its own index, or through the days.

A volunteer has some hundred lines, and reading them all is quickest. An account with many lines, or without versions,
is reached through the days, so that nobody reads all of its history for one month. Which way is taken is said in the
SQL itself (SQLite keeps the order of a CROSS JOIN): a plan made for one account is kept for the next, and may not fit.
"""

from collections.abc import Mapping
from typing import Any

FEW_LINES = 2_000

# The last block total of an account `a`: the primary key backwards, however many blocks there are.
LAST_TOTAL = (
    "COALESCE((SELECT l.{0} FROM block_total l WHERE l.book_id = a.book_id AND l.account_id = a.id "
    "ORDER BY l.block_number DESC LIMIT 1), 0)"
)

# What a statement tells of a line `p`: its entry, and the other account, whose asset is the same. Each is looked up by
# its key: a plan that reads all accounts to find fifty grows with the book.
LINE_COLUMNS = (
    "e.kind, e.occurred_at, e.booked_on, e.posted_at, e.document_type, e.document_id, e.reason_code, "
    "(SELECT o.path FROM account o WHERE o.book_id = $1 AND o.id = p.other_id) AS other_path"
)
LINE_JOIN = "LEFT JOIN journal_entry e ON e.book_id = $1 AND e.id = p.entry_id"

# Rows of account $2 booked after $3 and on or before $4; `moved` is credits positive.
OWN_LINES = """
SELECT o.*, e.booked_on FROM (
    SELECT entry_id, line, credit_id AS other_id, -amount AS moved, expires_on, debit_version AS version
    FROM transfer WHERE book_id = $1 AND debit_id = $2 AND debit_version IS NOT NULL
    UNION ALL
    SELECT entry_id, line, debit_id, amount, expires_on, credit_version
    FROM transfer WHERE book_id = $1 AND credit_id = $2 AND credit_version IS NOT NULL
) o CROSS JOIN journal_entry e
WHERE e.book_id = $1 AND e.id = o.entry_id AND e.booked_on > $3 AND e.booked_on <= $4
"""
LINES_OF_DAYS = """
SELECT t.entry_id, t.line, CASE WHEN t.debit_id = $2 THEN t.credit_id ELSE t.debit_id END AS other_id,
    CASE WHEN t.debit_id = $2 THEN -t.amount ELSE t.amount END AS moved, t.expires_on,
    CASE WHEN t.debit_id = $2 THEN t.debit_version ELSE t.credit_version END AS version, e.booked_on
FROM journal_entry e CROSS JOIN transfer t
WHERE e.book_id = $1 AND e.booked_on > $3 AND e.booked_on <= $4
    AND t.book_id = $1 AND t.entry_id = e.id AND (t.debit_id = $2 OR t.credit_id = $2)
"""


def has_few_lines(facts: Mapping[str, Any]) -> bool:
    """Say whether an account's own index is the short way to its lines."""
    return bool(facts["floored"]) and facts["version"] <= FEW_LINES


def booked_lines(*, few: bool) -> str:
    """Return the query for the lines of account $2 of book $1 booked after $3 and on or before $4."""
    return OWN_LINES if few else LINES_OF_DAYS
