"""`caihong alarm`: what the checks found in production, and clearing it once somebody has looked."""

import json
from typing import Annotated, Any

import typer

from cli.choosing import Book, By, Yes, administrator, book_names, some_books
from cli.opening import on_books
from cli.trouble import Trouble
from ledger import alarms
from ledger.alarms import Alarm
from ledger.books import zone_of
from web.i18n import gettext as _
from web.i18n import when

FOUND_SOMETHING = 2
app = typer.Typer(help="Alarms of the books: what a check found.", no_args_is_help=True)

Everything = Annotated[bool, typer.Option("--all", help="Cleared alarms too.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the alarms as JSON.")]


@app.command("list")
def list_alarms(book: Book = None, everything: Everything = False, as_json: AsJson = False) -> None:
    """List the alarms that keep a book shut. Exit code 0: none is open; 2: some are."""

    async def work() -> list[tuple[int, str, str, list[Alarm]]]:
        named = await book_names()
        read = alarms.all_alarms if everything else alarms.open_alarms
        return [
            (each, named.get(each, "–"), await zone_of(each), await read(each))
            for each in await some_books(book)
        ]

    found = on_books(work)
    if as_json:
        told = [_as_json(book_id, alarm) for book_id, _name, _zone, some in found for alarm in some]
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _tell(found)
    if any(alarm.cleared_at is None for *_book, some in found for alarm in some):
        raise typer.Exit(FOUND_SOMETHING)


def _tell(found: list[tuple[int, str, str, list[Alarm]]]) -> None:
    for book_id, name, zone, some in found:
        if not some:
            typer.echo(_("%(community)s (book %(book)s): no alarm", community=name, book=book_id))
            continue
        typer.echo(_("%(community)s (book %(book)s):", community=name, book=book_id))
        for alarm in some:
            typer.echo(_line(alarm, zone))


def _line(alarm: Alarm, zone: str) -> str:
    state = (
        _("takes no entries")
        if alarm.cleared_at is None
        else _("cleared %(when)s", when=when(alarm.cleared_at, zone))
    )
    mark = "✗" if alarm.cleared_at is None else "✓"
    said = f"[{alarm.check}] {_(alarm.says, **alarm.members)}"
    return f"  {mark} {alarm.id}  {when(alarm.raised_at, zone)}  {said} – {state}"


def _as_json(book_id: int, alarm: Alarm) -> dict[str, Any]:
    return {
        "book": str(book_id),
        "alarm": str(alarm.id),
        "raised_at": alarm.raised_at,
        "check": alarm.check,
        "says": str(alarm),
        "cleared_at": alarm.cleared_at,
        "cleared_by": None if alarm.cleared_by is None else str(alarm.cleared_by),
    }


@app.command()
def clear(
    alarm: Annotated[int, typer.Argument(metavar="ALARM", help="The alarm's number.")],
    by: By,
    yes: Yes = False,
) -> None:
    """Clear an alarm once its cause is known; with the last one cleared, the book takes entries again."""

    async def look() -> tuple[int, Alarm, int]:
        for book_id in await some_books(None):
            for each in await alarms.open_alarms(book_id):
                if each.id == alarm:
                    return book_id, each, await administrator(book_id, by)
        raise Trouble(_("There is no open alarm %(alarm)s.", alarm=alarm))

    book_id, found, person_id = on_books(look)
    typer.echo(f"[{found.check}] {_(found.says, **found.members)}")
    if not yes:
        typer.confirm(
            _("Has `caihong verify` been run, and is it known why? Clear the alarm"), abort=True
        )
    opened = on_books(lambda: alarms.clear_alarm(book_id, alarm, person_id))
    if opened:
        typer.echo(_("Cleared. The books take entries again."))
    else:
        typer.echo(_("Cleared. Another alarm still keeps the books shut."))
