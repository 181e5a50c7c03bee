"""Only under our own names: a request for any other host is answered with a page that says so, and does nothing."""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from kernel.errors import N_, Invalid
from kernel.settings import settings
from web.cookies import host_of, is_loopback
from web.errors import refusal

BAD_REQUEST = 400
# What a load balancer or a notice asks for by address: nothing in it depends on a name.
ANY_HOST = ("/static/", "/healthz", "/readyz")


class HostIsUnknown(Invalid):
    """The address names a host that this installation does not answer for."""

    slug = "host-unknown"
    title = N_("This is not our address")
    detail = N_(
        "This installation does not answer under this address. Whoever runs it can set its public address "
        "with `caihong setup`, or add the name to trusted_hosts."
    )


def is_ours(host: str) -> bool:
    """Say whether a host, without its port, is this machine itself or a name from the settings."""
    return is_loopback(host) or host in settings().hosts


class TrustedHosts:
    """Refuses requests under foreign names: links and pages built from the host then never point elsewhere."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Compare the name that was asked for."""
        if scope["type"] == "http" and not scope["path"].startswith(ANY_HOST):
            request = Request(scope, receive)
            if not is_ours(host_of(request)):
                await refusal(request, BAD_REQUEST, HostIsUnknown())(scope, receive, send)
                return
        await self.app(scope, receive, send)
