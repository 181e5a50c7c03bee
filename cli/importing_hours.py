"""`caihong import hours`: hours from earlier records, which then wait for a second person to verify them."""

from typing import Annotated

import typer

from checkin.correcting import LONGEST_REASON
from checkin.imported_hours import Plan, bring_in, plan
from cli.choosing import Yes
from cli.granting import maker
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
from ledger.books import zone_of
from people.disclosing import note_disclosure
from people.privacy import Purpose, Told
from web.i18n import gettext as _
from web.i18n import hours as time_words
from web.i18n import ngettext, when

By = Annotated[
    str, typer.Option("--by", metavar="NAME", help="Who brings them in: name or number.")
]


def hours(
    file: File,
    by: By,
    community: Community = None,
    preview: Preview = False,
    yes: Yes = False,
) -> None:
    """Bring in hours: number or name, activity, date, from, to. Somebody else verifies them, by their day's rule."""
    rows = read_file(file)

    async def look() -> tuple[int, int, Plan, str]:
        book_id = await book_of(community)
        person_id = await maker(book_id, by)
        return book_id, person_id, await plan(book_id, rows, person_id), await zone_of(book_id)

    book_id, person_id, planned, zone = on_books(look)
    _show(planned, zone)
    if planned.problems:
        tell_problems(list(planned.problems))
    if not planned.rows:
        raise Trouble(_("No hours stand in this list."))
    if not planned.new:
        typer.echo(_("This list had been imported before; nothing was changed."))
        return
    if preview:
        return
    if not yes:
        typer.confirm(_("Do this"), abort=True)

    async def work() -> int:
        people = len({each.member.person_id for each in planned.new})
        await note_disclosure(
            book_id, Told.OPENING_LIST, Purpose.SHIFT, by=person_id, people=people
        )
        return await bring_in(book_id, planned, person_id, file.name[:LONGEST_REASON])

    with progress(None, _("Bringing in")):
        count = on_books(work)
    told = ngettext(
        "%(num)s row brought in; it waits for somebody else to verify it.",
        "%(num)s rows brought in; they wait for somebody else to verify them.",
        count,
    )
    typer.echo(told)


def _show(planned: Plan, zone: str) -> None:
    heads = [_("Row"), _("Number"), _("Name"), _("Activity"), _("From"), _("To"), _("Service time")]
    shown = [
        (
            *(str(each.row), each.member.shown_number, each.member.person.name),
            *(each.activity.title, when(each.came, zone), when(each.went, zone)),
            time_words((each.went - each.came) // 60_000_000),
        )
        for each in planned.rows[:SHOWN]
    ]
    show(heads, shown, len(planned.rows))
    if before := len(planned.rows) - len(planned.new):
        typer.echo(
            ngettext(
                "%(num)s row was imported before.", "%(num)s rows were imported before.", before
            )
        )
