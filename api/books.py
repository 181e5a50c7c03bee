"""The books for auditors: trial balance, statements, entries, and the checks that prove them."""

from typing import Annotated

from fastapi import Path

from api.asking import BookReader
from api.days import AskedDays, On, as_number
from api.me import statement_page
from api.paging import After, Limit
from api.routing import Id
from api.routing import router as _router
from api.schemas.books import Account, Balance, Checks, Entry, TrialBalance
from api.schemas.statements import Statement
from audit.report import report
from ledger import entries
from ledger.balances import balance_at
from ledger.trial_balance import account_total
from ledger.trial_balance import trial_balance as totals_of

router = _router("audit")
Version = Annotated[
    int, Path(ge=0, lt=2**63, description="How many lines the account had by then.")
]


@router.get("/audit/trial-balance")
async def trial_balance(viewer: BookReader, on: On = None) -> TrialBalance:
    """List every account that was ever used, with its totals now or on a day."""
    day = as_number(on)
    totals = await totals_of(viewer.book_id, day)
    return TrialBalance(on=day, items=[Account.of(total) for total in totals])


@router.get("/audit/accounts/{account_id}")
async def account_totals(viewer: BookReader, account_id: Id, on: On = None) -> Account:
    """Return an account's totals, now or on a day."""
    return Account.of(await account_total(viewer.book_id, account_id, as_number(on)))


@router.get("/audit/accounts/{account_id}/balances/{version}")
async def balance_at_version(viewer: BookReader, account_id: Id, version: Version) -> Balance:
    """Return what an account held after its line of that version; house accounts have no versions."""
    held = await balance_at(viewer.book_id, account_id, version)
    return Balance(account_id=account_id, version=version, balance=held)


@router.get("/audit/accounts/{account_id}/statement")
async def account_statement(
    viewer: BookReader, account_id: Id, asked: AskedDays, limit: Limit = 50, after: After = None
) -> Statement:
    """Return the movements of an account, latest first."""
    return await statement_page(viewer, account_id, asked, limit, after)


@router.get("/audit/entries/{entry_id}")
async def journal_entry(viewer: BookReader, entry_id: Id) -> Entry:
    """Return a journal entry with its lines."""
    found = await entries.entry(viewer.book_id, entry_id)
    return Entry.of(found, await entries.entry_lines(viewer.book_id, entry_id))


@router.get("/audit/checks")
async def checks(viewer: BookReader) -> Checks:
    """Prove the books again from their rows; it changes nothing."""
    return Checks.of(await report(viewer.book_id))
