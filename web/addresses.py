"""What our codes say: an address any phone can open, or the bare token where there is no such address."""

from starlette.requests import Request

from kernel.settings import settings
from web.cookies import host_of, is_loopback


def code_text(token: str) -> str:
    """Return what a QR code of a token holds; upper case throughout keeps the picture small.

    While `public_url` is unset or loopback it is the token alone: our own scanners read it, phones cannot open it.
    """
    if not settings().phones_can_open:
        return token
    return f"{settings().public_url}/Q/{token}".upper()


def code_on_screen(request: Request, token: str, *, here: bool = False) -> str | None:
    """Return what a code on a screen holds that other people's phones are to open, or None while they cannot.

    With `here`, a browser on this same computer gets an address that it can open itself.
    """
    if settings().phones_can_open:
        return code_text(token)
    return (
        f"{own_origin(request)}/Q/{token}".upper() if here and on_this_computer(request) else None
    )


def on_this_computer(request: Request) -> bool:
    """Say whether the page is looked at on the very machine that serves it."""
    return is_loopback(host_of(request))


def own_origin(request: Request) -> str:
    """Return the address that this very browser used."""
    return str(request.base_url).rstrip("/")


def public_origin(request: Request) -> str:
    """Return the address to give away: the public one, or where there is none the one this browser used."""
    return (settings().public_url or "") if settings().phones_can_open else own_origin(request)
