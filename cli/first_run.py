"""What a new installation's console says: where to open the first page, and the code it asks for."""

import typer

from cli.opening import on_books
from people import first_setup
from web.i18n import gettext as _


def setup_code() -> str | None:
    """Make a set-up code, which ends earlier ones, if nobody works here yet."""
    return on_books(first_setup.offer)


def say_setup_code(code: str | None, address: str = "") -> None:
    """Print the code and where it is typed."""
    if code is None:
        return
    where = f"{address}/setup" if address else "/setup"
    typer.echo(
        _(
            "Nobody works here yet. Open %(where)s and type this set-up code (good for a day, once; earlier ones end):",
            where=where,
        )
    )
    typer.echo(f"  {code}")
