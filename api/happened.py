"""What happened with one's points, “that was not me” and its answer, and points about to lapse."""

from api.asking import MemberKeeper, Volunteer
from api.routing import Id
from api.routing import router as _router
from api.schemas.happened import (
    Case,
    CaseAnswer,
    Cases,
    Happening,
    Happenings,
    Lapse,
    Lapses,
    NotMe,
    Seen,
)
from people.lapsing import lapses
from redemption import cases, happened
from web.happened_words import said_of

router = _router("me")


@router.get("/me/happenings")
async def my_happenings(viewer: Volunteer) -> Happenings:
    """List what happened with the bearer's points in 90 days; what is new was not read yet."""
    found = await happened.happened(viewer.book_id, viewer.person_id)
    said = await said_of(viewer.book_id, found)
    return Happenings(items=[Happening.of(each) for each in said])


@router.post("/me/happenings/seen", status_code=204)
async def mark_happenings_seen(viewer: Volunteer, body: Seen) -> None:
    """Keep that all up to an event was read."""
    await happened.mark_seen(viewer.book_id, viewer.person_id, body.entry_id)


@router.post("/me/happenings/{entry_id}/case", status_code=201)
async def say_not_me(viewer: Volunteer, entry_id: Id, body: NotMe) -> Case:
    """Tell the organisers that an event was not the bearer; said again, it is the case that there is."""
    case = await cases.object_to(viewer.book_id, viewer.person_id, entry_id, body.said)
    return Case.of(case)


@router.get("/points-cases")
async def list_cases(viewer: MemberKeeper) -> Cases:
    """List what members say was not them, what waits first."""
    return Cases(items=[Case.of(each) for each in await cases.cases(viewer.book_id)])


@router.post("/points-cases/{case_id}/answer", status_code=201)
async def answer_case(viewer: MemberKeeper, case_id: Id, body: CaseAnswer) -> Case:
    """End a case with a word to the member."""
    case = await cases.answer(viewer.book_id, case_id, viewer.person_id, body.answer)
    return Case.of(case)


@router.get("/lapsing-points")
async def lapsing_points(viewer: MemberKeeper) -> Lapses:
    """List whose points lapse within 60 days, by day; closed records are left out."""
    return Lapses(items=[Lapse.of(each) for each in await lapses(viewer.book_id)])
