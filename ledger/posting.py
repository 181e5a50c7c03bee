"""Post a batch, each post once. The only module that writes entries and moves balances.

One path, two ways to read. Without locks: read, decide, and write in one statement that refuses itself unless the
fence, every counter and every document are still as they were read, or as the batch before was expected to leave them.
With locks: the same, after taking them in the one order that keeps two batches from waiting for each other: the fence
of the book, documents by (table, id), balances by id. Keys are looked up last, because by then a rival with the same
key has committed. SQLite's write lock is all locks at once.
"""

import json
from collections.abc import Mapping, Sequence

from kernel.database import Dialect
from kernel.direct import Ask, Rows, Steps, array_of
from kernel.errors import NotFound
from ledger.accounts import Account
from ledger.batch import (
    Answer,
    Decided,
    Earlier,
    Fence,
    KeyName,
    Seen,
    Signed,
    Told,
    decide,
    go_on_from,
    remembered,
)
from ledger.chart import AccountName
from ledger.documents import Facts, read_rows
from ledger.post import Post, Posted
from ledger.tally import Counter, Tally
from ledger.writing import write_rows

Accounts = Mapping[AccountName, Account]

# What a batch rests on, in one statement and so as of one moment: (what, a, b, c, d, e, words).
BALANCE, LOT, BOOK, KEY, REVERSED = range(5)
READ = """
SELECT {balance} AS what, account_id AS a, debits AS b, credits AS c, version AS d, closed AS e, NULL AS words
FROM balance WHERE book_id = $1 AND account_id {in_accounts}
UNION ALL SELECT {lot}, account_id, debits, credits, expires_on, 0, NULL
FROM lot_balance WHERE book_id = $1 AND account_id {in_lots} AND credits > debits
UNION ALL SELECT {book}, closed_until, read_only, 0, 0, 0, zone FROM book WHERE id = $1
UNION ALL SELECT {key}, k.place, 0, 0, 0, 0, NULL FROM {keys}
"""
READ_REVERSED = """
UNION ALL SELECT {reversed}, id, 0, 0, 0, 0, NULL FROM journal_entry
WHERE book_id = $1 AND id {in_entries} AND reverses_id IS NOT NULL
UNION ALL SELECT {reversed}, reverses_id, 0, 0, 0, 0, NULL FROM journal_entry
WHERE book_id = $1 AND reverses_id {in_entries}
"""
WORDS: dict[Dialect, dict[str, str]] = {
    "postgresql": {
        "in_accounts": "= ANY($2::text::bigint[])",
        "in_lots": "= ANY($3::text::bigint[])",
        "keys": "unnest($4::text::text[], $5::text::text[]) WITH ORDINALITY AS k (scope, key, place) "
        "JOIN idempotency i ON i.book_id = $1 AND i.scope = k.scope AND i.key = k.key",
        "in_entries": "= ANY($6::text::bigint[])",
    },
    "sqlite": {
        "in_accounts": "IN (SELECT value FROM json_each($2))",
        "in_lots": "IN (SELECT value FROM json_each($3))",
        # Pairs of scope and key; CROSS JOIN keeps the planner from reading every key there ever was.
        "keys": "(SELECT key + 1 AS place, json_extract(value, '$[0]') AS scope, json_extract(value, '$[1]') AS key "
        "FROM json_each($4)) k CROSS JOIN idempotency i ON i.book_id = $1 AND i.scope = k.scope AND i.key = k.key",
        "in_entries": "IN (SELECT value FROM json_each($5))",
    },
}
NUMBERS = {"balance": BALANCE, "lot": LOT, "book": BOOK, "key": KEY, "reversed": REVERSED}
READS = {each: READ.format(**NUMBERS, **words) for each, words in WORDS.items()}
READS_REVERSED = {
    each: READS[each] + READ_REVERSED.format(**NUMBERS, **words) for each, words in WORDS.items()
}

EARLIER = (
    "SELECT i.fingerprint, i.refusal, e.id, e.document_id, e.posted_at, e.booked_on, e.leaf FROM idempotency i "
    "LEFT JOIN journal_entry e ON e.book_id = i.book_id AND e.id = i.entry_id "
    "WHERE i.book_id = $1 AND i.scope = $2 AND i.key = $3"
)


def fence_of(book_id: int) -> str:
    """Return the statement that keeps a book from being closed until the commit; others may post meanwhile."""
    return f"SELECT id FROM book WHERE id = {int(book_id)} FOR KEY SHARE"


def needs_locks(post: Post) -> bool:
    """Say whether a post rests on what nothing would guard at its writing: that no reversal has come in between."""
    return post.reverses_id is not None


def decide_batch(
    book_id: int,
    posts: Sequence[Signed],
    accounts: Accounts,
    dialect: Dialect,
    *,
    locked: bool,
    before: Decided | None = None,
) -> Steps[Decided]:
    """Read what posts of one book rest on, and decide them: on what `before` will leave behind, if it is given.

    Without locks a post that would be refused, or met a defect, is left unanswered (None): it asks for locks. Raises:
    NotFound, and whatever the database says.
    """
    floored = sorted(account.id for account in accounts.values() if account.floored)
    wanted = {fact for each in posts for fact in each.post.facts}
    facts: Facts = {}
    if locked or wanted:
        facts = yield from read_rows(book_id, wanted, dialect, floored if locked else None)
    seen = yield from _read(book_id, posts, accounts, floored, dialect)
    seen.facts, seen.locked = facts, locked or dialect == "sqlite"
    if before:
        go_on_from(before, seen)
    return Decided(decide(posts, seen), seen)


def write_batch(decided: Decided, dialect: Dialect) -> Steps[list[Answer]]:
    """Write what was decided, and return the answers in turn. Raises what the database says: nothing was written."""
    if decided.outcome.writes:
        yield from write_rows(decided.outcome, decided.left, dialect)
    return decided.outcome.answers


def post_batch(
    book_id: int, posts: Sequence[Signed], accounts: Accounts, dialect: Dialect
) -> Steps[list[Answer]]:
    """Decide posts of one book under locks and write them, in one talk and one transaction."""
    decided = yield from decide_batch(book_id, posts, accounts, dialect, locked=True)
    return (yield from write_batch(decided, dialect))


def _read(
    book_id: int, posts: Sequence[Signed], accounts: Accounts, floored: list[int], dialect: Dialect
) -> Steps[Seen]:
    with_lots = [account.id for account in accounts.values() if account.kept.lots]
    keys = [(each.post.key.scope, each.post.key.key) for each in posts]
    reverses = [each.post.reverses_id for each in posts if each.post.reverses_id is not None]
    sql = (READS_REVERSED if reverses else READS)[dialect]
    arrays: list[str] = []
    if dialect == "postgresql":
        scopes, names = zip(*keys, strict=True)
        arrays += [array_of("bigint", floored), array_of("bigint", with_lots)]
        arrays += [array_of("text", scopes), array_of("text", names)]
        arrays += [array_of("bigint", reverses)] if reverses else []
    else:
        lists = (floored, with_lots, keys, reverses) if reverses else (floored, with_lots, keys)
        arrays += map(json.dumps, lists)
    rows = yield Ask(sql, (book_id, *arrays))
    answered = {keys[row[1] - 1] for row in rows if row[0] == KEY}
    earlier = yield from _earlier(book_id, answered)
    return _seen(book_id, rows, accounts, earlier)


def _seen(book_id: int, rows: Rows, accounts: Accounts, earlier: dict[KeyName, Earlier]) -> Seen:
    fence: Fence | None = None
    tally = Tally(accounts, {}, {})
    sides = {account.id: account.kept.side for account in accounts.values()}
    reversed_ids: set[int] = set()
    for what, a, b, c, d, e, words in rows:
        if what == BALANCE:
            tally.counters[a] = Counter(b, c, sides[a], d, bool(e))
        elif what == LOT:
            tally.lots.setdefault(a, {})[d] = Counter(b, c)
        elif what == BOOK:
            fence = Fence(a, bool(b), words)
        elif what == REVERSED:
            reversed_ids.add(a)
    if fence is None:
        raise NotFound
    return Seen(
        book_id=book_id,
        fence=fence,
        tally=tally,
        facts={},
        earlier=earlier,
        reversed=reversed_ids,
        locked=False,
    )


def _earlier(book_id: int, names: set[KeyName]) -> Steps[dict[KeyName, Earlier]]:
    """Return what keys answered; a key's answer never changes."""
    earlier = {}
    for scope, key in names:
        for row in (yield Ask(EARLIER, (book_id, scope, key))):
            answer: Posted | Told
            if row["refusal"] is None:
                said = {name: row[name] for name in ("document_id", "posted_at", "booked_on")}
                answer = Posted(row["id"], leaf=bytes(row["leaf"]), **said)
            else:
                answer = Told(remembered(row["refusal"]))
            earlier[scope, key] = Earlier(bytes(row["fingerprint"]), answer)
    return earlier
