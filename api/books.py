"""The books for auditors: trial balance, statements, entries, and the checks that prove them."""

from api.asking import Reader
from api.me import statement_page
from api.paging import After, Limit
from api.routing import Id
from api.routing import router as _router
from api.schemas.books import Account, Checks, Entry, TrialBalance
from api.schemas.people import Statement
from audit.report import report
from ledger import statements

router = _router("audit")


@router.get("/audit/trial-balance")
async def trial_balance(viewer: Reader) -> TrialBalance:
    """List every account that was ever used, with its totals."""
    totals = await statements.trial_balance(viewer.book_id)
    return TrialBalance(items=[Account.of(total) for total in totals])


@router.get("/audit/accounts/{account_id}/statement")
async def account_statement(
    viewer: Reader, account_id: Id, limit: Limit = 50, after: After = None
) -> Statement:
    """Return the movements of an account, latest first."""
    await statements.account_total(viewer.book_id, account_id)
    return await statement_page(viewer.book_id, account_id, limit, after)


@router.get("/audit/entries/{entry_id}")
async def journal_entry(viewer: Reader, entry_id: Id) -> Entry:
    """Return a journal entry with its lines."""
    found = await statements.entry(viewer.book_id, entry_id)
    return Entry.of(found, await statements.entry_lines(viewer.book_id, entry_id))


@router.get("/audit/checks")
async def checks(viewer: Reader) -> Checks:
    """Prove the books again from their rows; it changes nothing."""
    return Checks.of(await report(viewer.book_id))
