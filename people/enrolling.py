"""An unknown browser says whose it is, and a staff member who sees the person enrols it with one tap."""

from kernel import clock
from kernel.clock import MINUTE, SECOND
from kernel.database import transaction
from people.browser_errors import QuestionIsOver, SeveralMembers, VouchesForOneself
from people.browsers import BrowserQuestion
from people.limits import Purpose
from people.lookup import by_number_or_phone
from people.sessions import SignedIn, token_hash
from people.signin import enrol
from people.tallies import Whence, count, take_back

QUESTION_LIVES = 15 * MINUTE  # an elder asks while in line, and is answered at the counter
QUESTION_SECONDS = QUESTION_LIVES // SECOND
MOST_SHOWN = 5


async def ask(book_id: int, text: str, token: str, whence: Whence) -> BrowserQuestion:
    """Ask the counter to recognise the member whom a number or the end of a phone means.

    Raises:
        TooManyTries, NoSuchMember, SeveralMembers
    """
    place = str(book_id)
    if whence.network:
        await count(Purpose.RECOGNISE_NETWORK, whence.network)
    await count(Purpose.RECOGNISE_PLACE, place)
    members = await by_number_or_phone(book_id, text)
    if len(members) > 1:
        raise SeveralMembers
    await take_back(Purpose.RECOGNISE_PLACE, place)
    return await BrowserQuestion.create(
        book_id=book_id,
        person_id=members[0].person_id,
        asked_with=token_hash(token),
        asked_at=clock.now(),
    )


async def questions_about(book_id: int, person_id: int) -> list[BrowserQuestion]:
    """Return the browsers that say they are this person's and wait for an answer, the latest first."""
    waiting = BrowserQuestion.filter(
        book_id=book_id,
        person_id=person_id,
        answered_at__isnull=True,
        asked_at__gt=clock.now() - QUESTION_LIVES,
    )
    return await waiting.order_by("-asked_at", "-id").limit(MOST_SHOWN)


async def recognise(book_id: int, person_id: int, question_id: int, by: int) -> None:
    """Say that the one who holds that browser is this person, with one tap.

    Raises:
        QuestionIsOver, VouchesForOneself
    """
    await _answer(book_id, person_id, question_id, by, recognised_by=by)


async def not_them(book_id: int, person_id: int, question_id: int, by: int) -> None:
    """Say that it is not this person's browser.

    Raises:
        QuestionIsOver, VouchesForOneself
    """
    await _answer(book_id, person_id, question_id, by, recognised_by=None)


async def _answer(
    book_id: int, person_id: int, question_id: int, by: int, *, recognised_by: int | None
) -> None:
    if person_id == by:
        raise VouchesForOneself
    now = clock.now()
    waiting = BrowserQuestion.filter(
        book_id=book_id,
        person_id=person_id,
        id=question_id,
        answered_at__isnull=True,
        asked_at__gt=now - QUESTION_LIVES,
    )
    if not await waiting.update(answered_at=now, recognised_by=recognised_by):
        raise QuestionIsOver


async def question_of(token: str) -> BrowserQuestion | None:
    """Return what a browser asked, with its person; None once it is too old."""
    return (
        await BrowserQuestion.filter(
            asked_with=token_hash(token), asked_at__gt=clock.now() - QUESTION_LIVES
        )
        .select_related("person")
        .first()
    )


async def enrol_recognised(token: str) -> SignedIn | None:
    """Sign in the browser that asked, once, if somebody recognised its person.

    Raises:
        NoSuchMember
    """
    found = await question_of(token)
    if found is None or found.recognised_by is None:
        return None
    async with transaction():
        won = await BrowserQuestion.filter(
            book_id=found.book_id, id=found.id, enrolled_at__isnull=True
        ).update(enrolled_at=clock.now())
        return await enrol(found.book_id, found.person_id, found.recognised_by) if won else None
