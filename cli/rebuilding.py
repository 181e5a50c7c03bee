"""`caihong rebuild`: compute balances and lots from the transfers again, and set right what differs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from cli.choosing import Book, Yes, administrator, book_names, one_book, some_books
from cli.opening import on_books
from cli.trouble import Trouble
from ledger import rebuilding
from ledger.rebuilding import Counters, Difference, Told
from web.i18n import gettext as _
from web.i18n import ngettext

DIFFERENCES = 5
WIDE = 160  # Columns of a table in a file or pipe: no account's path is broken there.

DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only look: nothing is changed, nobody is disturbed.")
]
By = Annotated[
    str,
    typer.Option(
        "--by", metavar="NAME", help="The administrator who answers for it: name or number."
    ),
]


def rebuild(book: Book = None, dry_run: DryRun = False, by: By = "", yes: Yes = False) -> None:
    """Compare every balance with its transfers. Exit code 0: no differences, or set right; 5: differences found."""
    if dry_run:
        if _look(book):
            raise typer.Exit(DIFFERENCES)
        return
    if not by:
        raise Trouble(_("Please say in whose name: --by NAME. To look only: --dry-run."))
    _repair(book, by, yes)


def _look(book: int | None) -> int:
    async def work() -> list[tuple[str, list[Difference]]]:
        named = await book_names()
        found = []
        for each in await some_books(book):
            with _progress() as told:
                found.append((named.get(each, str(each)), await rebuilding.differences(each, told)))
        return found

    found = on_books(work)
    for community, differences in found:
        _tell(community, differences)
    return sum(len(differences) for _community, differences in found)


def _repair(book: int | None, by: str, yes: bool) -> None:
    async def who() -> tuple[int, int]:
        book_id = await one_book(book)
        return book_id, await administrator(book_id, by)

    book_id, person_id = on_books(who)
    if not _look(book_id):
        return
    if not yes:
        typer.confirm(
            _("Set these to what the transfers say? A backup beforehand is wise"), abort=True
        )

    async def work() -> list[Difference]:
        with _progress() as told:
            return await rebuilding.rebuild(book_id, person_id, told)

    changed = on_books(work)
    typer.echo(
        ngettext(
            "%(num)s balance or lot was set right. The book stays shut until its alarms are cleared.",
            "%(num)s balances and lots were set right. The book stays shut until its alarms are cleared.",
            len(changed),
        )
    )


def _tell(community: str, differences: list[Difference]) -> None:
    if not differences:
        typer.echo(
            _(
                "%(community)s: every balance and lot is the sum of its transfers.",
                community=community,
            )
        )
        return
    head = (_("Account"), _("Asset"), _("Lot"), _("Kept (debit, credit, version)"), _("Counted"))
    table = Table(*head, title=community, title_justify="left")
    for each in differences:
        lot = "" if each.expires_on is None else str(each.expires_on)
        table.add_row(each.path, each.asset, lot, _counters(each.kept), _counters(each.counted))
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDE
    console.print(table)


def _counters(counters: Counters | None) -> str:
    if counters is None:
        return "–"
    return f"{counters.debits}, {counters.credits}, {counters.version}"


@contextmanager
def _progress() -> Iterator[Told]:
    """Show how many accounts are done, on a terminal only."""
    with Progress(
        console=Console(stderr=True), transient=True, disable=not Console(stderr=True).is_terminal
    ) as bar:
        task = bar.add_task(_("Accounts"), total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
