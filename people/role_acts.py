"""Roles given and taken away by two persons. The server's own console stays direct."""

from kernel.errors import N_, DomainError
from people import registration, roster
from people.approval_errors import ChangesNothing, LastAdministrator
from people.approvals import Act, Approval
from people.models import DESKS, PropertyCompany, Role, RoleGrant
from people.permissions import STAFF, Viewer
from people.requesting import ask
from people.two_persons import Acts, Effect, Outlook, TwoPersonAct, in_one_commit

ADMINISTRATORS = frozenset({Role.ADMIN})


async def ask_for_role(
    acts: Acts, viewer: Viewer, person_id: int, role: Role, *, company_id: int | None = None
) -> Approval:
    """Ask that a member gets a role.

    Raises: NoSuchMember, CompanyNeeded, ChangesNothing, and as `ask`.
    """
    payload = {"person_id": person_id, "role": role.value, "company_id": company_id}
    await roster.member(viewer.book_id, person_id)
    return await ask(acts, viewer, Act.ROLE_GRANT, payload, beneficiary_id=person_id)


async def ask_revocation(acts: Acts, viewer: Viewer, person_id: int, role: Role) -> Approval:
    """Ask that a role is taken away from a member.

    Raises: NoSuchMember, ChangesNothing, LastAdministrator, and as `ask`.
    """
    payload = {"person_id": person_id, "role": role.value}
    await roster.member(viewer.book_id, person_id)
    return await ask(acts, viewer, Act.ROLE_REVOCATION, payload, beneficiary_id=person_id)


async def grant(request: Approval) -> None:
    """Give the role, within the commit of the decision."""
    told = request.told
    await registration.give_role(
        request.book_id,
        told["person_id"],
        Role(told["role"]),
        request.made_by,
        company_id=told["company_id"],
    )


async def revoke(request: Approval) -> None:
    """Take the role away, within the commit of the decision. Raises: LastAdministrator."""
    told, role = request.told, Role(request.told["role"])
    await registration.alone_in(request.book_id)
    await _require_another(request.book_id, told["person_id"], role)
    await registration.revoke_role(request.book_id, told["person_id"], role)


async def look_at_grant(request: Approval) -> Outlook:
    """Say which roles the member would have, and at whose desk."""
    told, role = request.told, Role(request.told["role"])
    held = await _held(request.book_id, told["person_id"])
    company_id = told["company_id"]
    company = await PropertyCompany.get_or_none(book_id=request.book_id, id=company_id)
    refusal: DomainError | None = None
    try:
        await registration.check_company(request.book_id, role, company_id)
        if held.get(role, -1) == company_id:
            refusal = ChangesNothing()
    except DomainError as refused:
        refusal = refused
    # Nobody works at two desks: the new one takes the place of the old.
    kept = {each for each in held if not (role in DESKS and each in DESKS)}
    return Outlook((_effect(held, {*kept, role}, company.name if company else ""),), refusal)


async def look_at_revocation(request: Approval) -> Outlook:
    """Say which roles the member would keep."""
    told, role = request.told, Role(request.told["role"])
    held = await _held(request.book_id, told["person_id"])
    refusal: DomainError | None = None if role in held else ChangesNothing()
    try:
        await _require_another(request.book_id, told["person_id"], role)
    except DomainError as refused:
        refusal = refused
    return Outlook((_effect(held, set(held) - {role}),), refusal)


def _effect(held: dict[Role, int | None], then: set[Role], about: str = "") -> Effect:
    before, after = (tuple(sorted(set(roles) & STAFF)) for roles in (held, then))
    return Effect(N_("Works here as"), before, after, "roles", about)


async def _held(book_id: int, person_id: int) -> dict[Role, int | None]:
    grants = RoleGrant.filter(book_id=book_id, person_id=person_id, revoked_at__isnull=True)
    return {grant.role: grant.company_id for grant in await grants}


async def _require_another(book_id: int, person_id: int, role: Role) -> None:
    if role is not Role.ADMIN:
        return
    admins = RoleGrant.filter(book_id=book_id, role=Role.ADMIN, revoked_at__isnull=True)
    if not [grant for grant in await admins if grant.person_id != person_id]:
        raise LastAdministrator


ACTS = (
    TwoPersonAct(
        Act.ROLE_GRANT,
        N_("Give a role"),
        asked_by=ADMINISTRATORS,
        decided_by=ADMINISTRATORS,
        look=look_at_grant,
        carry_out=in_one_commit(grant),
        for_oneself=True,
    ),
    TwoPersonAct(
        Act.ROLE_REVOCATION,
        N_("Take a role away"),
        asked_by=ADMINISTRATORS,
        decided_by=ADMINISTRATORS,
        look=look_at_revocation,
        carry_out=in_one_commit(revoke),
        for_oneself=True,
    ),
)
