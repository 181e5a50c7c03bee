"""The live schema is the one the migrations and models speak of, on both databases."""

import importlib
import re

import pytest
from tortoise.context import TortoiseContext
from tortoise.migrations.autodetector import MigrationAutodetector

from kernel.database import fetch, migrate, tortoise_config
from kernel.model_modules import APP, MODEL_MODULES

pytestmark = pytest.mark.anyio

STEPS = [
    importlib.import_module(f"migrations.{name}")
    for name in ("0001_ledger", "0005_books_at_work", "0006_lists")
]


async def live_constraints(dialect):
    """Return the names of every constraint and index there is, in one text."""
    if dialect == "sqlite":
        rows = await fetch("SELECT sql AS said FROM sqlite_master WHERE sql IS NOT NULL")
    else:
        rows = await fetch(
            "SELECT conname AS said FROM pg_constraint "
            "UNION SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"
        )
    return "\n".join(row["said"] for row in rows)


async def live_triggers(dialect):
    if dialect == "sqlite":
        return {
            row["name"]
            for row in await fetch("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        }
    return {
        row["tgname"] for row in await fetch("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
    }


async def test_every_constraint_of_the_books_is_there(database):
    named = [
        each for step in STEPS for each in re.findall(r"(?:CONSTRAINT|INDEX) (\w+)", step.TABLES)
    ]
    live = await live_constraints(database.dialect)

    assert len(named) > 45
    assert [name for name in named if not re.search(rf"\b{name}\b", live)] == []


async def test_every_check_of_a_document_is_there(database):
    modules = [importlib.import_module(name) for name in MODEL_MODULES]
    models = [
        each for module in modules for each in vars(module).values() if hasattr(each, "_meta")
    ]
    named = {check.name for model in models for check in getattr(model.Meta, "constraints", ())}
    live = await live_constraints(database.dialect)

    assert len(named) > 15
    assert sorted(name for name in named if not re.search(rf"\b{name}\b", live)) == []


async def test_every_table_that_keeps_its_rows_has_its_triggers(database):
    append_only = {f"{table}_append_only" for step in STEPS for table in step.APPEND_ONLY}
    kept = {f"{table}_kept" for step in STEPS for table in step.KEPT}
    fixed = {"account_fixed", "hold_fixed", "alarm_fixed"}

    assert append_only | kept | fixed <= await live_triggers(database.dialect)


async def test_no_foreign_key_takes_rows_with_it(database):
    if database.dialect == "postgresql":
        rows = await fetch(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND confdeltype NOT IN ('r', 'a')"
        )
        assert rows == []
        return
    for table in await fetch("SELECT name FROM sqlite_master WHERE type = 'table'"):
        for key in await fetch(f"PRAGMA foreign_key_list({table['name']})"):
            assert key["on_delete"] in ("RESTRICT", "NO ACTION"), table["name"]


async def test_the_models_ask_for_no_further_migration(tmp_path):
    url = f"sqlite://{tmp_path / 'none.db'}"
    with TortoiseContext() as context:
        await context.init(config=tortoise_config(url), init_connections=False)
        assert context.apps is not None
        detector = MigrationAutodetector(context.apps, tortoise_config(url)["apps"])
        changes = await detector.changes()
        await context.close_connections()

    assert [writer.name for writer in changes] == []


async def test_migrating_twice_changes_nothing(scratch):
    await migrate(scratch.url)
    await migrate(scratch.url)

    assert APP == "caihong"
