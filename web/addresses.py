"""What our codes say: an address any phone can open, or the bare token where there is no such address."""

from kernel.settings import settings


def code_text(token: str) -> str:
    """Return what a QR code of a token holds; upper case throughout keeps the picture small.

    While `public_url` is unset or loopback it is the token alone: our own scanners read it, phones cannot open it.
    """
    if not settings().phones_can_open:
        return token
    return f"{settings().public_url}/Q/{token}".upper()
