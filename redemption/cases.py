"""“That was not me”: a member's word about an entry, which an organiser looks into and answers."""

from tortoise.exceptions import IntegrityError

from kernel import clock
from kernel.database import is_duplicate
from ledger.entries import entry
from people.naming import within
from redemption import happened
from redemption.day_errors import AnswerIsMissing, CaseIsAnswered, CaseNotFound, OwnCase
from redemption.notice_papers import TEXT_LIMIT, PointsCase

MOST = 100


async def object_to(book_id: int, person_id: int, entry_id: int, said: str = "") -> PointsCase:
    """Open a case about what happened with one's points; said again, it is the case that there is.

    Raises: NotFound, TextTooLong.
    """
    said = within(said, TEXT_LIMIT, "said")
    await happened.one(book_id, person_id, entry_id)
    case = PointsCase(
        book_id=book_id,
        person_id=person_id,
        entry_id=entry_id,
        said=said,
        opened_at=clock.now(),
    )
    try:
        await case.save(force_create=True)
    except IntegrityError as error:
        if not is_duplicate(error):
            raise
        return await PointsCase.get(book_id=book_id, person_id=person_id, entry_id=entry_id)
    return case


async def answer(book_id: int, case_id: int, by: int, text: str) -> PointsCase:
    """End a case with a word to the member, by somebody who is neither the member nor did what it is about.

    Raises: CaseNotFound, CaseIsAnswered, OwnCase, AnswerIsMissing, TextTooLong.
    """
    case = await case_of(book_id, case_id)
    if by in (case.person_id, (await entry(book_id, case.entry_id))["actor_id"]):
        raise OwnCase
    text = within(text, TEXT_LIMIT, "answer")
    if not text:
        raise AnswerIsMissing(field="answer")
    waiting = PointsCase.filter(book_id=book_id, id=case_id, ended_at__isnull=True)
    if not await waiting.update(ended_at=clock.now(), ended_by=by, answer=text):
        raise CaseIsAnswered
    return await case_of(book_id, case_id)


async def case_of(book_id: int, case_id: int) -> PointsCase:
    """Return a case with its member. Raises: CaseNotFound."""
    found = PointsCase.filter(book_id=book_id, id=case_id).select_related("person")
    case = await found.first()
    if case is None:
        raise CaseNotFound
    return case


async def cases(book_id: int) -> list[PointsCase]:
    """Return the latest cases with their members: those that wait first, the oldest of them at the top."""
    waiting = PointsCase.filter(book_id=book_id, ended_at__isnull=True)
    ended = PointsCase.filter(book_id=book_id, ended_at__isnull=False)
    first = await waiting.order_by("opened_at").limit(MOST).select_related("person")
    return first + await ended.order_by("-ended_at").limit(MOST).select_related("person")


async def own_cases(book_id: int, person_id: int) -> dict[int, PointsCase]:
    """Return a member's cases by the entry they are about."""
    found = await PointsCase.filter(book_id=book_id, person_id=person_id)
    return {case.entry_id: case for case in found}
