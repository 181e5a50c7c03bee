"""What joined records, open reservations, codes that were read, moved sales and swaps keep of themselves."""

from tortoise import fields
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from kernel.engines import checked
from kernel.engines.checked import Known
from kernel.ids import new_id

ANOTHER = ("membership_joined_into_another", "joined_into <> person_id")
MOST_OPEN = ("allowance_reservations", "open_reservations >= 0 AND open_reservations <= 5")
MOMENT = (
    "redemption_first_sold",
    "first_sold_at IS NULL OR (follows_id IS NOT NULL AND first_sold_at <= redeemed_at)",
)
OF_THE_DAY = (
    "redemption_counted_in_the_day",
    (
        "points_counted >= 0 AND points_counted <= points_total - points_refunded "
        "AND (state <> 'undone' OR points_counted = 0)"
    ),
)
COLUMNS = (
    f"ALTER TABLE membership ADD COLUMN joined_into BIGINT CONSTRAINT {ANOTHER[0]} CHECK ({ANOTHER[1]})",
    (
        "ALTER TABLE allowance ADD COLUMN open_reservations INT DEFAULT 0 NOT NULL "
        f"CONSTRAINT {MOST_OPEN[0]} CHECK ({MOST_OPEN[1]})"
    ),
    "ALTER TABLE used_member_code ADD COLUMN spent_at BIGINT",
    f"ALTER TABLE redemption ADD COLUMN first_sold_at BIGINT CONSTRAINT {MOMENT[0]} CHECK ({MOMENT[1]})",
    (
        "ALTER TABLE redemption ADD COLUMN points_counted BIGINT DEFAULT 0 NOT NULL "
        f"CONSTRAINT {OF_THE_DAY[0]} CHECK ({OF_THE_DAY[1]})"
    ),
)
MOVED = (
    "UPDATE redemption SET first_sold_at = (SELECT COALESCE(b.first_sold_at, b.redeemed_at) FROM redemption b "
    "WHERE b.book_id = redemption.book_id AND b.id = redemption.follows_id AND b.person_id <> redemption.person_id) "
    "WHERE follows_id IS NOT NULL"
)
CARRIED_OVER = (
    (
        "UPDATE membership SET joined_into = (SELECT e.other_id FROM life_event e WHERE e.book_id = membership.book_id "
        "AND e.person_id = membership.person_id AND e.kind = 'merged' AND e.reversed_at IS NULL)"
    ),
    # Whoever is being served while this runs is asked for their code once more.
    "UPDATE used_member_code SET spent_at = used_at",
    # A sale that was moved again and again leads to its first moment step by step.
    *(MOVED,) * 8,
    (
        "UPDATE redemption SET points_counted = points_total - points_refunded "
        "WHERE state = 'done' AND recognised NOT IN ('code', 'sheet')"
    ),
)
OPEN = (
    "SELECT v.book_id, v.person_id, COUNT(*) AS open FROM reservation v WHERE v.state = 'open' "
    "GROUP BY v.book_id, v.person_id"
)
SPENT_SAYS = "a points code is spent once"


async def add_columns(apps, schema_editor) -> None:
    """Add the columns, with what the papers already say."""
    client = schema_editor.client
    for statement in (*COLUMNS, *CARRIED_OVER):
        await client.execute_query(statement)
    for row in await client.execute_query_dict(OPEN):
        whose = f"book_id = {row['book_id']:d} AND person_id = {row['person_id']:d}"
        count, _ = await client.execute_query(
            f"UPDATE allowance SET open_reservations = {row['open']:d} WHERE {whose}"
        )
        if not count:
            await client.execute_query(
                "INSERT INTO allowance (id, book_id, person_id, day, points, extra_day, extra_points, "
                f"open_reservations) VALUES ({new_id():d}, {row['book_id']:d}, {row['person_id']:d}, 0, 0, 0, 0, "
                f"{row['open']:d})"
            )


async def spend_codes_once(apps, schema_editor) -> None:
    """Let nothing make a spent code good again."""
    client = schema_editor.client
    if client.capabilities.dialect == "sqlite":
        await client.execute_query(
            "CREATE TRIGGER used_member_code_spent_once BEFORE UPDATE OF spent_at ON used_member_code "
            f"WHEN OLD.spent_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'used_member_code_spent_once: {SPENT_SAYS}'); END"
        )
        return
    await client.execute_query(
        "CREATE FUNCTION used_member_code_spent_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION 'used_member_code_spent_once: {SPENT_SAYS}' USING ERRCODE = 'check_violation'; END $$"
    )
    await client.execute_query(
        "CREATE TRIGGER used_member_code_spent_once BEFORE UPDATE OF spent_at ON used_member_code "
        "FOR EACH ROW WHEN (OLD.spent_at IS NOT NULL) EXECUTE FUNCTION used_member_code_spent_once()"
    )


class Migration(checked.Migration):
    dependencies = [("caihong", "0026_desks")]

    initial = False

    operations = [
        ops.RunPython(add_columns),
        ops.RunPython(spend_codes_once),
        Known(ops.AddField("Membership", "joined_into", fields.BigIntField(null=True))),
        Known(ops.AddConstraint("Membership", CheckConstraint(check=ANOTHER[1], name=ANOTHER[0]))),
        Known(
            ops.AddField("Allowance", "open_reservations", fields.IntField(default=0, db_default=0))
        ),
        Known(
            ops.AddConstraint("Allowance", CheckConstraint(check=MOST_OPEN[1], name=MOST_OPEN[0]))
        ),
        Known(ops.AddField("Redemption", "first_sold_at", fields.BigIntField(null=True))),
        Known(
            ops.AddField(
                "Redemption", "points_counted", fields.BigIntField(default=0, db_default=0)
            )
        ),
        *(
            Known(ops.AddConstraint("Redemption", CheckConstraint(check=rule, name=name)))
            for name, rule in (MOMENT, OF_THE_DAY)
        ),
        Known(ops.AddField("UsedMemberCode", "spent_at", fields.BigIntField(null=True))),
    ]
