"""Merchants as partners, services at shared costs, and funds that residents give points to."""

from tortoise import fields
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from kernel.engines import checked
from kernel.engines.checked import CreateChecked, Known, identifier
from people.models import Role, Trade
from redemption.states import OnOffer

KINDS = ("SERVICE_RENDERED", "SERVICE_CORRECTED")
TRADES = "trade IN ('property', 'merchant')"
TRADE = fields.CharEnumField(
    default=Trade.PROPERTY,
    db_default="property",
    description="PROPERTY: property\nMERCHANT: merchant",
    enum_type=Trade,
    max_length=10,
)
ROLE = fields.CharEnumField(
    description="\n".join(f"{each.name}: {each.value}" for each in Role),
    enum_type=Role,
    max_length=20,
)
PAID_BY = "points_total >= 0 AND (points_total > 0) = (fund_id IS NOT NULL)"
PRICED = "price_points >= 0"


# What tables hold from now on, as the history knows them.
SAID = {
    "PropertyCompany": {
        "table": "property_company",
        "app": "caihong",
        "unique_together": (("book_id", "name"),),
        "pk_attr": "id",
        "table_description": "A partner with whom one community settles: a property-management company that takes vouchers, or a merchant.",
    },
    "ReliefHandout": {
        "table": "relief_handout",
        "app": "caihong",
        "indexes": [
            Index(fields=["book_id", "shop_id", "handed_at"]),
            Index(fields=["book_id", "person_id"]),
        ],
        "constraints": [
            CheckConstraint("clerk_id <> person_id", "relief_not_served_by_oneself"),
            CheckConstraint("(state = 'undone') = (undone_at IS NOT NULL)", "relief_undone_at"),
        ],
        "pk_attr": "id",
        "table_description": "Goods that one person of a household in hardship took home, for nothing: relief goods, or paid by a fund.",
    },
    "ReliefLine": {
        "table": "relief_line",
        "app": "caihong",
        "unique_together": (("book_id", "handout", "lot"),),
        "constraints": [CheckConstraint("quantity > 0", "relief_line_has_pieces")],
        "pk_attr": "id",
        "table_description": "Pieces of one lot in a hand-out, at the price of then: nothing for relief goods.",
    },
}


def to(name, model, related_name, null=False):
    """Return a foreign key that restricts."""
    more = {"null": True} if null else {}
    field = fields.ForeignKeyField(
        f"caihong.{model}",
        source_field=f"{name}_id",
        db_constraint=True,
        to_field="id",
        related_name=related_name,
        on_delete=OnDelete.RESTRICT,
        **more,
    )
    return (name, field)


def whole(**more):
    """Return a column of whole numbers."""
    return fields.IntField(**more)


def big(**more):
    """Return a column of moments, sums or numbers of persons."""
    return fields.BigIntField(**more)


def checks(rules):
    """Return CHECKs by name."""
    return [CheckConstraint(check=rule, name=name) for name, rule in rules.items()]


def table(model, name, says, columns, **options):
    """Return the making of a table with its CHECKs."""
    return CreateChecked(
        name=model,
        fields=[identifier(), ("book_id", big()), *columns],
        options={
            "table": name,
            "app": "caihong",
            **options,
            "pk_attr": "id",
            "table_description": says,
        },
        bases=["Model"],
    )


AGREEMENT = {
    "agreement_amounts": (
        "list_fen > 0 AND subsidy_fen >= 0 AND discount_fen >= 0 AND points >= 0 AND points_fen >= 0"
    ),
    "agreement_shares_within_price": "subsidy_fen + discount_fen + points_fen <= list_fen",
    "agreement_value_of_points": "points > 0 OR points_fen = 0",
    "agreement_elders": "elder_age >= 1 AND elder_percent >= 0 AND elder_percent <= 100",
    "agreement_limits": "a_day >= 1 AND a_month >= 1 AND household_a_month >= 1",
}
SERVICE_USE = {
    "service_use_adds_up": (
        "list_fen = amount_fen + discount_fen + resident_fen AND amount_fen = subsidy_fen + points_fen"
    ),
    "service_use_amounts": (
        "list_fen > 0 AND subsidy_fen >= 0 AND points_fen >= 0 AND discount_fen >= 0 AND resident_fen >= 0"
    ),
    "service_use_value_of_points": "points >= 0 AND (points > 0 OR points_fen = 0)",
    "service_use_not_by_oneself": "used_by_id <> person_id",
    "service_use_deducted_after_settling": (
        "deducted_in_id IS NULL OR (settled_in_id IS NOT NULL AND undone_at IS NOT NULL)"
    ),
}
COLUMNS = (
    (
        "ALTER TABLE property_company ADD COLUMN trade VARCHAR(10) NOT NULL DEFAULT 'property' "
        f"CONSTRAINT property_company_trade CHECK ({TRADES})"
    ),
    (
        "ALTER TABLE relief_handout ADD COLUMN fund_id BIGINT "
        "CONSTRAINT relief_handout_fund REFERENCES fund (id) ON DELETE RESTRICT"
    ),
    (
        "ALTER TABLE relief_handout ADD COLUMN points_total BIGINT NOT NULL DEFAULT 0 "
        f"CONSTRAINT relief_paid_by_a_fund CHECK ({PAID_BY})"
    ),
    (
        "ALTER TABLE relief_line ADD COLUMN price_points INT NOT NULL DEFAULT 0 "
        f"CONSTRAINT relief_line_price_not_negative CHECK ({PRICED})"
    ),
    # A fund that a rule named keeps its account, and is a fund like any other from now on.
    (
        "INSERT INTO fund (id, book_id, name, purpose, opened_by, opened_at) SELECT r.fund_id, r.book_id, "
        "MIN(r.fund_name), '', MIN(r.decided_by), MIN(r.decided_at) FROM passing_rule r "
        "WHERE r.fund_id IS NOT NULL GROUP BY r.book_id, r.fund_id"
    ),
)

# Relief lots leave as relief alone, and a fund pays for other goods alone; whoever marked a household does not spend
# for it; the agreed shares of a service stay as they were agreed; a merchant takes no vouchers and a company no services.
RULES = (
    (
        *("relief_lots_alone", "relief_line", "INSERT OR UPDATE", "UPDATE"),
        (
            "SELECT 1 FROM stock_lot l JOIN relief_handout h ON h.book_id = l.book_id AND h.id = NEW.handout_id "
            "WHERE l.book_id = NEW.book_id AND l.id = NEW.lot_id "
            "AND (l.source <> 'donated-relief') = (h.fund_id IS NULL)"
        ),
        "only goods for relief are given as relief, and a fund pays for no others",
    ),
    (
        *("fund_spent_by_two", "relief_handout", "INSERT", None),
        (
            "SELECT 1 FROM hardship_mark m WHERE m.book_id = NEW.book_id AND m.id = NEW.mark_id "
            "AND NEW.fund_id IS NOT NULL AND m.marked_by = NEW.clerk_id"
        ),
        "who marked a household does not spend a fund for it",
    ),
    (
        *("agreement_stays", "agreement", "UPDATE OR DELETE", None),
        "SELECT 1",
        "an agreement never changes",
    ),
    (
        *("service_of_a_merchant", "service", "INSERT OR UPDATE", "UPDATE OF company_id"),
        (
            "SELECT 1 FROM property_company c WHERE c.book_id = NEW.book_id AND c.id = NEW.company_id "
            "AND c.trade <> 'merchant'"
        ),
        "only merchants render services",
    ),
    (
        *("voucher_of_a_property_company", "voucher", "INSERT OR UPDATE", "UPDATE OF company_id"),
        (
            "SELECT 1 FROM property_company c WHERE c.book_id = NEW.book_id AND c.id = NEW.company_id "
            "AND c.trade <> 'property'"
        ),
        "only property companies take vouchers",
    ),
)


def triggers(sqlite):
    """Return the statements that refuse what the rules name."""
    yield "DROP TRIGGER relief_lots_alone" + ("" if sqlite else " ON relief_line")
    yield "DROP TRIGGER relief_lots_alone_again" if sqlite else "DROP FUNCTION relief_lots_alone()"
    for name, on, when, again, finds, says in RULES:
        if sqlite:
            events = when.split(" OR ") if again is None else ["INSERT", again]
            for place, event in enumerate(events):
                suffix = "_again" if place else ""
                yield (
                    f"CREATE TRIGGER {name}{suffix} BEFORE {event} ON {on} WHEN EXISTS ({finds}) "
                    f"BEGIN SELECT RAISE(ABORT, '{name}: {says}'); END"
                )
            continue
        yield (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS ({finds}) THEN "
            f"RAISE EXCEPTION '{name}: {says}' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$"
        )
        yield f"CREATE TRIGGER {name} BEFORE {when} ON {on} FOR EACH ROW EXECUTE FUNCTION {name}()"


async def share_costs(apps, schema_editor) -> None:
    """Add the columns and triggers, and let the books know the new kinds of entries."""
    client = schema_editor.client
    for statement in (*COLUMNS, *triggers(client.capabilities.dialect == "sqlite")):
        await client.execute_query(statement)
    kinds = ", ".join(f"('{kind}')" for kind in KINDS)
    await client.execute_query(f"INSERT INTO entry_kind (code) VALUES {kinds}")


class Migration(checked.Migration):
    dependencies = [("caihong", "0022_reservations")]

    initial = False

    operations = [
        table(
            *("Fund", "fund"),
            "A fund with its name and purpose. Its points stand in the books, and a closed one takes none and has none.",
            [
                ("name", fields.CharField(max_length=40)),
                ("purpose", fields.CharField(default="", max_length=200)),
                ("opened_by", big()),
                ("opened_at", big()),
                ("closed_by", big(null=True)),
                ("closed_at", big(null=True)),
            ],
            unique_together=(("book_id", "name"),),
            constraints=checks({"fund_closed_by": "(closed_at IS NULL) = (closed_by IS NULL)"}),
        ),
        table(
            *("PointsGift", "points_gift"),
            "One gift, where `recorded_by` is the clerk who wrote it down for a donor without a phone.",
            [
                to("fund", "Fund", "gifts"),
                to("person", "Person", "gifts"),
                ("points", big()),
                ("given_at", big()),
                ("recorded_by", big(null=True)),
            ],
            indexes=[Index(fields=["book_id", "fund_id"]), Index(fields=["book_id", "person_id"])],
            constraints=checks(
                {
                    "points_gift_is_positive": "points > 0",
                    "points_gift_of_ones_own": "recorded_by <> person_id",
                }
            ),
        ),
        table(
            *("Service", "service"),
            "A haircut, a repair or a meal that a merchant offers. Its number and that of the use make the slip.",
            [
                to("company", "PropertyCompany", "services"),
                ("number", whole()),
                ("name", fields.CharField(max_length=80)),
                (
                    "state",
                    fields.CharEnumField(
                        default=OnOffer.ON_SALE,
                        description="\n".join(f"{each.name}: {each.value}" for each in OnOffer),
                        enum_type=OnOffer,
                        max_length=20,
                    ),
                ),
                ("uses", whole(default=0)),
            ],
            unique_together=(("book_id", "number"), ("book_id", "company", "name")),
            constraints=checks({"service_uses_not_negative": "uses >= 0"}),
        ),
        table(
            *("Agreement", "agreement"),
            "What a service costs from a day on, and who pays what of it.",
            [
                to("service", "Service", "agreements"),
                ("version", whole()),
                ("valid_from", whole()),
                ("list_fen", whole()),
                ("subsidy_fen", whole(default=0)),
                ("discount_fen", whole(default=0)),
                ("points", whole(default=0)),
                ("points_fen", whole(default=0)),
                ("elder_age", whole(null=True)),
                ("elder_percent", whole(default=100)),
                ("elder_pays_points", fields.BooleanField(default=False)),
                ("a_day", whole(null=True)),
                ("a_month", whole(null=True)),
                ("household_a_month", whole(null=True)),
                ("agreed_by", big()),
                ("agreed_at", big()),
            ],
            unique_together=(("book_id", "service", "version"),),
            constraints=checks(AGREEMENT),
        ),
        table(
            *("ServiceUse", "service_use"),
            "One service rendered to one person: its list price, and who pays what. `amount_fen` is what the merchant is owed.",
            [
                to("service", "Service", "taken"),
                to("company", "PropertyCompany", "service_uses"),
                to("agreement", "Agreement", "uses"),
                to("person", "Person", "services_had"),
                to("used_by", "Person", "services_rendered"),
                ("number", whole()),
                ("list_fen", whole()),
                ("subsidy_fen", whole()),
                ("discount_fen", whole()),
                ("points", whole()),
                ("points_fen", whole()),
                ("resident_fen", whole()),
                ("amount_fen", whole()),
                ("recognised", fields.CharField(max_length=10)),
                ("used_at", big()),
                ("undone_at", big(null=True)),
                to("settled_in", "Settlement", "services_settled", null=True),
                to("deducted_in", "Settlement", "services_deducted", null=True),
            ],
            unique_together=(("book_id", "service", "number"),),
            indexes=[
                Index(fields=["book_id", "company_id", "used_at"]),
                Index(fields=["book_id", "person_id"]),
                Index(fields=["book_id", "settled_in_id"]),
            ],
            constraints=checks(SERVICE_USE),
        ),
        table(
            *("ServiceTally", "service_tally"),
            "How often one person had a service on `day` and in `month`: one row, read and changed by the posts themselves.",
            [
                to("service", "Service", "tallies"),
                to("person", "Person", "service_tallies"),
                ("day", whole(default=0)),
                ("on_day", whole(default=0)),
                ("month", whole(default=0)),
                ("in_month", whole(default=0)),
            ],
            unique_together=(("book_id", "service", "person"),),
            constraints=checks(
                {"service_tally_not_negative": "on_day >= 0 AND in_month >= on_day"}
            ),
        ),
        ops.RunPython(share_costs),
        *(Known(ops.AlterModelOptions(model, options)) for model, options in SAID.items()),
        Known(ops.AddField("PropertyCompany", "trade", TRADE)),
        Known(
            ops.AddConstraint(
                "PropertyCompany", CheckConstraint(check=TRADES, name="property_company_trade")
            )
        ),
        Known(ops.AddField("ReliefHandout", *to("fund", "Fund", "handouts", null=True))),
        Known(ops.AddField("ReliefHandout", "points_total", big(default=0))),
        Known(
            ops.AddConstraint(
                "ReliefHandout", CheckConstraint(check=PAID_BY, name="relief_paid_by_a_fund")
            )
        ),
        Known(ops.AddField("ReliefLine", "price_points", whole(default=0))),
        Known(ops.AlterField("RoleGrant", "role", ROLE)),
        Known(
            ops.AddConstraint(
                "ReliefLine", CheckConstraint(check=PRICED, name="relief_line_price_not_negative")
            )
        ),
    ]
