"""One property company in another's place: asked for, and what passed on."""

from api.asking import SettlementReader, Settler
from api.routing import Id
from api.routing import router as _router
from api.schemas.approvals import Approval
from api.schemas.company_changes import AskChange, CompanyChange, CompanyChanges
from redemption import company_changes
from web.acts import ACTS
from web.approval_words import say_all

router = _router("settlements")


@router.get("/company-changes")
async def list_company_changes(viewer: SettlementReader) -> CompanyChanges:
    """List the changes of property companies, the latest first."""
    found = await company_changes.changes(viewer.book_id)
    return CompanyChanges(items=[CompanyChange.of(each) for each in found])


@router.post("/company-changes", status_code=201)
async def ask_company_change(viewer: Settler, body: AskChange) -> Approval:
    """Sign first that one company takes another's place; whoever approves the request signs second."""
    asked = await company_changes.ask_change(ACTS, viewer, body.before_id, body.after_id)
    [said] = await say_all(viewer, [asked])
    return Approval.of(said)


@router.post("/property-companies/{company_id}/return", status_code=204)
async def take_vouchers_again(viewer: Settler, company_id: Id) -> None:
    """Let a company that left take new vouchers again."""
    await company_changes.take_again(viewer.book_id, company_id)
