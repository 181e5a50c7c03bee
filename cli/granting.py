"""`caihong grant`: points for many people from a list, by one person and, if asked for, approved by another."""

from typing import Annotated

import typer

from checkin import rules
from cli.choosing import Yes
from cli.lists import (
    PROBLEMS,
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
from ledger.grants import Answer, Grant, GrantList
from ledger.grants import grant as grant_list
from people import roster
from people.columns import CellIsWrong, Problem, month
from people.disclosing import note_disclosure
from people.grant_list import Granted, find_people, problems_of
from people.models import Role
from people.privacy import Purpose, Told
from web.i18n import day as day_words
from web.i18n import gettext as _
from web.i18n import ngettext, say
from web.i18n import points as grouped

MAKERS = frozenset({Role.ADMIN, Role.ORGANISER})

By = Annotated[
    str, typer.Option("--by", metavar="NAME", help="Who grants the points: name or number.")
]
Approver = Annotated[
    str | None, typer.Option("--approved-by", metavar="NAME", help="Who approves it, if asked for.")
]
Reason = Annotated[str, typer.Option("--reason", help="What the points are for.")]
Until = Annotated[
    str | None,
    typer.Option("--until", metavar="MONTH", help="The last month, as 2027-06; else by the rule."),
]


def grant(
    file: File,
    by: By,
    reason: Reason,
    approved_by: Approver = None,
    until: Until = None,
    community: Community = None,
    preview: Preview = False,
    yes: Yes = False,
) -> None:
    """Grant the points of a list, a hundred people to an entry; the same list again gives nothing twice."""
    rows = read_file(file)

    async def look() -> tuple[int, GrantList, tuple[Granted, ...], list[Problem]]:
        book_id = await book_of(community)
        found = await find_people(book_id, rows)
        wanted = GrantList(
            grants=tuple(Grant(each.member.person_id, each.points) for each in found.rows),
            made_by=await maker(book_id, by),
            reason=reason,
            expires_on=await _expires_on(book_id, until),
            approved_by=await maker(book_id, approved_by) if approved_by else None,
        )
        problems = [*found.problems, *problems_of(wanted, found.rows)]
        return book_id, wanted, found.rows, problems

    book_id, wanted, people, problems = on_books(look)
    _show(wanted, people)
    if problems:
        tell_problems(problems)
    if preview:
        return
    if not yes:
        typer.confirm(_("Do this"), abort=True)
    with progress(len(wanted.grants), _("Granting")) as advance:

        async def work() -> list[Answer]:
            by, count = wanted.made_by, len(wanted.grants)
            await note_disclosure(book_id, Told.GRANT_LIST, Purpose.POINTS, by=by, people=count)
            return await grant_list(book_id, wanted, advance)

        answers = on_books(work)
    _conclude(answers, people)


async def maker(book_id: int, name: str) -> int:
    """Return an organiser or administrator by name or number. Raises: Trouble."""
    member = await find_member(book_id, name)
    if MAKERS.isdisjoint(await roster.roles_of(book_id, member.person_id)):
        raise Trouble(_("%(name)s may not grant points: that is for organisers.", name=name))
    return member.person_id


async def _expires_on(book_id: int, until: str | None) -> int:
    today = day_of(clock.now(), await zone_of(book_id))
    if until is None:
        rule = await rules.in_force(book_id, clock.now())
        return plus_months(today, rule.months_valid)
    try:
        last = month(until)
    except CellIsWrong as wrong:
        raise Trouble(_(wrong.says, **wrong.members)) from None
    if last < today:
        raise Trouble(_("This month is over: these points would be gone at once."))
    return last


def _show(wanted: GrantList, people: tuple[Granted, ...]) -> None:
    heads = [_("Row"), _("Number"), _("Name"), _("Points")]
    rows = [
        (str(each.row), each.member.shown_number, each.member.person.name, grouped(each.points))
        for each in people[:SHOWN]
    ]
    show(heads, rows, len(people))
    typer.echo(
        _(
            "%(people)s people get %(points)s points in all, good until %(day)s.",
            people=len(people),
            points=grouped(wanted.points),
            day=day_words(wanted.expires_on),
        )
    )


def _conclude(answers: list[Answer], people: tuple[Granted, ...]) -> None:
    refused = [
        (answer.refusal, each)
        for answer, each in zip(answers, people, strict=True)
        if answer.refusal is not None
    ]
    given = [answer for answer in answers if answer.refusal is None]
    if given and all(answer.replayed for answer in answers):
        typer.echo(_("This list had been granted before; nothing was changed."))
    else:
        entries = len({answer.entry_id for answer in given})
        told = ngettext("%(num)s person was granted", "%(num)s people were granted", len(given))
        made = ngettext("%(num)s entry", "%(num)s entries", entries)
        points = _("%(points)s points", points=grouped(sum(each.grant.points for each in given)))
        typer.echo(f"{told}: {points}, {made}.")
    for refusal, each in refused:
        where = _("Row %(row)s, %(column)s", row=each.row, column=each.member.shown_number)
        typer.echo(f"  ✗ {where}: {say(refusal)}")
    if refused:
        raise typer.Exit(PROBLEMS)
