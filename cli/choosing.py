"""Which book a command is about, and in whose name it acts."""

from collections.abc import Sequence
from typing import Annotated

import typer

from cli.trouble import Trouble
from cli.users import find_member
from ledger.books import all_books
from people import roster
from people.models import Role
from web.i18n import gettext as _

Book = Annotated[
    int | None,
    typer.Option("--book", metavar="ID", help="The book; needed where there are several."),
]
By = Annotated[
    str,
    typer.Option(
        "--by", metavar="NAME", help="The administrator who answers for it: name or number."
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]


async def some_books(book: int | None) -> Sequence[int]:
    """Return the book that was asked for, or every book. Raises: Trouble."""
    books = await all_books()
    if book is not None and book not in books:
        raise Trouble(_("There is no book %(book)s here.", book=book))
    return [each for each in books if book in (None, each)]


async def one_book(book: int | None) -> int:
    """Return the book that was asked for, or the only one. Raises: Trouble."""
    books = await some_books(book)
    if not books:
        raise Trouble(_("There is no book here yet."))
    if len(books) > 1:
        named = await book_names()
        told = ", ".join(f"{each} ({named.get(each, '–')})" for each in books)
        raise Trouble(_("Please say which book: --book with one of %(books)s.", books=told))
    return books[0]


async def book_names() -> dict[int, str]:
    """Return the communities by their book."""
    return {each.id: each.name for each in await roster.communities()}


async def administrator(book_id: int, name: str) -> int:
    """Return the id of the administrator in whose name a command acts. Raises: Trouble."""
    member = await find_member(book_id, name)
    if Role.ADMIN not in await roster.roles_of(book_id, member.person_id):
        raise Trouble(_("%(name)s is no administrator here.", name=name))
    return member.person_id
