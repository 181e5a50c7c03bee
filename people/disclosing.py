"""Write down each time that personal data are shown whole, handed out or taken in, and read it again."""

from kernel import clock
from people.privacy import Disclosure, Purpose, Told

PAGE = 50


async def note_disclosure(
    book_id: int,
    what: Told,
    purpose: Purpose,
    *,
    by: int | None,
    about: int | None = None,
    people: int | None = None,
) -> Disclosure:
    """Write down who had what, about whom (`about`) or about how many (`people`); `by=None` is the server's console."""
    return await Disclosure.create(
        book_id=book_id,
        by_id=by,
        what=what,
        about_id=about,
        people=people,
        purpose=purpose,
        told_at=clock.now(),
    )


async def disclosures(
    book_id: int, *, before_id: int | None = None, limit: int = PAGE
) -> list[Disclosure]:
    """Return what was written down, latest first, a page before an id."""
    found = Disclosure.filter(book_id=book_id)
    if before_id:
        found = found.filter(id__lt=before_id)
    return await found.order_by("-id").limit(limit)
