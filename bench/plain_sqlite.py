"""The baseline on SQLite: a plain sqlite3 loop that commits every post, with the statements one would write by hand.

A program of its own, so that it shares neither processor nor interpreter lock with ours:
`python -m bench.plain_sqlite FILE '{"book": …, "payable": …, "settling": …, "accounts": …, "seconds": …}'`.
"""

import hashlib
import json
import random
import sqlite3
import sys
import time
from typing import Any

from kernel import clock
from kernel.database import SQLITE_PRAGMAS
from kernel.days import day_of
from kernel.ids import new_id

KIND, SCOPE = "SETTLEMENT_OPENED", "request:person:7"


def opened(path: str) -> sqlite3.Connection:
    """Open the file with the settings that ours has."""
    connection = sqlite3.connect(path, isolation_level=None)
    for name, value in {"journal_mode": "WAL", "foreign_keys": "ON", **SQLITE_PRAGMAS}.items():
        connection.execute(f"PRAGMA {name} = {value}")
    return connection


def post(db: sqlite3.Connection, book: int, debit: int, credit: int, key: str, today: int) -> int:
    """Move 1 fen between two floored accounts in one transaction. Raises: ValueError for what may not be."""
    asked = hashlib.sha256(f"{KIND},{debit},{credit},1".encode()).digest()[:16]
    db.execute("BEGIN IMMEDIATE")
    closed_until, read_only = db.execute(
        "SELECT closed_until, read_only FROM book WHERE id = ?", (book,)
    ).fetchone()
    if read_only or (closed_until or 0) >= today:
        raise ValueError("the book is closed")
    earlier = db.execute(
        "SELECT entry_id, fingerprint FROM idempotency WHERE book_id = ? AND scope = ? AND key = ?",
        (book, SCOPE, key),
    ).fetchone()
    if earlier:
        db.execute("ROLLBACK")
        if earlier[1] != asked:
            raise ValueError("the key was used for another request")
        return int(earlier[0])
    held = {
        row[0]: row[1:]
        for row in db.execute(
            "SELECT account_id, (credits - debits) * side, version FROM balance "
            "WHERE book_id = ? AND account_id IN (?, ?) AND closed = 0",
            (book, debit, credit),
        )
    }
    (left, debit_version), (right, credit_version) = held[debit], held[credit]
    if left < 1:
        raise ValueError("not enough left")
    moved = (left - 1, debit_version + 1, right + 1, credit_version + 1)
    entry = write_entry(db, (book, debit, credit), moved, today)
    db.execute(
        "UPDATE balance SET debits = debits + 1, version = version + 1 WHERE book_id = ? AND account_id = ?",
        (book, debit),
    )
    db.execute(
        "UPDATE balance SET credits = credits + 1, version = version + 1 WHERE book_id = ? AND account_id = ?",
        (book, credit),
    )
    db.execute(
        "INSERT INTO idempotency (book_id, entry_id, answered_at, scope, key, fingerprint, outcome) "
        "VALUES (?, ?, ?, ?, ?, ?, 'posted')",
        (book, entry, clock.now(), SCOPE, key, asked),
    )
    db.execute("INSERT INTO seal_queue (book_id, entry_id) VALUES (?, ?)", (book, entry))
    db.execute("COMMIT")
    return entry


def write_entry(
    db: sqlite3.Connection, where: tuple[int, int, int], moved: tuple[int, ...], today: int
) -> int:
    """Write the entry with a leaf over its columns, and its transfer."""
    book, debit, credit = where
    entry, now = new_id(), clock.now()
    said = (book, entry, KIND, 7, "settlement", entry, now, today, now, debit, credit, 1, *moved)
    leaf = hashlib.sha256(",".join(map(str, said)).encode()).digest()
    db.execute(
        "INSERT INTO journal_entry (book_id, id, occurred_at, posted_at, actor_id, document_id, booked_on, "
        "leaf_version, leaf, kind, document_type) VALUES (?, ?, ?, ?, 7, ?, ?, 1, ?, ?, 'settlement')",
        (book, entry, now, now, entry, today, leaf, KIND),
    )
    db.execute(
        "INSERT INTO transfer (book_id, entry_id, line, asset, debit_id, credit_id, amount, debit_balance, "
        "debit_version, credit_balance, credit_version) VALUES (?, ?, 1, 'fen', ?, ?, 1, ?, ?, ?, ?)",
        (book, entry, debit, credit, *moved),
    )
    return entry


def loop(path: str, asked: dict[str, Any]) -> dict[str, float]:
    """Post between random accounts for so many seconds."""
    db, drawn = opened(path), random.Random(new_id())  # noqa: S311
    today, posts, start = day_of(clock.now(), "Asia/Shanghai"), 0, time.perf_counter()
    end = start + asked["seconds"]
    while time.perf_counter() < end:
        debit = asked["payable"] + drawn.randrange(asked["accounts"])
        credit = asked["settling"] + drawn.randrange(asked["accounts"])
        post(db, asked["book"], debit, credit, str(drawn.getrandbits(62)), today)
        posts += 1
    seconds = time.perf_counter() - start
    db.close()
    return {"posts": posts, "seconds": seconds}


if __name__ == "__main__":
    print(json.dumps(loop(sys.argv[1], json.loads(sys.argv[2]))))
