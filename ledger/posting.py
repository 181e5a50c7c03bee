"""Post one entry, once. The only module that writes entries and moves balances.

The order of locks is the same for every post, so that two never wait for each other: the fence of the book, documents
by (table, id), balances by id; then the key is looked up, because by then a rival with the same key has committed.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kernel import clock
from kernel.database import execute, fetch, transaction
from kernel.days import day_of, plus_days
from kernel.errors import DomainError, NotFound, Refused
from kernel.ids import new_id
from ledger.accounts import Account, find_accounts, open_accounts, placeholders
from ledger.chart import AccountName
from ledger.documents import lock_documents, locking, require_one, write_documents
from ledger.errors import AlreadyReversed, BookIsReadOnly, KeyReused
from ledger.leaf import ENTRY_FIELDS, TRANSFER_FIELDS, VERSION, leaf_of, reason_hash
from ledger.post import Post, Posted, RequestKey
from ledger.tally import Counter, Moved, Tally

AccountCache = dict[tuple[int, AccountName], Account]


@dataclass(frozen=True, slots=True)
class Told:
    """A refusal that was recorded under its request key; the caller is told after the commit."""

    refusal: DomainError
    replayed: bool = False


async def post_once(post: Post, cache: AccountCache) -> Posted | Told:
    """Decide and write one post in one database transaction.

    Raises: the decision's refusal, KeyReused, BookIsReadOnly, AlreadyReversed, DocumentIsMissing, and whatever the
    database says; in all these cases nothing was written.
    """
    async with transaction():
        book = await _take_fence(post.book_id)
        accounts = await _accounts(post, cache)
        facts = await lock_documents(post.book_id, post.facts)
        tally = await _lock_balances(post.book_id, accounts)
        if answered := await _earlier_answer(post):
            return answered
        if book["read_only"]:
            raise BookIsReadOnly
        await _require_not_reversed(post)
        try:
            decision = post.decide(facts, tally.balances())
            moved = tally.apply(post.kind, decision.lines)
        except Refused as refusal:
            if not isinstance(post.key, RequestKey):
                raise
            await _remember_refusal(post, refusal)
            return Told(refusal)
        posted = await _write_entry(post, book, moved)
        await _write_balances(post.book_id, tally)
        await write_documents(post.book_id, decision.writes)
        return posted


async def _take_fence(book_id: int) -> Mapping[str, Any]:
    fence = "SELECT closed_until, read_only, zone FROM book WHERE id = $1" + locking("SHARE")
    rows = await fetch(fence, book_id)
    if not rows:
        raise NotFound
    return rows[0]


async def _accounts(post: Post, cache: AccountCache) -> dict[AccountName, Account]:
    wanted = set(post.accounts)
    known = {name: cache[post.book_id, name] for name in wanted if (post.book_id, name) in cache}
    found = await find_accounts(post.book_id, wanted - known.keys())
    cache.update({(post.book_id, name): account for name, account in found.items()})
    known.update(found)
    if missing := wanted - known.keys():
        await open_accounts(post.book_id, missing)
        # Not into the cache: this transaction may yet roll back.
        known.update(await find_accounts(post.book_id, missing))
    return known


async def _lock_balances(book_id: int, accounts: dict[AccountName, Account]) -> Tally:
    floored = sorted(account.id for account in accounts.values() if account.floored)
    with_lots = sorted(account.id for account in accounts.values() if account.kept.lots)
    tally = Tally(accounts, {}, {})
    if floored:
        rows = await fetch(
            "SELECT account_id, side, debits, credits, version, closed FROM balance "
            f"WHERE book_id = $1 AND account_id IN ({placeholders(len(floored), 2)}) ORDER BY account_id"
            + locking("NO KEY UPDATE"),
            *(book_id, *floored),
        )
        for row in rows:
            tally.counters[row["account_id"]] = Counter(
                row["debits"], row["credits"], row["side"], row["version"], bool(row["closed"])
            )
    if with_lots:
        # A lot is only ever written under its account's lock, which we hold.
        rows = await fetch(
            "SELECT account_id, expires_on, debits, credits FROM lot_balance "
            f"WHERE book_id = $1 AND account_id IN ({placeholders(len(with_lots), 2)})",
            *(book_id, *with_lots),
        )
        for row in rows:
            tally.lots[row["account_id"], row["expires_on"]] = Counter(
                row["debits"], row["credits"]
            )
    return tally


async def _earlier_answer(post: Post) -> Posted | Told | None:
    rows = await fetch(
        "SELECT i.fingerprint, i.outcome, i.refusal, e.id, e.document_id, e.posted_at, e.leaf FROM idempotency i "
        "LEFT JOIN journal_entry e ON e.book_id = i.book_id AND e.id = i.entry_id "
        "WHERE i.book_id = $1 AND i.scope = $2 AND i.key = $3",
        *(post.book_id, post.key.scope, post.key.key),
    )
    if not rows:
        return None
    row = rows[0]
    if row["fingerprint"] != post.fingerprint:
        raise KeyReused
    if row["outcome"] == "refused":
        said = json.loads(row["refusal"])
        return Told(DomainError.by_slug[said["slug"]](**said["members"]), replayed=True)
    return Posted(row["id"], row["document_id"], row["posted_at"], row["leaf"], replayed=True)


async def _require_not_reversed(post: Post) -> None:
    if post.reverses_id is None:
        return
    # A reversal is final: what it undid can be posted anew, with its document.
    rows = await fetch(
        "SELECT id FROM journal_entry WHERE book_id = $1 AND "
        "(reverses_id = $2 OR (id = $2 AND reverses_id IS NOT NULL))",
        post.book_id,
        post.reverses_id,
    )
    if rows:
        raise AlreadyReversed


async def _remember_refusal(post: Post, refusal: DomainError) -> None:
    said = json.dumps({"slug": refusal.slug, "members": refusal.members}, ensure_ascii=False)
    await _write_key(post, entry_id=None, refusal=said)


async def _write_key(post: Post, *, entry_id: int | None, refusal: str | None) -> None:
    await execute(
        "INSERT INTO idempotency (book_id, entry_id, answered_at, scope, key, fingerprint, outcome, refusal) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        *(post.book_id, entry_id, clock.now(), post.key.scope, post.key.key, post.fingerprint),
        *("refused" if entry_id is None else "posted", refusal),
    )


async def _write_entry(post: Post, book: Mapping[str, Any], moved: list[Moved]) -> Posted:
    salt = secrets.token_bytes(16)
    entry = _entry_row(post, book, salt)
    transfers = [_transfer_row(number, each) for number, each in enumerate(moved, 1)]
    leaf = leaf_of(entry, transfers)
    columns = (*ENTRY_FIELDS, "leaf", "leaf_version")
    await execute(
        f"INSERT INTO journal_entry ({', '.join(columns)}) VALUES ({placeholders(len(columns))})",
        *(*(entry[name] for name in ENTRY_FIELDS), leaf, VERSION),
    )
    await _write_transfers(post.book_id, entry["id"], transfers)
    if post.reason:
        await execute(
            "INSERT INTO entry_reason (book_id, entry_id, salt, reason) VALUES ($1, $2, $3, $4)",
            *(post.book_id, entry["id"], salt, post.reason),
        )
    await _write_key(post, entry_id=entry["id"], refusal=None)
    await execute(
        "INSERT INTO seal_queue (book_id, entry_id) VALUES ($1, $2)", post.book_id, entry["id"]
    )
    return Posted(entry["id"], post.document.id, entry["posted_at"], leaf)


def _entry_row(post: Post, book: Mapping[str, Any], salt: bytes) -> dict[str, Any]:
    posted_at = clock.now()
    occurred_at = posted_at if post.occurred_at is None else post.occurred_at
    booked_on = day_of(occurred_at, book["zone"])
    closed_until = book["closed_until"]
    if closed_until is not None and booked_on <= closed_until:
        booked_on = plus_days(closed_until, 1)
    return {
        "book_id": post.book_id,
        "id": new_id(),
        "kind": post.kind.value,
        "actor_id": post.actor_id,
        "approver_id": post.approver_id,
        "document_type": post.document.table,
        "document_id": post.document.id,
        "reason_code": post.reason_code,
        "reason_hash": reason_hash(salt, post.reason) if post.reason else None,
        "rule_version": post.rule_version,
        "reverses_id": post.reverses_id,
        "occurred_at": occurred_at,
        "booked_on": booked_on,
        "posted_at": posted_at,
    }


def _transfer_row(number: int, moved: Moved) -> dict[str, Any]:
    return {
        "line": number,
        "asset": moved.line.debit.asset,
        "debit_id": moved.debit.id,
        "credit_id": moved.credit.id,
        "amount": moved.line.amount,
        "expires_on": moved.line.expires_on,
        "debit_balance": moved.debit_balance,
        "debit_version": moved.debit_version,
        "credit_balance": moved.credit_balance,
        "credit_version": moved.credit_version,
    }


async def _write_transfers(book_id: int, entry_id: int, transfers: list[dict[str, Any]]) -> None:
    width = len(TRANSFER_FIELDS) + 2
    rows = ", ".join(
        f"({placeholders(width, 1 + width * index)})" for index in range(len(transfers))
    )
    values = [
        value
        for transfer in transfers
        for value in (book_id, entry_id, *(transfer[name] for name in TRANSFER_FIELDS))
    ]
    await execute(
        f"INSERT INTO transfer (book_id, entry_id, {', '.join(TRANSFER_FIELDS)}) VALUES {rows}",
        *values,
    )


async def _write_balances(book_id: int, tally: Tally) -> None:
    for account_id in sorted(tally.touched):
        counter = tally.counters[account_id]
        written = await execute(
            "UPDATE balance SET debits = $1, credits = $2, version = $3 "
            "WHERE book_id = $4 AND account_id = $5 AND version < $3",
            *(counter.debits, counter.credits, counter.version, book_id, account_id),
        )
        require_one(written, "balance")
    for account_id, expires_on in sorted(tally.touched_lots):
        counter = tally.lots[account_id, expires_on]
        await execute(
            "INSERT INTO lot_balance (book_id, account_id, expires_on, debits, credits) VALUES ($1, $2, $3, $4, $5) "
            "ON CONFLICT (book_id, account_id, expires_on) DO UPDATE SET debits = $4, credits = $5",
            *(book_id, account_id, expires_on, counter.debits, counter.credits),
        )
