"""`caihong tidy`: delete what has been kept as long as it is needed; `caihong serve` does so by itself."""

from typing import Annotated

import typer

from cli.opening import on_books
from people.retention import RETENTION, tidy
from web.i18n import gettext as _

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only count what would be deleted.")]


def tidy_command(dry_run: DryRun = False) -> None:
    """Delete ended sign-ins, used codes and the like once they are old; never the books or attendances."""
    counts = on_books(lambda: tidy(dry_run=dry_run))
    for kept in RETENTION:
        told = {
            "what": _(kept.title),
            "days": kept.days,
            "why": _(kept.why),
            "count": counts[kept.table],
        }
        typer.echo(_("%(what)s, kept for %(days)s days (%(why)s): %(count)s", **told))
    typer.echo(_("Nothing was deleted: --dry-run.") if dry_run else _("Deleted."))
