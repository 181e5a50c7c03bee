"""Signing up for shifts: the bearer's own sign-ups, and a shift's sheet for its organiser."""

from typing import Annotated

from fastapi import Query

from api.asking import ShiftRunner, Volunteer
from api.routing import Id
from api.routing import router as _router
from api.schemas.signups import (
    Candidate,
    Capacity,
    GroupEntry,
    GroupList,
    GroupReading,
    GroupText,
    OwnSignUp,
    OwnSignUps,
    SignUp,
    SignUpSheet,
    SignUpSomebody,
    Tomorrow,
)
from checkin import group_lists, reminding, shifts, signing, signup_lists
from checkin.errors import SeveralPeople
from checkin.group_lists import Member
from checkin.signup_models import SignUpWay
from kernel import clock
from people import recognition, roster
from people.permissions import Viewer
from web.group_texts import invitation, reminder

router = _router("sign-ups")


@router.get("/me/openings")
async def my_openings(
    viewer: Volunteer, days: Annotated[int, Query(ge=1, le=60, examples=[14])] = 14
) -> OwnSignUps:
    """List the shifts that begin within some days, with their places and where the bearer stands."""
    found = await signup_lists.openings(viewer.book_id, viewer.person_id, days)
    return OwnSignUps(items=[OwnSignUp.of(each) for each in found])


@router.get("/me/sign-ups")
async def my_sign_ups(viewer: Volunteer) -> OwnSignUps:
    """List what the bearer is signed up for, asked about or waiting for."""
    found = await signup_lists.own(viewer.book_id, viewer.person_id)
    return OwnSignUps(items=[OwnSignUp.of(each) for each in found])


@router.put("/me/sign-ups/{shift_id}")
async def sign_up(viewer: Volunteer, shift_id: Id) -> OwnSignUp:
    """Sign the bearer up, put them at the end of the line, or take the place that is offered; twice is once."""
    await signing.sign_up(viewer.book_id, shift_id, viewer.person_id)
    return await _own(viewer, shift_id)


@router.delete("/me/sign-ups/{shift_id}")
async def withdraw(viewer: Volunteer, shift_id: Id) -> OwnSignUp:
    """Take the bearer off a sheet; the place is offered to the next in line."""
    await signing.withdraw(viewer.book_id, shift_id, viewer.person_id)
    return await _own(viewer, shift_id)


@router.get("/shifts/{shift_id}/sign-ups")
async def sign_up_sheet(viewer: ShiftRunner, shift_id: Id) -> SignUpSheet:
    """Return a shift's sheet: who comes, who is asked, who waits."""
    return SignUpSheet.of(await signup_lists.of_shift(viewer.book_id, shift_id))


@router.post("/shifts/{shift_id}/sign-ups", status_code=201)
async def sign_somebody_up(viewer: ShiftRunner, shift_id: Id, body: SignUpSomebody) -> SignUp:
    """Sign somebody up by id, card, code or short number."""
    await shifts.find(viewer.book_id, shift_id)
    person_id = await _meant(viewer, body)
    member = await roster.member(viewer.book_id, person_id)
    signed = await signing.sign_up(
        viewer.book_id, shift_id, person_id, by=viewer.person_id, way=SignUpWay.ORGANISER
    )
    return SignUp.of(signed, member)


@router.delete("/shifts/{shift_id}/sign-ups/{person_id}")
async def withdraw_somebody(viewer: ShiftRunner, shift_id: Id, person_id: Id) -> SignUp:
    """Take somebody off a sheet; the place is offered to the next in line."""
    await shifts.find(viewer.book_id, shift_id)
    member = await roster.member(viewer.book_id, person_id)
    return SignUp.of(await signing.withdraw(viewer.book_id, shift_id, person_id), member)


@router.put("/shifts/{shift_id}/capacity")
async def set_capacity(viewer: ShiftRunner, shift_id: Id, body: Capacity) -> SignUpSheet:
    """Give a shift another number of places; nobody who is signed up loses theirs."""
    await signing.set_capacity(viewer.book_id, shift_id, body.capacity)
    return SignUpSheet.of(await signup_lists.of_shift(viewer.book_id, shift_id))


@router.post("/group-lists", status_code=200)
async def read_group_list(viewer: ShiftRunner, body: GroupList) -> GroupReading:
    """Read a pasted list; nobody is signed up by it."""
    members = {each.person_id: each for each in await roster.members(viewer.book_id)}
    known = [Member(each.person_id, each.number, each.person.name) for each in members.values()]
    entries = [
        GroupEntry(
            text=each.text,
            is_sure=each.sure is not None,
            candidates=[Candidate.of(members[person]) for person in each.meant],
        )
        for each in group_lists.read(body.text, known)
    ]
    return GroupReading(entries=entries)


@router.get("/shifts/{shift_id}/invitation")
async def group_text(viewer: ShiftRunner, shift_id: Id) -> GroupText:
    """Return ready words that ask a group to come."""
    sheet = await signup_lists.of_shift(viewer.book_id, shift_id)
    hourly = await signup_lists.hourly(viewer.book_id, sheet.shift)
    return GroupText(text=invitation(sheet, hourly, viewer.zone))


@router.get("/reminders")
async def due_tomorrow(viewer: ShiftRunner) -> Tomorrow:
    """Return who is due tomorrow, and the words to remind a group with."""
    due = await reminding.due_tomorrow(viewer.book_id)
    sheets = [SignUpSheet.of(each) for each in due.sheets]
    return Tomorrow(day=due.day, sheets=sheets, text=reminder(due, viewer.zone))


async def _own(viewer: Viewer, shift_id: int) -> OwnSignUp:
    found = await signup_lists.opening(viewer.book_id, viewer.person_id, shift_id)
    return OwnSignUp.of(found)


async def _meant(viewer: Viewer, body: SignUpSomebody) -> int:
    if body.person_id is not None:
        return body.person_id
    return await only_one(viewer, body.card or "")


async def only_one(viewer: Viewer, card: str) -> int:
    """Return whose card, code or number was read. Raises: SeveralPeople, and what `look_for` refuses."""
    looks = await recognition.look_for(viewer.book_id, card, clock.now(), viewer.person_id)
    if len(looks) > 1:
        raise SeveralPeople
    return looks[0].member.person_id
