"""Practice at the counter: tokens of a made-up clerk in a book of its own, for the same operations as in earnest."""

from fastapi import Request

from api.asking import Clerk
from api.routing import router as _router
from api.schemas.practice import BegunPractice, Practice
from api.tokens import begun
from people import practice
from redemption import practice as practising

router = _router("shop")


@router.post("/practice-books", status_code=201)
async def begin_practice(request: Request, viewer: Clerk) -> BegunPractice:
    """Open a book to practise in; its tokens serve there and nowhere else, the bearer's own stay good."""
    signed = await practising.begin(viewer.book_id, viewer.person_id)
    return BegunPractice.begun(await _shown(signed.book_id), await begun(request, signed))


@router.get("/practice-books/current")
async def practice_book(viewer: Clerk) -> Practice:
    """Show who and what is in the book that the bearer practises in, and when it ends."""
    return await _shown(viewer.book_id)


@router.delete("/practice-books/current", status_code=204)
async def end_practice(viewer: Clerk) -> None:
    """Throw the book away that the bearer practises in, and sign its made-up clerk out."""
    await practice.living(viewer.book_id)
    await practice.throw_away(viewer.book_id)


async def _shown(book_id: int) -> Practice:
    return Practice.of(await practice.living(book_id), await practising.there(book_id))
