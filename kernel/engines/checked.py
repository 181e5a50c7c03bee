"""Migrations: a table together with its CHECKs, what a statement of ours has changed, and how it all is applied."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State

from kernel.ids import new_id


class CreateChecked(ops.CreateModel):
    """Makes the table with the CHECKs of its `constraints`.

    Tortoise leaves Meta.constraints out, and adding them to a SQLite table afterwards would drop its indexes.
    """

    async def database_forward(
        self,
        app_label: str,
        old_state: State,
        new_state: State,
        state_editor: BaseSchemaEditor | None = None,
    ) -> None:
        """Hand the CHECKs to the statement that makes the table."""
        if state_editor is None:
            return
        checks = [
            f'CONSTRAINT "{each.name}" CHECK ({each.check})'
            for each in (self.options or {}).get("constraints", ())
        ]
        state_editor._get_inner_statements = lambda: checks  # type: ignore[method-assign]
        try:
            await super().database_forward(app_label, old_state, new_state, state_editor)
        finally:
            del state_editor._get_inner_statements


class Known(ops.TortoiseOperation):
    """Lets the history know a change of columns that a statement of ours makes: Tortoise would rebuild the table."""

    def __init__(self, operation: ops.TortoiseOperation) -> None:
        """Take the operation whose outcome is to be known."""
        self.operation = operation

    def state_forward(self, app_label: str, state: State) -> None:
        """Know it."""
        self.operation.state_forward(app_label, state)

    async def database_forward(
        self,
        app_label: str,
        old_state: State,
        new_state: State,
        state_editor: BaseSchemaEditor | None = None,
    ) -> None:
        """Leave the database alone."""


def identifier() -> tuple[str, fields.BigIntField]:
    """Return the key that every table of documents has, as a migration names it."""
    return ("id", fields.BigIntField(primary_key=True, generated=False, default=new_id))


# These never look back at how the models were before them.
FORWARD = (
    ops.CreateModel,
    ops.AddField,
    ops.AddIndex,
    ops.AddConstraint,
    ops.RunPython,
    ops.RunSQL,
    Known,
)


# These want the models as they are when all of them are known, and none of them looks at how another one left them.
TOGETHER = (ops.CreateModel, ops.RunPython, ops.RunSQL, Known)


class Migration(migrations.Migration):
    """A migration that renders the models of the history as seldom as it can.

    Tortoise renders them before each operation, and once more after it: minutes of a day, once there are many.
    """

    async def apply(
        self,
        state: State,
        *,
        dry_run: bool = False,
        schema_editor: BaseSchemaEditor | None = None,
        collect_sql: bool = False,
    ) -> State:
        """Carry the operations out and return the models as they are then."""
        if dry_run or collect_sql or schema_editor is None:
            return await super().apply(
                state, dry_run=dry_run, schema_editor=schema_editor, collect_sql=collect_sql
            )
        in_one = schema_editor.client.capabilities.supports_transactions
        for some in runs(self.operations):
            before = state if isinstance(some[0], FORWARD) else state.clone()
            with rendered_once(state):
                for operation in some:
                    operation.state_forward(self.app_label, state)
            for operation in some:
                await self._run_database_forward(operation, before, state, schema_editor, in_one)
        state.validate_relations_initialized()
        return state


def runs(operations: Sequence[ops.Operation]) -> Iterator[list[ops.Operation]]:
    """Yield the operations in order: those that can be known together in one list, any other alone."""
    run: list[ops.Operation] = []
    made: set[str] = set()
    for operation in operations:
        changes = (
            getattr(operation.operation, "model_name", "") if isinstance(operation, Known) else ""
        )
        if run and (not isinstance(operation, TOGETHER) or changes in made):
            yield run
            run, made = [], set()
        if not isinstance(operation, TOGETHER):
            yield [operation]
            continue
        run.append(operation)
        if isinstance(operation, ops.CreateModel):
            made.add(operation.name)
    if run:
        yield run


@contextmanager
def rendered_once(state: State) -> Iterator[None]:
    """Let a state render what it has to render when all of it is known."""
    waiting: set[tuple[str, str]] = set()
    state.reload_models = waiting.update  # type: ignore[method-assign,assignment]
    state.reload_model = lambda *model: waiting.add(model)  # type: ignore[method-assign]
    try:
        yield
    finally:
        del state.reload_models, state.reload_model
    if waiting:
        state.reload_models(waiting)
