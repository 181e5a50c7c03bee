"""How requests that take two persons are said: in a line, in a list, and how each effect stands before and after."""

from collections.abc import Iterable
from dataclasses import dataclass

from kernel.errors import N_
from people import roster
from people.approvals import Act, Approval, Outcome, swapped_points
from people.models import Role
from people.permissions import Viewer
from people.two_persons import Effect, Shown
from web import i18n
from web.i18n import gettext
from web.member_words import ROLES

OUTCOMES = {
    Outcome.APPROVED: N_("approved"),
    Outcome.UNOPPOSED: N_("carried out, nobody objected"),
    Outcome.REFUSED: N_("not approved"),
    Outcome.WITHDRAWN: N_("taken back"),
    Outcome.LAPSED: N_("lapsed"),
}
LOOKS = {
    Outcome.APPROVED: "ok",
    Outcome.UNOPPOSED: "ok",
    Outcome.REFUSED: "bad",
    Outcome.WITHDRAWN: "grey",
    Outcome.LAPSED: "grey",
}
SAYS = {
    Act.DEBT_WRITE_OFF: N_("Write off %(points)s points that %(name)s owes"),
    Act.ROLE_GRANT: N_("Make %(name)s: %(role)s"),
    Act.ROLE_REVOCATION: N_("%(name)s no longer: %(role)s"),
    Act.PIN_RESET: N_("Let %(name)s choose another PIN"),
    Act.SETTLEMENT_LOCK: N_("Settle %(month)s with %(company)s: ¥%(amount)s"),
    Act.USE_CORRECTION: N_("Take slip %(slip)s of %(name)s back: ¥%(amount)s"),
    Act.COMPANY_CHANGE: N_("%(after)s in the place of %(before)s"),
    Act.STOCK_COUNT: N_("Post a count of the shelves"),
    Act.STOCK_WRITE_OFF: N_("Write goods off"),
    Act.GOODS_EXCHANGE: N_(
        "Swap goods of %(name)s: %(points)s points come back, %(goes)s go, difference %(between)s"
    ),
    Act.GOODS_RETURN: N_("Take goods of %(name)s back, %(points)s points"),
}
MORE, FEWER = N_("%(points)s points more for %(name)s"), N_("%(points)s points fewer for %(name)s")


@dataclass(frozen=True, slots=True)
class Said:
    """A request in words: what it asks for, and who asked and decided."""

    request: Approval
    title: str
    maker: str
    decider: str
    member: str


async def say_all(viewer: Viewer, requests: Iterable[Approval]) -> list[Said]:
    """Return requests in words; names are whole for the office and masked for everybody else."""
    asked = list(requests)
    ids = {each.made_by for each in asked}
    ids |= {found for each in asked for found in (each.beneficiary_id, each.decided_by) if found}
    known = await roster.memberships(viewer.book_id, ids)
    whole = viewer.has(Role.ORGANISER, Role.ADMIN)

    def name(person_id: int | None) -> str:
        member = known.get(person_id or 0)
        if member is None:
            return ""
        return member.person.name if whole else member.person.masked_name

    return [
        Said(
            each,
            _title(each, name(each.beneficiary_id)),
            name(each.made_by),
            name(each.decided_by),
            name(each.beneficiary_id),
        )
        for each in asked
    ]


def _title(request: Approval, name: str) -> str:
    words = SAYS.get(request.act) or (MORE if request.points > 0 else FEWER)
    told = request.told
    role = told.get("role")
    goes, between = swapped_points(told, request.points) or (0, 0)
    return gettext(
        words,
        name=name,
        points=i18n.points(abs(request.points)),
        goes=i18n.points(goes),
        between=("+" if between > 0 else "−" if between < 0 else "") + i18n.points(abs(between)),
        role=gettext(ROLES[Role(role)]) if role else "",
        month=told.get("month_words", ""),
        **{part: told.get(part, "") for part in ("company", "amount", "slip", "before", "after")},
    )


def waits_now(asked: Approval) -> str:
    """Say that nothing was done yet."""
    if asked.alone:
        return gettext("Asked for. Nothing has changed yet.")
    return gettext("Asked for. Nothing has changed yet: somebody else approves it first.")


def effect_words(effect: Effect) -> tuple[str, str, str]:
    """Return what would change, and how it stands before and after."""
    words = gettext(effect.words, about=effect.about) if effect.about else gettext(effect.words)
    after = _stands(effect.after)
    if effect.unit == "roles" and effect.about:
        after = f"{after} · {effect.about}"
    return words, _stands(effect.before), after


def _stands(value: Shown) -> str:
    if isinstance(value, str):
        return gettext(value)
    if isinstance(value, int):
        return i18n.points(value)
    if not value:
        return gettext(ROLES[Role.VOLUNTEER])
    return gettext(", ").join(gettext(ROLES[role]) for role in value)
