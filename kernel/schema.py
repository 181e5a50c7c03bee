"""Which steps of the schema's history a database has taken."""

import pkgutil

import asyncpg
from tortoise.exceptions import OperationalError

import migrations
from kernel.database import fetch
from kernel.model_modules import APP


def all_steps() -> list[str]:
    """Return the names of every migration that this program knows, in order."""
    names = (module.name for module in pkgutil.iter_modules(migrations.__path__))
    return sorted(name for name in names if name[:1].isdigit())


async def steps_taken() -> list[str]:
    """Return the names of the migrations applied to the connected database, in order."""
    try:
        rows = await fetch("SELECT name FROM tortoise_migrations WHERE app = $1 ORDER BY name", APP)
    except (OperationalError, asyncpg.UndefinedTableError):
        return []  # a database that nobody has migrated yet
    return [str(row["name"]) for row in rows]


async def steps_missing() -> list[str]:
    """Return the migrations that the connected database still lacks."""
    taken = set(await steps_taken())
    return [name for name in all_steps() if name not in taken]


async def steps_unknown() -> list[str]:
    """Return the migrations that the database has and this program does not know: it is newer than we are."""
    known = set(all_steps())
    return [name for name in await steps_taken() if name not in known]
