"""What may go wrong outside the program, told in one sentence and without a traceback."""

import re
import sqlite3
from collections.abc import Callable

import asyncpg
from pydantic import ValidationError
from tortoise.exceptions import DBConnectionError, OperationalError

from kernel.errors import DomainError
from web.i18n import gettext as _
from web.i18n import say

NUMBERED = re.compile(r"^\[Errno -?\d+\] ")
BAD_ADDRESS = (asyncpg.InvalidCatalogNameError, asyncpg.InvalidAuthorizationSpecificationError)


class Trouble(Exception):
    """Something the person at the console can put right; its text says what and how."""


def sentence_about(error: BaseException) -> str | None:
    """Return what to tell about an error that may be expected, or None for a defect of ours."""
    for kinds, told in SENTENCES:
        if isinstance(error, kinds):
            return told(error)
    return None


def _setting(error: BaseException) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors()[0]
    name = "CAIHONG_" + "_".join(str(part) for part in first["loc"]).upper()
    return _(
        "The setting %(name)s cannot be used: %(why)s. It comes from the environment or from settings.toml.",
        name=name,
        why=first["msg"].removeprefix("Value error, "),
    )


def _refusal(error: BaseException) -> str:
    return say(error) if isinstance(error, DomainError) else str(error)


def _unreachable(error: BaseException) -> str:
    return _(
        "The database cannot be reached: %(why)s. Please check CAIHONG_DATABASE_URL and that the server runs.",
        why=_first_line(error),
    )


def _file(error: BaseException) -> str:
    return _("A file or folder cannot be used: %(why)s.", why=_first_line(error))


def _first_line(error: BaseException) -> str:
    text = str(error).strip() or type(error).__name__
    return NUMBERED.sub("", text).splitlines()[0].rstrip(".")


Told = Callable[[BaseException], str]
SENTENCES: tuple[tuple[tuple[type[BaseException], ...], Told], ...] = (
    ((Trouble,), str),
    ((DomainError,), _refusal),
    ((ValidationError,), _setting),
    ((DBConnectionError, *BAD_ADDRESS, asyncpg.PostgresConnectionError), _unreachable),
    ((asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError), _unreachable),
    ((PermissionError, FileNotFoundError, FileExistsError, NotADirectoryError), _file),
    ((OSError,), _unreachable),
    ((OperationalError, sqlite3.Error, asyncpg.PostgresError), _unreachable),
)
