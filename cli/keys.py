"""`caihong keys`: the keys that sign the API's access tokens."""

import typer

from api.access_tokens import PURPOSE, VERIFIES_FOR, access_keys
from cli.opening import chosen
from cli.trouble import Trouble
from kernel import clock
from kernel.key_rings import RingIsUnreadable, RingKey, RotationUnderWay
from kernel.key_rings import rotate as rotated
from web.i18n import gettext as _
from web.i18n import when

app = typer.Typer(
    help="The keys that sign the API's access tokens.",
    no_args_is_help=True,
)


@app.command("list")
def list_keys() -> None:
    """List the keys, newest first; secret halves are never shown."""
    chosen()
    try:
        keys = access_keys().keys
    except RingIsUnreadable as file:
        raise _unreadable(file) from None
    for key in keys:
        typer.echo(f"{key.kid}  {_said(key)}")


@app.command()
def rotate() -> None:
    """Sign with a new key from now on; servers that are running notice by themselves."""
    file = chosen().access_keys
    try:
        ring = rotated(file, PURPOSE)
    except RotationUnderWay as waiting:
        raise Trouble(
            _("Another rotation is under way. If not, remove %(file)s and try again.", file=waiting)
        ) from None
    except RingIsUnreadable as found:
        raise _unreadable(found) from None
    typer.echo(_("Signing with %(key)s from now on, kept in %(file)s.", key=ring.kid, file=file))
    typer.echo(
        _(
            "Tokens of the key before are accepted until the last of them has expired, at %(when)s.",
            when=_moment(ring.keys[1]),
        )
    )


def _unreadable(file: Exception) -> Trouble:
    return Trouble(_("%(file)s does not hold signing keys. Please restore it.", file=file))


def _said(key: RingKey) -> str:
    if key.retired_at is None:
        return _("signs new tokens")
    if clock.now() <= key.retired_at + VERIFIES_FOR:
        return _("accepted until %(when)s", when=_moment(key))
    return _("retired at %(when)s", when=when(key.retired_at, chosen().zone))


def _moment(key: RingKey) -> str:
    return when((key.retired_at or 0) + VERIFIES_FOR, chosen().zone)
