"""The map of what is held about a person: each table that names one, what of it they are given, what erasure does.

It names the tables of every room, because a person's data lie in all of them; it reads rows and knows none of their
rules. A test holds it against the live schema: a new table that names a person has to be entered here.
"""

from dataclasses import dataclass, field

from kernel.errors import N_

OWN = "book_id = $1 AND person_id = $2"


@dataclass(frozen=True, slots=True)
class PersonalTable:
    """One table: `title` and the statement that gives a person their rows ($1 book, $2 person), or why they get none.

    At erasure the rows are deleted (`deleted`, with a condition where only some are), lose some columns (`blanked`), or
    stay for the reason that `stays` gives.
    """

    name: str
    title: str = ""
    rows: str = ""
    not_given: str = ""
    deleted: str = ""
    blanked: dict[str, str] = field(default_factory=dict)
    stays: str = ""


def _table(name: str, title: str, columns: str, order: str, **erasure: object) -> PersonalTable:
    rows = f"SELECT {columns} FROM {name} WHERE {OWN} ORDER BY {order}"  # noqa: S608  our own words
    return PersonalTable(name, title, rows, **erasure)  # type: ignore[arg-type]


TABLES: tuple[PersonalTable, ...] = (
    _table(
        "membership", N_("Membership"), "number, flat, joined_at", "id",
        blanked={"flat": "''"},
    ),
    PersonalTable(
        "role_grant", N_("Roles"),
        "SELECT g.role, c.name AS company, g.granted_at, g.revoked_at FROM role_grant g "
        "LEFT JOIN property_company c ON c.id = g.company_id AND c.book_id = g.book_id "
        "WHERE g.book_id = $1 AND g.person_id = $2 ORDER BY g.granted_at, g.id",
        stays="who had which role is part of the record of who acted; every role is taken away",
    ),
    PersonalTable(
        "credential", N_("Staff sign-in"),
        "SELECT sign_in_name, changed_at FROM credential WHERE person_id = $2 "
        "AND EXISTS (SELECT 1 FROM membership m WHERE m.book_id = $1 AND m.person_id = $2)",
        deleted="person_id IN (SELECT person_id FROM membership WHERE book_id = $1 AND person_id = $2)",
    ),
    _table(
        "invite", N_("Sign-in codes"), "made_at, expires_at, used_at", "made_at, id",
        deleted=OWN,
    ),
    _table(
        "session", N_("Signed-in browsers"), "staff, begun_at, seen_at, ends_at, ended_at",
        "begun_at, id", deleted=OWN,
    ),
    _table("used_member_code", N_("Scanned points codes"), "used_at", "used_at, id", deleted=OWN),
    PersonalTable(
        "attendance", N_("Service"),
        "SELECT t.title AS activity, s.starts_at, s.ends_at, a.state, a.provenance, a.checked_in_at, "
        "a.checked_out_at, a.minutes_worked, a.minutes_counted, a.points_awarded, a.points_to_debt, "
        "a.expires_on, a.verified_at, a.reason FROM attendance a "
        "JOIN shift s ON s.id = a.shift_id AND s.book_id = a.book_id "
        "JOIN activity t ON t.id = s.activity_id AND t.book_id = s.book_id "
        "WHERE a.book_id = $1 AND a.person_id = $2 ORDER BY s.starts_at, a.id",
        blanked={"asked_with": "''"},
    ),
    _table(
        "checkin_scan", N_("Scans at shifts"), "purpose, way, refusal, scanned_at", "scanned_at, id",
        deleted=f"{OWN} AND refusal <> ''",
        stays="what an attendance rests on; it holds no word about the person",
    ),
    PersonalTable(
        "redemption", N_("Goods taken"),
        "SELECT r.number, r.redeemed_at, i.name AS item, l.quantity, l.quantity_refunded, l.price_points, "
        "r.state, r.undone_at FROM redemption r "
        "JOIN redemption_line l ON l.redemption_id = r.id AND l.book_id = r.book_id "
        "JOIN item i ON i.id = l.item_id AND i.book_id = l.book_id "
        "WHERE r.book_id = $1 AND r.person_id = $2 ORDER BY r.redeemed_at, l.id",
        stays="the receipt of an entry of the books; it names the person by number alone",
    ),
    PersonalTable(
        "voucher", N_("Vouchers"),
        "SELECT v.serial, c.name AS company, v.flat, v.face_fen, v.remaining_fen, v.points_paid, "
        "v.points_returned, v.state, v.issued_at, v.expires_on FROM voucher v "
        "JOIN property_company c ON c.id = v.company_id AND c.book_id = v.book_id "
        "WHERE v.book_id = $1 AND v.person_id = $2 ORDER BY v.issued_at, v.id",
        blanked={"flat": "''"},
    ),
    PersonalTable(
        "voucher_use", N_("Vouchers used"),
        "SELECT v.serial, u.amount_fen, u.used_at, u.undone_at FROM voucher_use u "
        "JOIN voucher v ON v.id = u.voucher_id AND v.book_id = u.book_id "
        "WHERE v.book_id = $1 AND v.person_id = $2 ORDER BY u.used_at, u.id",
        stays="what a property company is owed; it names the voucher",
    ),
    _table(
        "hold", N_("Points reserved"), "amount, captured, released, placed_at, expires_at, ended_at",
        "placed_at, id",
        stays="the books; it names the person by number alone",
    ),
    _table(
        "consent", N_("Consents"), "subject, way, given_at, withdrawn_at", "given_at, id",
        stays="the record that there was a consent; it is withdrawn",
    ),
    PersonalTable(
        "photo", N_("Photo"), not_given="given as the picture itself, decrypted", deleted=OWN
    ),
    PersonalTable(
        "disclosure", N_("Shown or handed out"),
        "SELECT what, purpose, told_at FROM disclosure "
        "WHERE book_id = $1 AND about_id = $2 ORDER BY told_at, id",
        stays="the record of what was shown to whom; it holds numbers alone",
    ),
    PersonalTable(
        "erasure", not_given="there is nobody left to be given it",
        stays="the record that the data were removed, and by whom",
    ),
)  # fmt: skip
