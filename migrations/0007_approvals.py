"""Requests that a second person decides, and the kind of entry that corrects a purse."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from kernel.engines import checked
from kernel.engines.checked import CreateChecked
from kernel.ids import new_id
from people.approvals import Act, Outcome

KINDS = ("POINTS_ADJUSTED",)

CHECKS = {
    "approval_decided": "(outcome IS NULL) = (decided_at IS NULL)",
    "approval_decider": (
        "(decided_by IS NOT NULL) = (COALESCE(outcome, '') IN ('approved', 'refused'))"
    ),
    "approval_outcome": "outcome IN ('approved', 'unopposed', 'refused', 'withdrawn', 'lapsed')",
    "approval_not_by_its_maker": "decided_by <> made_by",
    "approval_not_by_its_beneficiary": "decided_by <> beneficiary_id",
    "approval_not_for_its_maker": (
        "act IN ('role_grant', 'role_revocation') OR beneficiary_id <> made_by"
    ),
    "approval_in_time": "outcome NOT IN ('approved', 'unopposed') OR decided_at < expires_at",
    "approval_unopposed": (
        "outcome <> 'unopposed' OR (alone = 1 AND decided_at >= made_at + 86400000000)"
    ),
    "approval_refused_for_a_reason": "outcome <> 'refused' OR reason <> ''",
    "approval_expires": "expires_at > made_at",
    "approval_alone": "alone IN (0, 1)",
}

# The same request twice while the first one waits is one request: a form that was sent twice asks once.
ASKED_ONCE = (
    "CREATE UNIQUE INDEX approval_asked_once ON approval (book_id, made_by, digest) "
    "WHERE outcome IS NULL"
)
FIXED = (
    "id, book_id, act, payload, digest, points, made_by, made_at, beneficiary_id, alone, expires_at"
)
SAYS = "an approval keeps what was asked, and is decided once"


def postgresql_triggers() -> list[str]:
    """Return the triggers that keep a request as it was made and decided."""
    refuse, row = "EXECUTE FUNCTION refuse_change()", "FOR EACH ROW"
    return [
        f"CREATE TRIGGER approval_kept BEFORE DELETE ON approval FOR EACH ROW {refuse}",
        f"CREATE TRIGGER approval_no_truncate BEFORE TRUNCATE ON approval FOR EACH STATEMENT {refuse}",
        f"CREATE TRIGGER approval_fixed BEFORE UPDATE OF {FIXED} ON approval FOR EACH ROW {refuse}",
        f"CREATE TRIGGER approval_decided_once BEFORE UPDATE ON approval {row} WHEN (OLD.outcome IS NOT NULL) {refuse}",
        f"CREATE TRIGGER approval_begins_open BEFORE INSERT ON approval {row} WHEN (NEW.outcome IS NOT NULL) {refuse}",
    ]


def sqlite_triggers() -> list[str]:
    """Return the same for SQLite, where REPLACE has to be refused too."""

    def trigger(name: str, event: str, when: str = "", says: str = SAYS) -> str:
        return (
            f"CREATE TRIGGER approval_{name} BEFORE {event} ON approval {when} "
            f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
        )

    return [
        trigger("kept", "DELETE"),
        trigger("fixed", f"UPDATE OF {FIXED}"),
        trigger("decided_once", "UPDATE", "WHEN OLD.outcome IS NOT NULL"),
        trigger("begins_open", "INSERT", "WHEN NEW.outcome IS NOT NULL"),
        trigger(
            "not_replaced",
            "INSERT",
            "WHEN EXISTS (SELECT 1 FROM approval WHERE id = NEW.id)",
            "UNIQUE constraint failed: approval keeps its rows",
        ),
    ]


async def keep_approvals(apps, schema_editor) -> None:
    """Make the index and the triggers, and let the books know the new kind."""
    client = schema_editor.client
    sqlite = client.capabilities.dialect == "sqlite"
    triggers = sqlite_triggers() if sqlite else postgresql_triggers()
    kinds = ", ".join(f"('{kind}')" for kind in KINDS)
    for statement in (
        ASKED_ONCE,
        *triggers,
        f"INSERT INTO entry_kind (code) VALUES {kinds}",
    ):
        await client.execute_query(statement)


class Migration(checked.Migration):
    """Two persons for what one could do to their own advantage."""

    dependencies = [("caihong", "0006_lists")]

    initial = False

    operations = [
        CreateChecked(
            name="Approval",
            fields=[
                ("id", fields.BigIntField(primary_key=True, generated=False, default=new_id)),
                ("book_id", fields.BigIntField()),
                ("act", fields.CharEnumField(enum_type=Act, max_length=20)),
                ("payload", fields.TextField(unique=False)),
                ("digest", fields.CharField(max_length=64)),
                ("points", fields.BigIntField(default=0)),
                ("made_by", fields.BigIntField()),
                ("made_at", fields.BigIntField()),
                (
                    "beneficiary",
                    fields.ForeignKeyField(
                        "caihong.Person",
                        source_field="beneficiary_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name="approvals",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("alone", fields.SmallIntField(default=0)),
                ("expires_at", fields.BigIntField()),
                ("decided_by", fields.BigIntField(null=True)),
                ("decided_at", fields.BigIntField(null=True)),
                ("outcome", fields.CharEnumField(null=True, enum_type=Outcome, max_length=10)),
                ("reason", fields.CharField(default="", max_length=200)),
            ],
            options={
                "table": "approval",
                "app": "caihong",
                "indexes": [
                    Index(fields=["book_id", "made_at"]),
                    Index(fields=["book_id", "made_by", "made_at"]),
                ],
                "constraints": [
                    CheckConstraint(check=rule, name=name) for name, rule in CHECKS.items()
                ],
                "pk_attr": "id",
                "table_description": "A request for an act that takes two persons. What it asks for never changes, and it is decided once.",
            },
            bases=["Model"],
        ),
        ops.RunPython(keep_approvals),
    ]
