"""`caihong setup`: one question (whose phones?), what follows from it, and the settings file."""

import tomllib
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from cli.trouble import Trouble
from kernel.errors import N_
from kernel.settings import SETTINGS_FILE, data_dir, settings
from web.cookies import is_loopback
from web.i18n import gettext as _


class Phones(StrEnum):
    """Whose phones are to be used."""

    NONE = "none"
    OFFICE = "office"
    RESIDENTS = "residents"


ANSWERS = {
    Phones.NONE: N_("Nobody's: only this computer"),
    Phones.OFFICE: N_("The office's own devices: a tablet, a second computer"),
    Phones.RESIDENTS: N_("The residents' phones"),
}
# What works, what does not, and what stands in for it: said before anybody is disappointed.
WORKS = {
    Phones.NONE: N_(
        "Works: points cards, check-in at the office door with a scanner gun, the shop, vouchers checked at the "
        "office, the points ledger. No internet is needed.\n"
        "Does not work: phones. For shifts outdoors, print the sign-in sheet and scan it on return."
    ),
    Phones.OFFICE: N_(
        "Works: all of the above on several devices, with their cameras.\n"
        "Needs: a name of your own (a domain) whose address is this computer's in the office network, and a real "
        "certificate for it (serve --cert --key). Over plain http, browsers keep no sign-in and open no camera.\n"
        "Does not work: residents' phones outside the office network. A home-made certificate is for the office's own "
        "devices only; never install one on residents' phones."
    ),
    Phones.RESIDENTS: N_(
        "Works: everything.\n"
        "Needs: a server that the internet can reach, a name of your own with https in front of it; in mainland China "
        "the name must be filed with the authorities (ICP) first, which takes days to weeks. The address of a computer "
        "in the office network can never serve residents' phones. Tunnels and servers abroad are not for real data."
    ),
}

Whose = Annotated[Phones | None, typer.Option("--phones", help="Answers the question beforehand.")]
Address = Annotated[
    str | None,
    typer.Option(
        "--address", metavar="URL", help="The public address (https://…); '' for none yet."
    ),
]


def setup(phones: Whose = None, address: Address = None) -> None:
    """Ask whose phones are to be used, and write the settings that follow from the answer."""
    phones = phones or _ask()
    typer.echo("\n" + _(WORKS[phones]) + "\n")
    public_url = _public_url(phones, address)
    file = data_dir() / SETTINGS_FILE
    kept = _read(file)
    _write(file, _changed(kept, public_url))
    settings.cache_clear()
    typer.echo(_("Written to %(file)s.", file=file))
    _tell_what_next(phones, public_url)


def _ask() -> Phones:
    typer.echo(_("Whose phones are to be used?"))
    answers: list[Phones] = list(ANSWERS)
    for number, answer in enumerate(answers, 1):
        typer.echo(f"  {number}  {_(ANSWERS[answer])}")
    while True:
        given = int(typer.prompt(_("1, 2 or 3"), type=int))
        if 1 <= given <= len(answers):
            return answers[given - 1]


def _public_url(phones: Phones, address: str | None) -> str | None:
    if phones is Phones.NONE:
        return None
    return _checked(_ask_address() if address is None else address, phones)


def _ask_address() -> str:
    return str(
        typer.prompt(
            _("The address people will open (https://…; leave empty if there is none yet)"),
            default="",
        )
    )


def _checked(address: str, phones: Phones) -> str | None:
    address = address.strip()
    if not address:
        return None
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme != "https" or not host:
        raise Trouble(
            _(
                "The address must begin with https://, for example https://caihong.example.cn. Nothing was written."
            )
        )
    if is_loopback(host):
        raise Trouble(
            _(
                "%(host)s is this computer itself; no other device can open it. Nothing was written.",
                host=host,
            )
        )
    if phones is Phones.RESIDENTS and _is_private(host):
        raise Trouble(
            _(
                "%(host)s is an address inside the office network; residents' phones cannot open it. "
                "Nothing was written.",
                host=host,
            )
        )
    return f"https://{parts.netloc.lower()}"


def _is_private(host: str) -> bool:
    try:
        return ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith(".local")


def _read(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise Trouble(
            _(
                "%(file)s cannot be read: %(why)s. Please correct or remove it.",
                file=file,
                why=error,
            )
        ) from None


def _changed(kept: dict[str, Any], public_url: str | None) -> dict[str, Any]:
    """Return the settings with the new address; a host that was left stays known, for cards that were printed."""
    changed = {name: value for name, value in kept.items() if name != "public_url"}
    former = list(kept.get("former_hosts", []))
    left, new = (urlsplit(url or "").netloc for url in (kept.get("public_url"), public_url))
    if left and left != new and left not in former:
        former.append(left)
    if former:
        changed["former_hosts"] = [host for host in former if host != new]
    if public_url:
        changed["public_url"] = public_url
    return changed


def _write(file: Path, values: dict[str, Any]) -> None:
    lines = [f"{name} = {_toml(value)}\n" for name, value in sorted(values.items())]
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_text("# Written by `caihong setup`.\n" + "".join(lines), encoding="utf-8")
    fresh.replace(file)


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    if isinstance(value, int | float):
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _tell_what_next(phones: Phones, public_url: str | None) -> None:
    if phones is not Phones.NONE and public_url is None:
        typer.echo(
            _(
                "Until there is an address, pages say so instead of showing codes that a phone could not open."
            )
        )
    typer.echo(
        _(
            "Next: `caihong serve`. On a new installation it prints a set-up code for the first administrator."
        )
    )
