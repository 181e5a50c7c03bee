"""Turning templates into answers: the environment, `page()` and `redirect()`."""

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kernel.settings import settings
from people.permissions import Permission, Viewer
from people.request_board import Board
from web import cookies, i18n, nav, qr, rule_words

HERE = Path(__file__).parent
STATIC = HERE / "static"
NOTICE = "notice"
NOTICE_SECONDS = 120


@dataclass
class Sheet:
    """The page being rendered, for helpers that need to know it without being told."""

    csrf: str
    care: bool


_sheet: ContextVar[Sheet] = ContextVar("sheet")


class Macros:
    """The components as `ui.NAME(...)` in every template and in single blocks, without an import."""

    def __init__(self, environment: Environment) -> None:
        """Remember where the components come from."""
        self._environment = environment

    def __getattr__(self, name: str) -> Any:
        """Return one component; looked up late, so that an edited file counts at once."""
        return getattr(self._environment.get_template("_macros.html").module, name)


def static(name: str) -> str:
    """Return the address of a static file with its digest, so that browsers may keep it for ever."""
    return _address(name, int(time.monotonic()))


@lru_cache(maxsize=256)
def _address(name: str, _second: int) -> str:
    """Look at a file once a second at most: a page of the staff names a hundred pictures."""
    file = STATIC / name
    try:
        stamp = file.stat().st_mtime_ns
    except FileNotFoundError:
        return f"/static/{name}"
    return f"/static/{name}?v={_digest(file, stamp)}"


@lru_cache(maxsize=256)
def _digest(file: Path, stamp: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def icon(name: str) -> Markup:
    """Return a picture from the sprite; it only decorates, the word beside it speaks."""
    return _drawn(f"{static('vendor/icons.svg')}#{name}")


@lru_cache(maxsize=256)
def _drawn(address: str) -> Markup:
    return Markup('<svg class="i" aria-hidden="true"><use href="{}"/></svg>').format(address)


def csrf_field() -> Markup:
    """Return the hidden field that every form of ours carries."""
    return Markup('<input type="hidden" name="csrf" value="{}">').format(_sheet.get().csrf)


def key_field(key: str | None = None) -> Markup:
    """Return the hidden idempotency key of a form: a double tap posts once."""
    return Markup('<input type="hidden" name="key" value="{}">').format(key or new_key())


def new_key() -> str:
    """Return a fresh idempotency key."""
    return secrets.token_urlsafe(16)


def _for_reader(write: Callable[..., str]) -> Callable[..., str]:
    """Make a filter that is asked anew for each reader; Jinja would otherwise fold constants into one language."""

    @pass_context
    def asked(context: Context, value: Any, zone: str | None = None) -> str:
        if write in i18n.IN_A_ZONE:
            return write(value, zone or context.get("zone"))
        return write(value)

    return asked


def phones_can_open() -> bool:
    """Say whether a code on the screen is of any use to somebody else's phone."""
    return settings().phones_can_open


def environment() -> Environment:
    """Build the environment all pages share: always escaping, and no silent gaps."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_callables(  # type: ignore[attr-defined]
        i18n.plain_gettext, i18n.plain_ngettext, newstyle=True
    )
    made.filters.update({name: _for_reader(write) for name, write in i18n.FILTERS.items()})
    made.globals.update(
        Permission=Permission,
        ui=Macros(made),
        static=static,
        icon=icon,
        qr=qr.svg,
        csrf_field=csrf_field,
        key_field=key_field,
        phones_can_open=phones_can_open,
        place_of=nav.place_of,
        stopped_words=rule_words.stopped_words,
    )
    return made


ENVIRONMENT = environment()


def local_path(target: str) -> str:
    """Return an address only if it stays on this site, else the first page."""
    safe = target.startswith("/") and not target.startswith(("//", "/\\"))
    return target if safe and target.isprintable() else "/"


def here(request: Request) -> str:
    """Return where the reader is, as a place to come back to: never an address that only takes forms."""
    if request.method in cookies.SAFE_METHODS:
        query = request.url.query
        return local_path(request.url.path + (f"?{query}" if query else ""))
    try:
        parts = urlsplit(request.headers.get("referer", ""))
    except ValueError:  # no browser sends such an address
        return "/"
    ours = parts.netloc.lower() == request.headers.get("host", "").lower()
    return local_path(parts.path) if ours else "/"


def context_of(request: Request, owner: str) -> dict[str, Any]:
    """Return what every page knows: who looks, how, and from where."""
    viewer: Viewer | None = getattr(request.state, "viewer", None)
    care = request.cookies.get("care") == "1"
    board: Board = getattr(request.state, "board", Board())
    return {
        "request": request,
        "viewer": viewer,
        "care": care,
        "lang": i18n.TAGS[i18n.language()],
        "languages": i18n.LANGUAGES,
        "language": i18n.language(),
        "path": request.url.path,
        "here": here(request),
        "csrf": cookies.form_token(owner),
        "tabs": nav.menu(nav.TABS, viewer, care=care),
        "side": nav.menu(nav.SIDE, viewer, counts={nav.APPROVALS: len(board.to_decide)}),
        "notices": read_notices(request),
        "shared": viewer is not None and cookies.read_cookie(request, cookies.OTHERS) is not None,
        "alarms": getattr(request.state, "alarms", []),
        "unopposed": board.unopposed,
        "shop_head": getattr(request.state, "shop_head", ""),  # of several shops, the page's own
    }


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    block: str | None = None,
    scan: bool = False,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> HTMLResponse:
    """Render a template; with `block`, only that block when htmx asks. `scan` lets the page decode pictures."""
    owner = cookies.owner_of(request)
    stranger = owner is None
    owner = owner or cookies.new_visitor()
    everything = context_of(request, owner) | context
    token = _sheet.set(Sheet(everything["csrf"], everything["care"]))
    try:
        html = _render(template, block if "hx-request" in request.headers else None, everything)
    finally:
        _sheet.reset(token)
    request.state.scan = scan
    response = HTMLResponse(html, status, dict(headers or {}))
    if stranger and cookies.can_sign_in(request):
        cookies.set_cookie(request, response, cookies.VISITOR, owner)
    if everything["notices"]:
        cookies.drop_cookie(request, response, NOTICE)
    return response


def _render(template: str, block: str | None, context: dict[str, Any]) -> str:
    found = ENVIRONMENT.get_template(template)
    if block is None:
        return found.render(context)
    return "".join(found.blocks[block](found.new_context(context)))


def redirect(
    request: Request, to: str, notice: str | None = None, kind: str = "ok"
) -> RedirectResponse:
    """Send the reader on with 303 after a form; `notice` is shown once on the next page (ok, warn or bad)."""
    response = RedirectResponse(local_path(to), status_code=303)
    if notice is not None:
        flash(request, response, notice, kind)
    return response


def flash(request: Request, response: Response, notice: str, kind: str = "ok") -> None:
    """Leave a line for the next page this browser opens."""
    value = cookies.sign(NOTICE, json.dumps([kind, notice]), seconds=NOTICE_SECONDS)
    cookies.set_cookie(request, response, NOTICE, value, seconds=NOTICE_SECONDS)


def read_notices(request: Request) -> list[tuple[str, str]]:
    """Return the lines left by the page before."""
    value = cookies.read_cookie(request, NOTICE)
    text = cookies.unsign(NOTICE, value) if value else None
    return [] if text is None else [tuple(json.loads(text))]
