"""`caihong period`: the months of the books, and closing one."""

from typing import Annotated

import typer

from audit import months
from audit.months import Closing, Month
from audit.proofs import Proof
from cli.choosing import Book, By, Yes, administrator, one_book
from cli.opening import on_books
from ledger import periods
from ledger.books import zone_of
from web import ledger_words
from web.i18n import gettext as _
from web.i18n import ngettext, when

app = typer.Typer(help="The months of the books.", no_args_is_help=True)


@app.command("list")
def list_periods(book: Book = None) -> None:
    """List the last twelve months and how far each is."""

    async def work() -> tuple[str, list[Month]]:
        book_id = await one_book(book)
        return await zone_of(book_id), await months.months(book_id)

    zone, found = on_books(work)
    for month in found:
        entries = ngettext("%(num)s entry", "%(num)s entries", month.entries)
        typer.echo(f"{periods.month_words(month.ends_on)}  {_state(month, zone)}  {entries}")


def _state(month: Month, zone: str) -> str:
    if month.period is not None:
        return _("closed on %(when)s", when=when(month.period.closed_at, zone))
    words = {
        "next": _("can be closed"),
        "later": _("waits for the month before"),
        "running": _("not over yet"),
    }
    return words[month.state]


@app.command()
def close(
    month: Annotated[str, typer.Argument(metavar="MONTH", help="The month, such as 2026-11.")],
    by: By,
    book: Book = None,
    yes: Yes = False,
) -> None:
    """Close the first open month: its totals are kept, and nothing is booked into it any more."""
    ends_on = periods.read_month(month)

    async def look() -> tuple[int, int, Closing]:
        book_id = await one_book(book)
        return book_id, await administrator(book_id, by), await months.closing(book_id, ends_on)

    book_id, person_id, closing = on_books(look)
    entries = ngettext("%(num)s entry", "%(num)s entries", closing.month.entries)
    typer.echo(f"{month}  {entries}")
    for proof in closing.proofs:
        _tell(proof)
    if closing.month.state == "next" and not yes:
        typer.confirm(
            _("A closed month is never opened again. Close %(month)s", month=month), abort=True
        )
    closed = on_books(lambda: periods.close(book_id, ends_on, person_id))
    typer.echo(_("%(month)s is closed.", month=month))
    typer.echo(_("Fingerprint of its totals: %(digest)s", digest=closed.digest.hex()))


def _tell(proof: Proof) -> None:
    there = ledger_words.amount_words(proof.left, proof.asset)
    came = ledger_words.amount_words(proof.right, proof.asset)
    typer.echo(f"  {'✓' if proof.holds else '✗'} {_(proof.words)}: {there} | {came}")
