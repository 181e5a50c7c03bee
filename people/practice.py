"""Practice: a book of its own with made-up people, for one clerk and one day. Nothing of it ever counts.

The books keep what was posted, here too: thrown away, such a book is shut, its people are signed out, and no list,
report, job or audit names it.
"""

from kernel import clock
from kernel.clock import DAY
from kernel.errors import N_, NotFound, Refused
from ledger.books import shut_practice
from people import registration, sessions
from people.errors import TooManyTries
from people.limits import Purpose
from people.models import Role, Session
from people.practice_papers import PracticeBook
from people.roster import community
from people.sessions import SignedIn
from people.tallies import count

LIVES = DAY
MOST_OPEN = 5  # at a time in one community: the oldest makes room
CLERK = "练习员"


class NotPractising(NotFound):
    """Whoever asks is in a book that counts."""

    slug = "not-practising"
    title = N_("This is no practice")
    detail = N_("Everything done here counts. Nothing was thrown away.")


class AlreadyPractising(Refused):
    """Nobody practises practising: the book that would be opened beside is thrown away itself."""

    slug = "already-practising"
    title = N_("This is practice already")
    detail = N_("You are practising already. End that practice before you begin another.")


class TooMuchPractice(TooManyTries):
    """A book to practise in stays in the database when it is shut, so not everybody may open as many as they like."""

    slug = "too-much-practice"
    title = N_("That is enough practice for now")
    detail = N_(
        "Many books to practise in were opened here. Please try again in %(minutes)s minutes."
    )


async def open_for(real_book_id: int, by: int | None, device_id: int | None = None) -> int:
    """Open an empty book to practise in beside a real one, and return its id; `by` nobody at a counter's own browser.

    Raises: NoSuchCommunity, AlreadyPractising, TooMuchPractice.
    """
    real = await community(real_book_id)
    if await PracticeBook.exists(book_id=real_book_id):
        raise AlreadyPractising
    whose = f"{real_book_id}:{'device' if by is None else 'person'}:{by or device_id}"
    try:
        await count(Purpose.PRACTICE, whose)
        await count(Purpose.PRACTICE_BOOK, str(real_book_id))
    except TooManyTries as rests:
        raise TooMuchPractice(**rests.members) from None
    now = clock.now()
    living = PracticeBook.filter(real_book_id=real_book_id, ended_at__isnull=True)
    own = [] if by is None else await living.filter(opened_by=by)
    crowded = (await living.order_by("-opened_at", "-id"))[MOST_OPEN - 1 :]
    for each in {one.book_id: one for one in (*own, *crowded)}.values():
        await throw_away(each.book_id)
    made = await registration.open_community(real.name, real.zone, practice=True)
    await PracticeBook.create(
        book_id=made.id, real_book_id=real_book_id, opened_by=by, opened_at=now, ends_at=now + LIVES
    )
    return int(made.id)


async def let_in(book_id: int) -> SignedIn:
    """Sign a made-up clerk in, who may serve there and nothing else."""
    clerk = await registration.register(book_id, CLERK)
    await registration.grant_role(book_id, clerk.person_id, Role.CLERK, by=None)
    await registration.revoke_role(book_id, clerk.person_id, Role.VOLUNTEER)
    return await sessions.begin(book_id, clerk.person_id, staff=True)


async def living(book_id: int) -> PracticeBook:
    """Return the book for practice that a book is, while it lasts. Raises: NotPractising."""
    found = await PracticeBook.get_or_none(book_id=book_id, ended_at__isnull=True)
    if found is None:
        raise NotPractising
    return found


async def throw_away(book_id: int) -> None:
    """Shut a book for practice and sign everybody out of it; a book that counts stays as it is."""
    living = PracticeBook.filter(book_id=book_id, ended_at__isnull=True)
    if not await living.update(ended_at=clock.now()):
        return
    await Session.filter(book_id=book_id, ended_at__isnull=True).update(ended_at=clock.now())
    await shut_practice(book_id)


async def throw_old_away() -> int:
    """Throw every book for practice away whose day is over, and return how many there were."""
    due = await PracticeBook.filter(ended_at__isnull=True, ends_at__lte=clock.now())
    for each in due:
        await throw_away(each.book_id)
    return len(due)
