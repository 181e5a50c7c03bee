"""The reader's language: gettext with English message ids, Chinese first, and how figures are written."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from kernel import clock as kernel_clock
from kernel import days
from kernel.errors import DomainError
from kernel.settings import settings

LOCALE = Path(__file__).parent / "locale"
DEFAULT = "zh_Hans"
LANGUAGES = {"zh_Hans": "中文", "en": "English"}
TAGS = {"zh_Hans": "zh-CN", "en": "en"}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_language: ContextVar[str] = ContextVar("language", default=DEFAULT)


def language() -> str:
    """Return the reader's language, a key of LANGUAGES."""
    return _language.get()


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Speak a language for a while: the command line has no request to read it from."""
    token = _language.set(locale)
    try:
        yield
    finally:
        _language.reset(token)


@lru_cache(maxsize=128)
def choose(accept: str, cookie: str = "") -> str:
    """Return the language for a request: the reader's own choice, then the browser's, then Chinese."""
    if cookie in LANGUAGES:
        return cookie
    wanted: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept.lower().split(",")):
        tag, _, quality = part.strip().partition(";q=")
        try:
            wanted.append((-float(quality or 1), place, tag.partition("-")[0]))
        except ValueError:
            continue
    known = [
        {"zh": "zh_Hans", "en": "en"}.get(tag) for weight, _, tag in sorted(wanted) if weight < 0
    ]
    return next((found for found in known if found), DEFAULT)


def asked_for(request: HTTPConnection) -> str:
    """Return the language of a request."""
    return choose(request.headers.get("accept-language", ""), request.cookies.get("lang", ""))


class Language:
    """Sets the language of each request; an ASGI middleware, so that it reaches whatever runs in the task."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Choose once, for the length of the request."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        token = _language.set(asked_for(HTTPConnection(scope)))
        try:
            await self.app(scope, receive, send)
        finally:
            _language.reset(token)


@lru_cache(maxsize=8)
def catalogue(locale: str) -> NullTranslations:
    """Return the messages of a language; compiled here when nobody compiled them, so no step can be forgotten."""
    source = LOCALE / locale / "LC_MESSAGES" / "messages.po"
    compiled = source.with_suffix(".mo")
    if compiled.is_file() and (
        not source.is_file() or compiled.stat().st_mtime >= source.stat().st_mtime
    ):
        with compiled.open("rb") as ready:
            return Translations(ready)
    if not source.is_file():
        return NullTranslations()
    memory = BytesIO()
    with source.open("rb") as text:
        write_mo(memory, read_po(text, locale=locale))
    memory.seek(0)
    return Translations(memory)


def plain_gettext(message: str) -> str:
    """Return the message in the reader's language, its placeholders untouched."""
    return catalogue(language()).gettext(message)


def plain_ngettext(one: str, many: str, count: int) -> str:
    """Return the right plural in the reader's language, its placeholders untouched."""
    return catalogue(language()).ngettext(one, many, count)


def gettext(message: str, **members: object) -> str:
    """Return the message in the reader's language, with its %(name)s members filled in."""
    return plain_gettext(message) % members if members else plain_gettext(message)


def ngettext(one: str, many: str, num: int, **members: object) -> str:
    """Return the right plural in the reader's language; `num` is a member too."""
    return plain_ngettext(one, many, num) % {"num": num, **members}


def say(error: DomainError | type[DomainError]) -> str:
    """Return what a refusal tells the reader, in the reader's language."""
    members = error.members if isinstance(error, DomainError) else {}
    return gettext(error.detail, **members)


def points(amount: int) -> str:
    """Write a whole number the way the reader's language groups it: 1,286."""
    return numbers.format_decimal(amount, locale=language())


def hours(minutes: int) -> str:
    """Write minutes as hours and minutes: 2 小时 30 分, 2 h 30 min."""
    whole, rest = divmod(minutes, 60)
    if not rest:
        return gettext("%(hours)s h", hours=points(whole))
    if not whole:
        return gettext("%(minutes)s min", minutes=rest)
    return gettext("%(hours)s h %(minutes)s min", hours=points(whole), minutes=rest)


def yuan(fen: int) -> str:
    """Write an amount of money given in 1/100 yuan: ¥12.50."""
    sign = "−" if fen < 0 else ""
    return f"{sign}¥{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def day(value: int) -> str:
    """Write a calendar day (yyyymmdd) in words: 2026年11月21日, Nov 21, 2026."""
    return dates.format_date(days.to_date(value), "medium", locale=language())


def short_day(value: int) -> str:
    """Write a calendar day (yyyymmdd) without its year: 11月21日, Nov 21."""
    return dates.format_skeleton("MMMd", _noon(value), locale=language())


def month_name(value: int) -> str:
    """Write the month a calendar day (yyyymmdd) lies in: 2026年11月, Nov 2026."""
    return dates.format_skeleton("yMMM", _noon(value), locale=language())


def weekday(value: int) -> str:
    """Name the day of the week of a calendar day (yyyymmdd): 周六, Sat."""
    return dates.format_skeleton("E", _noon(value), locale=language())


def _noon(value: int) -> datetime:
    return datetime.combine(days.to_date(value), datetime.min.time().replace(hour=12))


def local(moment: int, zone: str | None = None) -> datetime:
    """Return a moment (UTC microseconds) as local time of the community."""
    return (EPOCH + timedelta(microseconds=moment)).astimezone(ZoneInfo(zone or settings().zone))


def when(moment: int, zone: str | None = None) -> str:
    """Write a moment (UTC microseconds) as local date and time: 2026年11月21日 14:06."""
    there = local(moment, zone)
    return f"{dates.format_date(there.date(), 'medium', locale=language())} {there:%H:%M}"


def short_when(moment: int, zone: str | None = None) -> str:
    """Write a moment (UTC microseconds) without the year if it is this one: 11月21日 14:06."""
    there, today = local(moment, zone), local(kernel_clock.now(), zone)
    if there.year != today.year:
        return when(moment, zone)
    return f"{short_day(days.from_date(there.date()))} {there:%H:%M}"


def clock(moment: int, zone: str | None = None) -> str:
    """Write the local time of day of a moment (UTC microseconds): 14:06."""
    return f"{local(moment, zone):%H:%M}"


IN_A_ZONE = (when, short_when, clock)
FILTERS: dict[str, Callable[..., str]] = {
    "points": points,
    "hours": hours,
    "yuan": yuan,
    "day": day,
    "short_day": short_day,
    "month_name": month_name,
    "weekday": weekday,
    "when": when,
    "short_when": short_when,
    "clock": clock,
    "say": say,
}
