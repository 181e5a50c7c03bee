"""`caihong serve`: check that all is in place, then answer requests until told to stop."""

import contextlib
import json
import os
import socket
import sys
from typing import Annotated

import typer
import uvicorn
from uvicorn.supervisors import Multiprocess

from cli import demo, first_run, logs
from cli.links import PORT
from cli.one_server import the_only_server
from cli.one_write import OneWrite
from cli.opening import chosen, database_file, migrate
from cli.trouble import Trouble
from kernel.keys import derived_key
from kernel.settings import settings
from web.cookies import is_loopback
from web.i18n import gettext as _
from web.render import STATIC

GRACE_SECONDS = 5
NOT_STARTED = 3
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  said here in order to tell what it means

Host = Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 for all.")]
Port = Annotated[int, typer.Option(envvar="PORT", min=1, max=65535, help="The port to listen on.")]
Demo = Annotated[
    bool,
    typer.Option("--demo", help="Load the demo if the database is empty; print who can sign in."),
]
Workers = Annotated[int, typer.Option(min=1, max=64, help="Processes (PostgreSQL only).")]
Migrate = Annotated[
    bool,
    typer.Option(
        "--migrate", help="Bring a PostgreSQL database up to date first; SQLite always is."
    ),
]
Cert = Annotated[
    str | None, typer.Option(help="A certificate chain (PEM), to serve HTTPS ourselves.")
]
Key = Annotated[str | None, typer.Option(help="The certificate's private key (PEM).")]


def serve(
    host: Host = "127.0.0.1",
    port: Port = PORT,
    demo_too: Demo = False,
    workers: Workers = 1,
    migrate_first: Migrate = False,
    cert: Cert = None,
    key: Key = None,
) -> None:
    """Serve the application."""
    file = database_file()
    with contextlib.ExitStack() as held:
        listening = held.enter_context(_listening(host, port))
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            held.enter_context(the_only_server(file))
            workers = _one_worker(workers)
        if file is not None or migrate_first:
            migrate()
        _require_assets()
        if demo_too and demo.show(port):
            _let_visitors_in()
        else:
            _require_second_factor(host)
        derived_key("serve")  # Makes the root key before several workers ask for it at once.
        _run(_config(host, port, workers, cert, key), listening)


def openapi() -> None:
    """Print the schema of the JSON API."""
    from api.app import create_app

    typer.echo(json.dumps(create_app().openapi(), ensure_ascii=False, indent=2))


def _let_visitors_in() -> None:
    if demo.lets_visitors_in():
        os.environ.setdefault("CAIHONG_SECOND_FACTOR", "false")  # in worker processes too
        settings.cache_clear()


def _require_second_factor(host: str) -> None:
    if not chosen().second_factor and not is_loopback(host):
        raise Trouble(
            _(
                "CAIHONG_SECOND_FACTOR is off, but others can reach %(host)s, where staff need a second factor: "
                "only a demo, or a server on 127.0.0.1, may do without.",
                host=host,
            )
        )


def _one_worker(asked: int) -> int:
    if asked > 1:
        typer.echo(
            _(
                "On SQLite exactly one process serves; --workers %(asked)s is left aside.",
                asked=asked,
            )
        )
    return 1


def _require_assets() -> None:
    if not (STATIC / "vendor" / "manifest.json").is_file():
        raise Trouble(_("The browser's files are not in place. Please run `make assets` once."))


def _listening(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise Trouble(
            _(
                "Port %(port)s on %(host)s cannot be had (%(why)s). Perhaps Caihong is already running there; "
                "another port can be chosen with --port.",
                port=port,
                host=host,
                why=os.strerror(error.errno) if error.errno else error,
            )
        ) from None
    listening.set_inheritable(True)
    return listening


def _config(
    host: str, port: int, workers: int, cert: str | None, key: str | None
) -> uvicorn.Config:
    proxies = list(chosen().trusted_proxies)
    return uvicorn.Config(
        "api.app:create_serving_app",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_config=logs.configuration(chosen().log_level),
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        server_header=False,
        http=OneWrite,
        timeout_graceful_shutdown=GRACE_SECONDS,
        lifespan="on",
        ssl_certfile=cert,
        ssl_keyfile=key,
    )


def _run(config: uvicorn.Config, listening: socket.socket) -> None:
    code = first_run.setup_code()
    if config.workers > 1:
        _say_where(config, code)
        Multiprocess(config, sockets=[listening]).run()
        return
    server = Announced(config)
    server.setup_code = code
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[listening])
    if not server.started:
        raise typer.Exit(NOT_STARTED)


class Announced(uvicorn.Server):
    """A server that says where it can be found once it answers, and how a new installation is set up."""

    setup_code: str | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        if self.started:
            _say_where(self.config, self.setup_code)


def _say_where(config: uvicorn.Config, code: str | None) -> None:
    here = "127.0.0.1" if config.host in EVERYWHERE else config.host
    scheme = "https" if config.is_ssl else "http"
    address = f"{scheme}://{f'[{here}]' if ':' in here else here}:{config.port}"
    typer.echo(_("Serving on %(address)s (Ctrl+C ends it)", address=address))
    if scheme == "http" and not is_loopback(config.host) and chosen().public_url is None:
        typer.echo(
            _(
                "Other machines will only see a notice: over plain http, browsers keep no sign-in and open no camera. "
                "`caihong setup` tells what to do."
            )
        )
    first_run.say_setup_code(code, chosen().public_url or address)
    sys.stdout.flush()
