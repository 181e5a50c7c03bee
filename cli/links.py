"""Addresses that are printed on the console."""

from cli.opening import chosen

PORT = 8000


def origin(port: int = PORT) -> str:
    """Return what links begin with: the public address, else this machine."""
    return chosen().public_url or f"http://127.0.0.1:{port}"


def one_time_link(token: str, port: int = PORT) -> str:
    """Return the address that signs a browser in once."""
    return f"{origin(port)}/Q/{token}"
