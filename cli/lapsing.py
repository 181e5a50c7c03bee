"""`caihong expire`: let holds go, lots and vouchers lapse whose time is over, once; `caihong serve` does so itself."""

from dataclasses import dataclass
from typing import Annotated

import typer

from cli.choosing import book_names, some_books
from cli.opening import on_books
from ledger.errors import BookIsReadOnly
from ledger.expiry import expire_lots
from redemption.picking_up import expire_due
from redemption.voucher_expiry import expire_vouchers
from web.i18n import gettext as _
from web.i18n import ngettext

SHUT = 1

Book = Annotated[int | None, typer.Option("--book", metavar="ID", help="Only this book.")]


@dataclass(frozen=True, slots=True)
class Lapsed:
    """What came of it in one book; a book that takes no entries has none."""

    book_id: int
    community: str
    holds: int = 0
    purses: int = 0
    vouchers: int = 0
    shut: bool = False


def expire(book: Book = None) -> None:
    """Release holds whose time is over, then expire lapsed points and vouchers. Exit code 1: a book is shut."""

    async def work() -> list[Lapsed]:
        named = await book_names()
        return [await _lapse(each, named.get(each, "–")) for each in await some_books(book)]

    done = on_books(work)
    for each in done:
        _tell(each)
    if any(each.shut for each in done):
        raise typer.Exit(SHUT)


async def _lapse(book_id: int, community: str) -> Lapsed:
    """Release holds first: what comes back with its own day may have lapsed a moment later."""
    try:
        holds = await expire_due(book_id)
        purses = await expire_lots(book_id)
        return Lapsed(book_id, community, holds, purses, await expire_vouchers(book_id))
    except BookIsReadOnly:
        return Lapsed(book_id, community, shut=True)


def _tell(done: Lapsed) -> None:
    about = {"community": done.community, "book": done.book_id}
    if done.shut:
        typer.echo(_("%(community)s (book %(book)s) takes no entries now.", **about))
        return
    typer.echo(
        ngettext(
            "%(community)s (book %(book)s): points set aside were given back from %(num)s hold",
            "%(community)s (book %(book)s): points set aside were given back from %(num)s holds",
            done.holds,
            **about,
        )
    )
    typer.echo(
        ngettext(
            "%(community)s (book %(book)s): points expired in %(num)s purse",
            "%(community)s (book %(book)s): points expired in %(num)s purses",
            done.purses,
            **about,
        )
    )
    typer.echo(
        ngettext(
            "%(community)s (book %(book)s): %(num)s voucher expired",
            "%(community)s (book %(book)s): %(num)s vouchers expired",
            done.vouchers,
            **about,
        )
    )
