"""Models are worked out once a process and dialect, not anew for every test's database.

Tortoise makes each model's filters and first queries whenever a database is opened. The application opens one; here it
was a tenth of a second of each of some thousands of tests. What it makes depends on the dialect alone.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tortoise.apps import Apps
from tortoise.backends.base.executor import EXECUTOR_CACHE
from tortoise.models import Model

# What `finalise_model` and `_build_initial_querysets` make of a model that differs between dialects.
BY_DIALECT = (
    "filters",
    "basetable",
    "basequery",
    "basequery_all_fields",
    "db_native_fields",
    "db_default_fields",
    "db_complex_fields",
)
_build = Apps._build_initial_querysets


@dataclass
class Made:
    """What was made of the models for one dialect, and the INSERTs that Tortoise has written since."""

    models: list[dict[str, Any]]
    inserts: dict[Any, Any]


_made: dict[object, Made] = {}
_latest: list[Made] = []


def remember_models() -> None:
    """Let every opening of a database after the first of its dialect find the models made."""
    setattr(Apps, "_build_initial_querysets", build_once)  # noqa: B010


def build_once(apps: Apps) -> None:
    """Make the models ready for their connections, as Tortoise does, or put back what that gave the last time."""
    if _latest:
        _latest.pop().inserts = dict(EXECUTOR_CACHE)
    # Tortoise keeps INSERTs by table, for the life of the process, in the dialect it first wrote them for.
    EXECUTOR_CACHE.clear()
    models = list(apps.get_models_iterable())
    if not all(
        getattr(sys.modules[each.__module__], each.__name__, None) is each for each in models
    ):
        _build(apps)  # A migration's models are of one moment in the past.
        return
    key = (*(each._meta.db.capabilities.dialect for each in models), *models)
    if key in _made:
        _put_back(models, _made[key])
    else:
        _build(apps)
        _made[key] = Made([_of(each) for each in models], {})
    _latest.append(_made[key])


def _of(model: type[Model]) -> dict[str, Any]:
    return {name: _copied(getattr(model._meta, name)) for name in BY_DIALECT}


def _put_back(models: Sequence[type[Model]], made: Made) -> None:
    for model, own in zip(models, made.models, strict=True):
        for name, value in own.items():
            setattr(model._meta, name, _copied(value))
    EXECUTOR_CACHE.update(made.inserts)


def _copied(value: Any) -> Any:
    """Return a copy of what Tortoise fills again in place when it works out another dialect."""
    return value.copy() if isinstance(value, dict | list) else value
