"""Migrations: a table together with its CHECKs, what a statement of ours has changed, and how it all is applied."""

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


class Migration(migrations.Migration):
    """A migration that keeps the models as they were only for operations that look back at them.

    Tortoise renders every model of the history anew before each operation: minutes of a day, once there are many.
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
        for operation in self.operations:
            before = state if isinstance(operation, FORWARD) else state.clone()
            operation.state_forward(self.app_label, state)
            await self._run_database_forward(operation, before, state, schema_editor, in_one)
        state.validate_relations_initialized()
        return state
