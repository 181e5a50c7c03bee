"""A PIN taken off by two persons: whoever could do it alone could choose another and spend with it."""

from collections.abc import Iterable

from kernel import clock
from kernel.errors import N_, DomainError
from people import roster
from people.approvals import Act, Approval
from people.card_errors import PinIsMissing
from people.cards import Pin
from people.facts import two_facts
from people.models import Role
from people.permissions import TABLE, Permission, Viewer
from people.requesting import ask
from people.two_persons import Acts, Effect, Outlook, TwoPersonAct, in_one_commit


async def ask_for_new_pin(
    acts: Acts, viewer: Viewer, person_id: int, facts: Iterable[str]
) -> Approval:
    """Ask that a member may choose another PIN at the desk in place of a forgotten one, after two facts.

    Raises: NoSuchMember, TwoFactsNeeded, PinIsMissing, and as `ask`.
    """
    known = two_facts(await roster.member(viewer.book_id, person_id), facts)
    payload = {"person_id": person_id, "facts": known}
    return await ask(acts, viewer, Act.PIN_RESET, payload, beneficiary_id=person_id)


async def take_off(request: Approval) -> None:
    """Take the PIN off, within the commit of the decision; the desk may then set another one."""
    pins = Pin.filter(book_id=request.book_id, person_id=request.told["person_id"])
    await pins.filter(off_at__isnull=True).update(off_at=clock.now())


async def look(request: Approval) -> Outlook:
    """Say that the PIN would be off, if there is one."""
    pins = Pin.filter(book_id=request.book_id, person_id=request.told["person_id"])
    refusal: DomainError | None = None if await pins.exists() else PinIsMissing()
    return Outlook(
        (Effect(N_("PIN"), N_("the present one"), N_("chosen anew at the desk"), "state"),), refusal
    )


ACTS = (
    TwoPersonAct(
        Act.PIN_RESET,
        N_("Let a member choose another PIN"),
        asked_by=frozenset(TABLE[Permission.HELP_WITH_LOSS]),
        decided_by=frozenset({Role.ORGANISER, Role.ADMIN}),
        look=look,
        carry_out=in_one_commit(take_off),
    ),
)
