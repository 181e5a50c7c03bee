"""Prove a book again from its rows, in one pass in the order of its seals, and name what is not as it was.

Block after block: every entry hashes to its leaf, the leaves make the root, the root and the running totals make the
block's hash, and that is what the next block and the checkpoints name. Then what waits for its seal, and what is left
over. On the way every account is counted again.
"""

from collections.abc import Callable
from dataclasses import dataclass

from kernel.reading import count, rows
from ledger.chart import AccountName
from ledger.checkpoint_proofs import CheckpointProofs, Witnesses
from ledger.findings import Finding, Findings
from ledger.leftovers import find_orphans, prove_neither, prove_reasons, prove_waiting
from ledger.period_proofs import prove_periods
from ledger.recounting import Recount
from ledger.resealing import Chain
from ledger.trial_balance import AccountTotal

AT_ONCE = 5_000

ACCOUNTS = (
    "SELECT id, path, asset, type, side, floored, lots FROM account "
    "WHERE book_id = $1 AND id > $2 ORDER BY id LIMIT $3"
)
BALANCES = (
    "SELECT account_id, debits, credits, version FROM balance "
    "WHERE book_id = $1 AND account_id > $2 ORDER BY account_id LIMIT $3"
)
LOTS = (
    "SELECT account_id, expires_on, debits, credits FROM lot_balance WHERE book_id = $1 "
    "AND (account_id, expires_on) > ($2, $3) ORDER BY account_id, expires_on LIMIT $4"
)


@dataclass(frozen=True, slots=True)
class Proven:
    """What a proof of a book went through, what its accounts add up to, and what it found."""

    book_id: int
    entries: int
    sealed: int
    waiting: int
    blocks: int
    totals: list[AccountTotal]
    findings: list[Finding]
    left_out: int


def _nobody(_: int, __: int) -> None:
    """Nobody watches."""


async def prove(
    book_id: int,
    witnesses: Witnesses | None = None,
    watch: Callable[[int, int], None] = _nobody,
) -> Proven:
    """Prove a book and return what was found; it changes nothing.

    Checkpoints are proved if `witnesses` are given. `watch` is told how many entries of how many have passed. Call it
    inside `snapshot()` or `undisturbed()` while others post, or what they do meanwhile looks like faults.
    """
    found, recount = Findings(), Recount()
    entries = await count("journal_entry", "book_id = $1", book_id)
    await _open_accounts(book_id, recount, found)
    digests = await prove_periods(book_id, found)
    chain = Chain(book_id, recount, found)
    proofs = CheckpointProofs(book_id, witnesses, digests, found) if witnesses else None
    async for sealed_at in chain.blocks():
        watch(chain.members, entries)
        if proofs:
            await proofs.at(chain.number, sealed_at, chain.known)
    if proofs:
        proofs.finish(chain.number)
    waiting = await prove_waiting(book_id, recount, found)
    if chain.present + waiting.entries != entries:
        await prove_neither(book_id, recount, found)
    watch(entries, entries)
    await prove_reasons(book_id, found)
    await find_orphans(book_id, recount.lines, chain.members, chain.totals, found)
    recount.judge_versions(found)
    await _judge_balances(book_id, recount, found)
    await _judge_lots(book_id, recount, found)
    return Proven(
        *(book_id, entries, chain.members, waiting.entries, chain.number),
        *(_totals(recount), found.kept, found.left_out),
    )


async def _open_accounts(book_id: int, recount: Recount, found: Findings) -> None:
    last = 0
    while accounts := await rows(ACCOUNTS, book_id, last, AT_ONCE):
        recount.open(accounts, found)
        last = accounts[-1][0]


async def _judge_balances(book_id: int, recount: Recount, found: Findings) -> None:
    last = 0
    while balances := await rows(BALANCES, book_id, last, AT_ONCE):
        recount.judge_balances(balances, found)
        last = balances[-1][0]
    recount.judge_missing_balances(found)


async def _judge_lots(book_id: int, recount: Recount, found: Findings) -> None:
    last = (0, 0)
    while lots := await rows(LOTS, book_id, *last, AT_ONCE):
        recount.judge_lots(lots, found)
        last = lots[-1][0], lots[-1][1]
    recount.judge_missing_lots(found)


def _totals(recount: Recount) -> list[AccountTotal]:
    return [
        AccountTotal(
            *(account.id, AccountName(account.path, account.asset), account.type, account.side),
            *(account.debits, account.credits),
        )
        for account in recount.accounts.values()
        if account.debits or account.credits
    ]
