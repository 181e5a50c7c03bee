"""A migration operation that makes a table together with its CHECKs."""

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
