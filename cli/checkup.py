"""`caihong doctor`: a short look at what most often stands in the way."""

import platform
import shutil

import typer

from cli.opening import chosen, database_file, on_books
from cli.trouble import sentence_about
from kernel.settings import data_dir
from ledger.alarms import open_alarms
from people import recovery, roster
from people.models import Role
from web.i18n import gettext as _
from web.i18n import when
from web.render import STATIC

LEAST_FREE_MB = 500


def doctor() -> None:
    """Look at what most often stands in the way; exit code 1 if something does."""
    findings = [_python(), _folder(), _assets(), _database(), _phones(), *_alarms()]
    for good, said in findings:
        typer.echo(f"{'✓' if good else '✗'} {said}")
    for warning in _locked_out_soon():
        typer.echo(f"! {warning}")
    if not all(good for good, _said in findings):
        raise typer.Exit(1)


def _python() -> tuple[bool, str]:
    return True, f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"


def _folder() -> tuple[bool, str]:
    folder = data_dir().absolute()
    there = next(each for each in (folder, *folder.parents) if each.exists())
    free = shutil.disk_usage(there).free // 1_000_000
    said = _("Data folder %(folder)s, %(free)s MB free", folder=folder, free=free)
    return free >= LEAST_FREE_MB, said


def _assets() -> tuple[bool, str]:
    if (STATIC / "vendor" / "manifest.json").is_file():
        return True, _("The browser's files are in place")
    return False, _("The browser's files are not in place. Please run `make assets` once.")


def _database() -> tuple[bool, str]:
    try:
        where = str(database_file() or "PostgreSQL")
        admins = on_books(_admins)
    except Exception as error:
        sentence = sentence_about(error)
        if sentence is None:
            raise
        return False, sentence
    if not admins:
        return False, _(
            "%(where)s is up to date, but there is no administrator yet: caihong user add NAME --role admin",
            where=where,
        )
    return True, _(
        "%(where)s is up to date; administrators: %(admins)s", where=where, admins=admins
    )


async def _admins() -> int:
    grants = [grant for each in await roster.communities() for grant in await roster.staff(each.id)]
    return sum(grant.role is Role.ADMIN for grant in grants)


def _locked_out_soon() -> list[str]:
    """Warn of each community that would be locked out if one person were; where there is no database, of nothing."""
    try:
        names = on_books(_hanging_on_one)
    except Exception as error:
        if sentence_about(error) is None:
            raise
        return []
    says = _(
        "%(community)s has one administrator and no recovery sheet: make a second one, or print the sheet under "
        "“Who works here”."
    )
    return [says % {"community": name} for name in names]


async def _hanging_on_one() -> list[str]:
    return [
        each.name for each in await roster.communities() if await recovery.hangs_on_one(each.id)
    ]


def _phones() -> tuple[bool, str]:
    if chosen().phones_can_open:
        return True, _("Phones open %(url)s", url=chosen().public_url)
    return True, _("No address for phones is set: only this computer is served (`caihong setup`)")


def _alarms() -> list[tuple[bool, str]]:
    """Tell of each book that takes no entries; where there is no database yet, there is nothing to tell."""
    try:
        shut = on_books(_shut)
    except Exception as error:
        if sentence_about(error) is None:
            raise
        return []
    says = _("The books of %(community)s take no entries since %(when)s: caihong alarm list")
    return [(False, says % {"community": name, "when": since}) for name, since in shut]


async def _shut() -> list[tuple[str, str]]:
    return [
        (each.name, when(alarms[0].raised_at, each.zone))
        for each in await roster.communities()
        if (alarms := await open_alarms(each.id))
    ]
