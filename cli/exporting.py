"""`caihong export`: a book for Beancount or hledger, or as a list for a spreadsheet."""

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from audit.exports import FORMS, Sheet, What, Wish, export
from cli.choosing import Book, book_names, one_book
from cli.lists import progress
from cli.opening import on_books
from cli.trouble import Trouble
from kernel.days import from_date
from ledger.checks import count_entries
from ledger.trial_balance import trial_balance
from people.columns import CellIsWrong, calendar_day
from web.export_words import export_words, note_book_export
from web.i18n import gettext as _

Wanted = Annotated[What, typer.Argument(help="What to take out.")]
From = Annotated[str | None, typer.Option("--from", metavar="DAY", help="From 2026-11-01 on.")]
To = Annotated[str | None, typer.Option("--to", metavar="DAY", help="Until 2026-11-30.")]
Out = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Where to; else to the screen or pipe.")
]
Account = Annotated[
    str | None,
    typer.Option("--account", metavar="PATH", help="Whose statement: volunteer:7:points."),
]


def export_command(
    what: Wanted,
    book: Book = None,
    first: From = None,
    last: To = None,
    account: Account = None,
    out: Out = None,
) -> None:
    """Take a book out, as of one moment. FILE ends in .csv or .xlsx for a list; names are masked."""
    sheet = _sheet(what, out)
    days = {"first": _day(first), "last": _day(last)}

    async def look() -> tuple[int, int, int | None]:
        book_id = await one_book(book)
        account_id = await _account(book_id, account) if what is What.STATEMENT else None
        return book_id, await count_entries(book_id), account_id

    book_id, entries, account_id = on_books(look)
    wish = Wish(what=what, sheet=sheet, account_id=account_id, **days)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / wish.file_name
        # A list counts rows, of which an entry has one or many.
        with progress(entries if what in FORMS else None, _("Taking out")) as advance:

            async def work() -> None:
                title = f"{(await book_names()).get(book_id, '–')} ({book_id})"
                await export(book_id, wish, export_words(), title, made, lambda: advance(1))
                await note_book_export(book_id, by=None, account_id=account_id)

            on_books(work)
        _hand_over(made, out)


def _sheet(what: What, out: Path | None) -> Sheet:
    if what in FORMS or out is None:
        return Sheet.CSV
    ending = out.suffix.lower().removeprefix(".")
    if ending not in set(Sheet):
        raise Trouble(_("The file's name must end in .csv or .xlsx."))
    return Sheet(ending)


def _day(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return from_date(calendar_day(text))
    except CellIsWrong as wrong:
        raise Trouble(_(wrong.says, **wrong.members)) from None


async def _account(book_id: int, path: str | None) -> int:
    fits = [each for each in await trial_balance(book_id) if each.name.path == path]
    if len(fits) == 1:
        return fits[0].account_id
    if not path:
        raise Trouble(_("Please say whose statement: --account PATH, as the trial balance has it."))
    raise Trouble(_("Nothing ever moved through one account %(path)s here.", path=path))


def _hand_over(made: Path, out: Path | None) -> None:
    if out is not None:
        shutil.move(made, out)
        typer.echo(_("Written to %(file)s.", file=out))
        return
    with made.open("rb") as file:
        shutil.copyfileobj(file, sys.stdout.buffer)
