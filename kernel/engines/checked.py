"""Migration operations: a table together with its CHECKs, and a change that a statement of ours has made."""

from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State


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
