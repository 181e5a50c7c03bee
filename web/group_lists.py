"""A list from a chat group becomes sign-ups: it is pasted, read, doubts are asked about on one page, then entered."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BeforeValidator
from starlette.requests import Request
from starlette.responses import Response

from checkin import group_lists, shifts, signing
from checkin.group_lists import MOST_SIGNS, Entry, Member
from checkin.signup_models import Standing
from kernel.errors import DomainError
from people import roster
from people.models import Membership
from people.naming import folded
from people.permissions import Viewer
from web import entered
from web.asking import ShiftRunner
from web.fields import Id
from web.group_texts import when_of
from web.i18n import ngettext
from web.render import page, redirect

router = APIRouter(include_in_schema=False, prefix="/shifts/{shift_id}")


def pasted(text: object) -> object:
    """Return a pasted text line by line, folded; what is far too long for a list is cut."""
    if not isinstance(text, str):
        return text
    return "\n".join(folded(line) for line in text[: MOST_SIGNS + 1].splitlines())


Pasted = Annotated[str, BeforeValidator(pasted)]


@dataclass(frozen=True, slots=True)
class Asked:
    """An entry of a list, and whom it may mean; `sure` is chosen already."""

    entry: Entry
    candidates: list[Membership]


@router.get("/group-list")
async def ask(request: Request, viewer: ShiftRunner, shift_id: Id) -> Response:
    """Ask for the group's list."""
    return await _page(request, viewer, shift_id, "")


@router.post("/group-list")
async def read(
    request: Request, viewer: ShiftRunner, shift_id: Id, text: Annotated[Pasted, Form()] = ""
) -> Response:
    """Read the list, and ask about whoever is doubtful; nothing is entered yet."""
    members = {each.person_id: each for each in await roster.members(viewer.book_id)}
    known = [Member(each.person_id, each.number, each.person.name) for each in members.values()]
    try:
        found = group_lists.read(text, known)
    except DomainError as refusal:
        return await _page(request, viewer, shift_id, text, refusal=refusal)
    asked = [Asked(entry, [members[each] for each in entry.meant]) for entry in found]
    return await _page(request, viewer, shift_id, text, asked=asked)


@router.post("/group-sign-ups")
async def enter(
    request: Request,
    viewer: ShiftRunner,
    shift_id: Id,
    person: Annotated[list[Id] | None, Form()] = None,
) -> Response:
    """Sign up everybody who was chosen."""
    await shifts.find(viewer.book_id, shift_id)
    wanted = [each for each in (person or [])[: group_lists.MOST_ENTRIES] if each]
    answers = await signing.sign_up_all(viewer.book_id, shift_id, wanted, viewer.person_id)
    back = f"/shifts/{shift_id}/sign-ups"
    refused = [each.refusal for each in answers if each.refusal]
    if refused and len(refused) == len(answers):
        raise refused[0]
    signed = [each.sign_up for each in answers if each.sign_up]
    waiting = sum(each.state is Standing.WAITING for each in signed)
    said = ngettext(
        "%(num)s person of the list is signed up.",
        "%(num)s people of the list are signed up.",
        len(signed) - waiting,
    )
    if waiting:
        said += " " + ngettext(
            "%(num)s is on the waiting list.", "%(num)s are on the waiting list.", waiting
        )
    return redirect(request, back, said, "warn" if waiting or refused else "ok")


async def _page(
    request: Request,
    viewer: Viewer,
    shift_id: int,
    text: str,
    *,
    asked: list[Asked] | None = None,
    refusal: DomainError | None = None,
) -> Response:
    shift = await shifts.find(viewer.book_id, shift_id)
    asked = asked or []
    return page(
        request,
        "signups/group_list.html",
        status=entered.status(refusal),
        shift=shift,
        when=when_of(shift, viewer.zone),
        text=text,
        most=MOST_SIGNS,
        sure=[each for each in asked if each.entry.sure is not None],
        doubtful=[each for each in asked if each.entry.sure is None and each.candidates],
        unknown=[each for each in asked if not each.candidates],
        refusal=refusal,
    )
