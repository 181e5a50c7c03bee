"""What commands that read or write lists share: the file, the community, the row-wise errors, the progress bar."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from cli.choosing import one_book
from cli.trouble import Trouble
from kernel.tables import Row, read_table
from people import roster
from people.columns import Problem
from people.naming import folded
from web.i18n import gettext as _
from web.i18n import ngettext

SHOWN = 30
PIPED_WIDTH = 160
PROBLEMS = 2  # exit code: the list was read and has mistakes

File = Annotated[Path, typer.Argument(metavar="FILE", help="A list: .xlsx or .csv.")]
Community = Annotated[
    str | None, typer.Option("--community", help="The community; needed where there are several.")
]
Preview = Annotated[bool, typer.Option("--preview", help="Only show what would be done.")]


def read_file(file: Path) -> list[Row]:
    """Return the rows of a list. Raises: Trouble, TableIsUnreadable, TableIsTooLarge."""
    if not file.is_file():
        raise Trouble(_("There is no file %(file)s.", file=file))
    return read_table(file.read_bytes())


async def book_of(community: str | None) -> int:
    """Return the book of the community that was named, or the only one. Raises: Trouble."""
    if community is None:
        return await one_book(None)
    everyone = await roster.communities()
    for each in everyone:
        if each.name == folded(community):
            return int(each.id)
    names = ", ".join(each.name for each in everyone)
    raise Trouble(_("Please say which community: --community with one of %(names)s.", names=names))


def show(heads: Sequence[str], rows: Iterable[Sequence[str]], count: int) -> None:
    """Print the first rows of a table, and how many more there are."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=PIPED_WIDTH)
    table = Table(*heads)
    for row in rows:
        table.add_row(*row)
    console.print(table, markup=False)
    if count > SHOWN:
        typer.echo(_("… and %(count)s more", count=count - SHOWN))


def tell_problems(problems: Sequence[Problem]) -> None:
    """Print what is wrong, row by row, and stop with exit code 2: nothing has been written."""
    for problem in problems:
        says = _(problem.says, **problem.members)
        where = _("Row %(row)s, %(column)s", row=problem.row, column=problem.column or "–")
        typer.echo(f"  ✗ {where}: {says}")
    told = ngettext(
        "%(num)s mistake; nothing was written.",
        "%(num)s mistakes; nothing was written.",
        len(problems),
    )
    typer.echo(told)
    raise typer.Exit(PROBLEMS)


@contextmanager
def progress(total: int | None, words: str) -> Iterator[Callable[[int], None]]:
    """Show a bar on a terminal while long work goes on, and nothing where the output is piped."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(
        *columns,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task(words, total=total)
        yield lambda count: bar.advance(task, count)
