"""Opening the installation's database for a command, with a plain word where it cannot be."""

import asyncio
import tomllib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from cli.trouble import Trouble
from kernel import database, schema
from kernel.settings import SETTINGS_FILE, Settings, data_dir, settings
from web.i18n import gettext as _

Answer = TypeVar("Answer")


def chosen() -> Settings:
    """Return the settings. Raises: Trouble for a settings file that is not TOML."""
    try:
        return settings()
    except tomllib.TOMLDecodeError as error:
        raise Trouble(
            _(
                "%(file)s cannot be read: %(why)s. Please correct or remove it.",
                file=data_dir() / SETTINGS_FILE,
                why=error,
            )
        ) from None


def database_file() -> Path | None:
    """Return the SQLite file that keeps everything, or None on PostgreSQL. Raises: Trouble for a wrong address."""
    url = chosen().url
    try:
        credentials = database.tortoise_config(url)["connections"]["default"]
    except ValueError as error:
        raise Trouble(
            _("CAIHONG_DATABASE_URL is not an address we can use: %(why)s.", why=error)
        ) from None
    path = credentials["credentials"].get("file_path")
    return None if path is None else Path(path)


def migrate() -> None:
    """Bring the database up to date, making the SQLite file and its folder if they are not there."""
    file = database_file()
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
    asyncio.run(database.migrate(chosen().url))


def on_books(work: Callable[[], Awaitable[Answer]]) -> Answer:
    """Do a command's work on the connected database. Raises: Trouble where the schema is not this program's."""
    file = database_file()
    if file is not None and not file.exists():
        raise Trouble(
            _(
                "There is no database at %(file)s yet. Please run `caihong migrate` first.",
                file=file,
            )
        )

    async def connected() -> Answer:
        async with database.connected(chosen().url):
            await require_schema()
            return await work()

    return asyncio.run(connected())


async def require_schema() -> None:
    """Refuse a database whose tables are older or newer than this program. Raises: Trouble."""
    if unknown := await schema.steps_unknown():
        raise Trouble(
            _(
                "The database is newer than this program (it has %(step)s). Please install the newer program.",
                step=unknown[-1],
            )
        )
    if missing := await schema.steps_missing():
        raise Trouble(
            _(
                "The database is not up to date (%(count)s steps are missing). Please run `caihong migrate` first.",
                count=len(missing),
            )
        )
