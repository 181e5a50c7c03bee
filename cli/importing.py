"""`caihong import`: members and what they own, from a spreadsheet, into a book that begins."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from audit.spreadsheets import Cell, write_csv, write_xlsx
from checkin import rules
from checkin.plan_errors import NoAwardRule
from cli.choosing import Yes
from cli.lists import (
    SHOWN,
    Community,
    File,
    Preview,
    book_of,
    progress,
    read_file,
    show,
    tell_problems,
)
from cli.opening import on_books
from cli.trouble import Trouble
from cli.users import find_member
from kernel import clock
from kernel.days import day_of, plus_months
from ledger.books import zone_of
from people.masks import masked_phone
from people.opening import Opened, carry_in
from people.opening_list import TEMPLATE, read_list
from people.opening_plan import Plan, plan
from web.i18n import day as day_words
from web.i18n import gettext as _
from web.i18n import hours, language, ngettext
from web.i18n import points as grouped

app = typer.Typer(help="Bring in what was kept elsewhere.", invoke_without_command=True)

Template = Annotated[
    Path | None,
    typer.Option("--template", metavar="FILE", help="Write an empty list to fill in, and stop."),
]
By = Annotated[
    str | None, typer.Option("--by", metavar="NAME", help="Who answers for it: name or number.")
]
Different = Annotated[
    bool,
    typer.Option("--different-people", help="People of one name in the list are different people."),
]


@app.callback()
def bring_in(context: typer.Context, template: Template = None) -> None:
    """Bring in what was kept elsewhere; --template FILE writes an empty list to fill in."""
    if template is not None:
        asyncio.run(_write_template(template))
        typer.echo(_("Written to %(file)s.", file=template))
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


async def _write_template(file: Path) -> None:
    place = 0 if language().startswith("zh") else 1
    heads = [str(column[place]) for column in TEMPLATE]

    async def example() -> AsyncIterator[Sequence[Cell]]:
        yield [column[2] for column in TEMPLATE]

    if file.suffix.lower() == ".csv":
        await write_csv(file, heads, example(), lambda: None)
    else:
        await write_xlsx(file, _("Members"), heads, example(), lambda: None)


@app.command()
def members(
    file: File,
    community: Community = None,
    preview: Preview = False,
    by: By = None,
    different_people: Different = False,
    yes: Yes = False,
) -> None:
    """Register the people of a list and post what they bring as one entry; the same list again changes nothing."""
    rows = read_file(file)

    async def look() -> tuple[int, Plan, int | None]:
        book_id = await book_of(community)
        today = day_of(clock.now(), await zone_of(book_id))
        expires = await _expires_by_rule(book_id, today)
        return book_id, await plan(book_id, read_list(rows, today, expires)), expires

    book_id, planned, expires = on_books(look)
    _show(planned, expires)
    if planned.problems:
        tell_problems(planned.problems)
    if not planned.wanted.people:
        raise Trouble(_("Nobody stands in this list."))
    if preview:
        return
    if planned.namesakes and not different_people:
        _ask_about_namesakes(planned)
    if not yes and not planned.imported_before:
        typer.confirm(_("Do this"), abort=True)

    async def work() -> Opened:
        person_id = (await find_member(book_id, by)).person_id if by else None
        return await carry_in(
            book_id,
            planned.wanted,
            expires_by_rule=expires,
            by=person_id,
            namesakes_are_others=True,
        )

    with progress(None, _("Bringing in")):
        opened = on_books(work)
    _conclude(opened)


async def _expires_by_rule(book_id: int, today: int) -> int | None:
    """Return until when points last that the list gives no month: as long as points earned today."""
    try:
        rule = await rules.in_force(book_id, clock.now())
    except NoAwardRule:
        return None
    return plus_months(today, rule.months_valid)


def _show(planned: Plan, expires: int | None) -> None:
    heads = [_("Row"), _("Name"), _("Phone"), _("Flat"), _("Number")]
    heads += [_("Points"), _("Good until"), _("Service time")]
    wanted = planned.wanted
    shown = []
    for each in wanted.people[:SHOWN]:
        number = str(each.number or "")
        if each.row in planned.members:
            number = _("%(number)s (member)", number=number)
        until = each.expires_on or expires
        amounts = (
            grouped(each.points) if each.points else "",
            day_words(until) if each.points and until else "",
            hours(each.minutes) if each.minutes else "",
        )
        person = (each.name, masked_phone(each.phone), each.flat, number or _("new"))
        shown.append((str(each.row), *person, *amounts))
    show(heads, shown, len(wanted.people))
    typer.echo(
        _(
            "%(people)s people, %(members)s of them members already; %(points)s points and %(time)s in all.",
            people=len(wanted.people),
            members=len(planned.members),
            points=grouped(wanted.points),
            time=hours(wanted.minutes),
        )
    )
    if planned.imported_before:
        typer.echo(_("This list has been imported before: nobody is registered twice."))
    for same in planned.namesakes:
        told = _("rows %(rows)s", rows=", ".join(map(str, same.rows)))
        if same.numbers:
            told += "; " + _("members %(numbers)s", numbers=", ".join(map(str, same.numbers)))
        typer.echo(f"  ? {same.name}: {told}")


def _ask_about_namesakes(planned: Plan) -> None:
    question = ngettext(
        "%(num)s name stands twice or belongs to a member already. Are these different people",
        "%(num)s names stand twice or belong to members already. Are these different people",
        len(planned.namesakes),
    )
    if not typer.confirm(question):
        raise Trouble(
            _("Nothing was imported. Give those who are members already their number in the list.")
        )


def _conclude(opened: Opened) -> None:
    if opened.replayed:
        typer.echo(_("This list had been imported before; nothing was changed."))
        return
    typer.echo(
        ngettext(
            "%(num)s person brought in, with %(points)s points and %(time)s.",
            "%(num)s people brought in, with %(points)s points and %(time)s.",
            opened.people,
            points=grouped(opened.points),
            time=hours(opened.minutes),
        )
    )
    if opened.entry_id is not None:
        typer.echo(_("Entry %(entry)s", entry=opened.entry_id))
