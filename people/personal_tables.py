"""The map of what is held about a person: each table that names one, what of it they are given, what erasure does.

It names the tables of every room, because a person's data lie in all of them; it reads rows and knows none of their
rules. A test holds it against the live schema: a new table that names a person has to be entered here.
"""

from kernel.errors import N_
from people.approvals import as_asked
from people.personal_table import HERE, OWN, PersonalTable, sign_in, table
from people.relief_tables import RELIEF
from people.reserved_tables import RESERVED
from people.service_tables import SERVICES
from people.sheet_tables import ON_PAPER
from people.told_tables import TOLD

# Cards and what is spent with them.
PAPERS: tuple[PersonalTable, ...] = (
    table("card", N_("Points card"), "version, made_at, revoked_at, why", "made_at, id", deleted=OWN),
    table("pin", N_("PIN"), "set_at, off_at, unlocked_at", "set_at, id", deleted=OWN),
    table(
        "loss_report", N_("Phone or card lost"),
        "reported_at, facts, browsers_ended, cards_revoked, undone_at", "reported_at, id",
        stays="the record of what staff did on somebody's word; it names the person by number alone",
    ),
    table(
        "allowance", N_("Exchanged without the phone"),
        "NULLIF(day, 0) AS spent_on, points, NULLIF(extra_day, 0) AS extra_on, extra_points", "id",
        deleted=OWN,
    ),
    PersonalTable(
        "parked_sale", not_given="a cart that waits for a moment, gone when its day is over", deleted=OWN
    ),
    table("passbook", N_("Printed passbook"), "lines_printed, printed_at", "id", deleted=OWN),
    table("voucher_year", N_("Vouchers had in a year"), "year, fen", "id", deleted=OWN),
    PersonalTable(
        "purse_part", N_("Paid for the family"),
        "SELECT r.number, r.redeemed_at, p.points, p.points_refunded FROM purse_part p "
        "JOIN redemption r ON r.id = p.redemption_id AND r.book_id = p.book_id "
        "WHERE p.book_id = $1 AND p.person_id = $2 ORDER BY r.redeemed_at, p.id",
        stays="the receipt of an entry of the books; it names the person by number alone",
    ),
    PersonalTable(
        "approval", N_("Requests about this person"),
        "SELECT act, points, payload, made_at, outcome, decided_at FROM approval "
        "WHERE book_id = $1 AND beneficiary_id = $2 ORDER BY made_at, id",
        told=as_asked,
        stays="the record of what two people decided, which nothing changes; it names the person by number",
    ),
)  # fmt: skip

# What somebody did as one of the staff.
WORK: tuple[PersonalTable, ...] = (
    PersonalTable(
        "shift", N_("Shifts led"),
        "SELECT a.title AS activity, s.starts_at, s.ends_at FROM shift s "
        "JOIN activity a ON a.id = s.activity_id AND a.book_id = s.book_id "
        "WHERE s.book_id = $1 AND s.leader_id = $2 ORDER BY s.starts_at, s.id",
        stays="the record of who answered for a shift, by number alone",
    ),
    PersonalTable(
        "shift_template", N_("Weekly plans led"),
        "SELECT a.title AS activity, t.begins_on, t.ended_at FROM shift_template t "
        "JOIN activity a ON a.id = t.activity_id AND a.book_id = t.book_id "
        "WHERE t.book_id = $1 AND t.leader_id = $2 ORDER BY t.begins_on, t.id",
        stays="the record of who answered for a weekly plan, by number alone",
    ),
    PersonalTable(
        "stock_lot", N_("Goods taken in"),
        "SELECT i.name AS item, l.quantity_received, l.received_at FROM stock_lot l "
        "JOIN item i ON i.id = l.item_id AND i.book_id = l.book_id "
        "WHERE l.book_id = $1 AND l.receiver_id = $2 ORDER BY l.received_at, l.id",
        stays="the paper of an entry of the books; it names the person by number alone",
    ),
)  # fmt: skip

FAMILY: tuple[PersonalTable, ...] = (
    PersonalTable(
        "household", not_given="its name is given with the time that was lived in it",
        # A name that means nobody else goes too: looked at before the person is taken out of it.
        blanked={"label": "''"},
        of="book_id = $1 AND id IN (SELECT household_id FROM household_member WHERE book_id = $1 AND person_id = $2) "
        "AND NOT EXISTS (SELECT 1 FROM household_member other WHERE other.book_id = $1 "
        "AND other.household_id = household.id AND other.person_id <> $2 AND other.left_at IS NULL)",
    ),
    PersonalTable(
        "household_member", N_("Household"),
        "SELECT h.label, m.joined_at, m.left_at FROM household_member m "
        "JOIN household h ON h.id = m.household_id AND h.book_id = m.book_id "
        "WHERE m.book_id = $1 AND m.person_id = $2 ORDER BY m.joined_at, m.id",
        deleted=OWN,
    ),
    PersonalTable(
        "spending_consent", N_("Spending within the family"),
        "SELECT CASE WHEN giver_id = $2 THEN 'giver' ELSE 'spender' END AS side, points_a_month, given_at, "
        "withdrawn_at FROM spending_consent WHERE book_id = $1 AND (giver_id = $2 OR spender_id = $2) "
        "ORDER BY given_at, id",
        stays="what an exchange rests on that a family paid together; it is withdrawn, and names numbers alone",
    ),
    PersonalTable(
        "guardian_consent", N_("Consents of guardians"),
        "SELECT CASE WHEN child_id = $2 THEN 'child' ELSE 'guardian' END AS side, given_how, given_at, "
        "withdrawn_at FROM guardian_consent WHERE book_id = $1 AND (child_id = $2 OR guardian_id = $2) "
        "ORDER BY given_at, id",
        deleted="book_id = $1 AND child_id = $2",
        stays="a guardian's: the record that there was a consent for a child; it is withdrawn",
    ),
    table("birth_year", N_("Year of birth"), "year, proof, seen_at", "id", deleted=OWN),
    table(
        "collect_code", N_("Codes to collect for this person"),
        "points_limit, valid_on, made_at, revoked_at, used_at", "made_at, id",
        deleted=f"{OWN} AND redemption_id IS NULL",
        stays="one that was used: what an exchange rests on; it holds no word about the person",
    ),
    table(
        "life_event", N_("Moves and joined records"),
        "kind, flat_before, flat_after, proof, points_moved, minutes_moved, recorded_at, reversed_at",
        "recorded_at, id",
        blanked={"flat_before": "''", "flat_after": "''", "proof": "''"},
    ),
)  # fmt: skip

SIGN_INS: tuple[PersonalTable, ...] = (
    sign_in("own_password", N_("Own password"), "changed_at"),
    sign_in("authenticator", N_("Authenticator app"), "set_at"),
    sign_in("sheet_code", N_("Sheet of codes"), "made_at, used_at"),
    sign_in("passkey", N_("Passkeys"), "made_at, name, used_at"),
    PersonalTable(
        "passkey_challenge", not_given="a random number, good for five minutes", deleted=HERE
    ),
    table("clerk_pin", N_("Counter PIN"), "set_at", "id", deleted=OWN),
    table("half_session", N_("Sign-ins begun"), "made_at, ended_at", "made_at, id", deleted=OWN),
    sign_in("known_browser", N_("Browsers known"), "known_since AS known_at"),
    table(
        "browser_question", N_("Recognised at the counter"),
        "asked_at, answered_at, enrolled_at", "asked_at, id", deleted=OWN,
    ),
    PersonalTable(
        "code_recipient", N_("Codes sent to the phone"),
        "SELECT c.asked_at, c.proved_at, c.spent_at FROM code_recipient r "
        "JOIN one_time_code c ON c.id = r.code_id AND c.book_id = r.book_id "
        "WHERE r.book_id = $1 AND r.person_id = $2 ORDER BY c.asked_at, r.id",
        deleted=OWN,
    ),
    table(
        "security_event", N_("Sign-ins and roles"), "happening, detail, happened_at", "id",
        stays="the record of who came in and who gave which role, by number alone, until its time is over",
    ),
)  # fmt: skip

TABLES: tuple[PersonalTable, ...] = (
    table(
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
        deleted=HERE,
    ),
    table(
        "invite", N_("Sign-in codes"), "made_at, expires_at, used_at", "made_at, id",
        deleted=OWN,
    ),
    PersonalTable(
        "refresh_token", not_given="a part of the signed-in program, which is given",
        deleted="book_id = $1 AND session_id IN (SELECT id FROM session WHERE book_id = $1 AND person_id = $2)",
    ),
    table(
        "session", N_("Signed-in browsers"), "staff, begun_at, seen_at, ends_at, ended_at",
        "begun_at, id", deleted=OWN,
    ),
    table("used_member_code", N_("Scanned points codes"), "used_at", "used_at, id", deleted=OWN),
    PersonalTable(
        "attendance", N_("Service"),
        "SELECT t.title AS activity, s.starts_at, s.ends_at, a.state, a.provenance, a.checked_in_at, "
        "a.checked_out_at, a.minutes_worked, a.minutes_counted, a.points_awarded, a.points_to_debt, "
        "a.expires_on, a.verified_at, a.arrives_at, a.arrived_at, a.dispute, a.reason FROM attendance a "
        "JOIN shift s ON s.id = a.shift_id AND s.book_id = a.book_id "
        "JOIN activity t ON t.id = s.activity_id AND t.book_id = s.book_id "
        "WHERE a.book_id = $1 AND a.person_id = $2 ORDER BY s.starts_at, a.id",
        blanked={"asked_with": "''"},
    ),
    table("bonus", N_("Bonus points"), "reason, points, given_at, taken_back_at", "given_at, id",
           stays="what an entry of the books rests on; it names the person by number alone"),
    PersonalTable(
        "witness", N_("Who spoke for the service"),
        "SELECT w.about, w.how, w.note, w.said_at FROM witness w "
        "WHERE w.book_id = $1 AND (w.person_id = $2 OR w.teller_id = $2) ORDER BY w.said_at, w.id",
        blanked={"note": "CASE WHEN note = '' THEN '' ELSE '–' END"},
    ),
    PersonalTable(
        "errand", N_("Helped by volunteers"),
        "SELECT t.title AS activity, s.starts_at, s.ends_at, e.denied_at FROM errand e "
        "JOIN shift s ON s.id = e.shift_id AND s.book_id = e.book_id "
        "JOIN activity t ON t.id = s.activity_id AND t.book_id = s.book_id "
        "WHERE e.book_id = $1 AND e.served_id = $2 ORDER BY s.starts_at, e.id",
        stays="what an attendance rests on; it names the person by number alone",
    ),
    table(
        "service_card", N_("Service cards"), "label, made_at, revoked_at", "made_at, id",
        blanked={"label": "''"},
    ),
    table(
        "points_tally", N_("Points counted towards a limit"), "period, points", "period, id",
        stays="what a limit of the points rule is held against; it names the person by number alone",
    ),
    table(
        "checkin_scan", N_("Scans at shifts"), "purpose, way, refusal, flag, scanned_at",
        "scanned_at, id", deleted=f"{OWN} AND refusal <> ''", blanked={"browser": "''"},
        stays="what an attendance rests on; it holds no word about the person",
    ),
    table(
        "stored_scan", N_("Scans without a network"), "purpose, way, outcome, reason AS refusal, scanned_at",
        "scanned_at, id", deleted=f"{OWN} AND outcome = 'doubtful'",
        stays="what an attendance rests on; it holds no word about the person",
    ),
    table(
        "lent_screen", N_("Code screens lent"), "lent_at, taken_at", "lent_at, id",
        stays="the record of who showed the codes of a shift, by number alone",
    ),
    PersonalTable(
        "sign_up", N_("Sign-ups for shifts"),
        "SELECT t.title AS activity, s.starts_at, u.state, u.way, u.signed_at, u.answer_by FROM sign_up u "
        "JOIN shift s ON s.id = u.shift_id AND s.book_id = u.book_id "
        "JOIN activity t ON t.id = s.activity_id AND t.book_id = s.book_id "
        "WHERE u.book_id = $1 AND u.person_id = $2 ORDER BY s.starts_at, u.id",
        deleted=OWN,
    ),
    PersonalTable(
        "standing_sign_up", N_("Signed up every week"),
        "SELECT t.title AS activity, c.since FROM standing_sign_up c "
        "JOIN shift_template p ON p.id = c.template_id AND p.book_id = c.book_id "
        "JOIN activity t ON t.id = p.activity_id AND t.book_id = p.book_id "
        "WHERE c.book_id = $1 AND c.person_id = $2 ORDER BY c.since, c.id",
        deleted=OWN,
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
    table(
        "hold", N_("Points reserved"), "amount, captured, released, placed_at, expires_at, ended_at",
        "placed_at, id",
        stays="the books; it names the person by number alone",
    ),
    table(
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
    *PAPERS,
    *SERVICES,
    *WORK,
    *FAMILY,
    *RELIEF,
    *RESERVED,
    *TOLD,
    *ON_PAPER,
    *SIGN_INS,
)  # fmt: skip
