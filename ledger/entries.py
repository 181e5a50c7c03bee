"""Read single journal entries: what they say, what they moved, and which of them are about a document."""

from typing import Any

from kernel.database import fetch
from kernel.errors import NotFound
from ledger.chart import AccountName
from ledger.post import DocumentKey, Line, RequestKey


async def entry_lines(book_id: int, entry_id: int) -> tuple[Line, ...]:
    """Return an entry's lines in order; they never change."""
    rows = await fetch(
        "SELECT t.amount, t.expires_on, t.asset, d.path AS debit, c.path AS credit FROM transfer t "
        "JOIN account d ON d.book_id = t.book_id AND d.id = t.debit_id "
        "JOIN account c ON c.book_id = t.book_id AND c.id = t.credit_id "
        "WHERE t.book_id = $1 AND t.entry_id = $2 ORDER BY t.line",
        *(book_id, entry_id),
    )
    return tuple(
        Line(
            AccountName(row["debit"], row["asset"]),
            AccountName(row["credit"], row["asset"]),
            row["amount"],
            row["expires_on"],
        )
        for row in rows
    )


async def entry(book_id: int, entry_id: int) -> dict[str, Any]:
    """Return a journal entry's columns, its free-text reason and what it was reversed by. Raises: NotFound."""
    rows = await fetch(
        "SELECT e.*, r.reason, u.id AS reversed_by FROM journal_entry e "
        "LEFT JOIN entry_reason r ON r.book_id = e.book_id AND r.entry_id = e.id "
        "LEFT JOIN journal_entry u ON u.book_id = e.book_id AND u.reverses_id = e.id "
        "WHERE e.book_id = $1 AND e.id = $2",
        *(book_id, entry_id),
    )
    if not rows:
        raise NotFound
    return rows[0]


async def entries_of(book_id: int, document_type: str, document_id: int) -> list[dict[str, Any]]:
    """Return every journal entry about one document, oldest first."""
    return await fetch(
        "SELECT * FROM journal_entry WHERE book_id = $1 AND document_id = $3 AND document_type = $2 ORDER BY id",
        *(book_id, document_type, document_id),
    )


async def document_posted(book_id: int, key: RequestKey) -> int | None:
    """Return the document of the entry that a request key posted, or None if it posted none so far."""
    rows = await fetch(
        "SELECT e.document_id FROM idempotency i "
        "JOIN journal_entry e ON e.book_id = i.book_id AND e.id = i.entry_id "
        "WHERE i.book_id = $1 AND i.scope = $2 AND i.key = $3",
        *(book_id, key.scope, key.key),
    )
    return int(rows[0]["document_id"]) if rows else None


async def entry_posted(book_id: int, key: DocumentKey) -> int | None:
    """Return the entry that a document's key posted, or None if it posted none so far."""
    rows = await fetch(
        "SELECT entry_id FROM idempotency WHERE book_id = $1 AND scope = $2 AND key = $3",
        *(book_id, key.scope, key.key),
    )
    return int(rows[0]["entry_id"]) if rows else None
