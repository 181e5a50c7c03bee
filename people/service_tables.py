"""What is held about those who had services of merchants or gave points, for the map of personal data."""

from kernel.errors import N_
from people.personal_table import OWN, PersonalTable

SERVICES: tuple[PersonalTable, ...] = (
    PersonalTable(
        "service_use", N_("Services of merchants"),
        "SELECT c.name AS merchant, s.name AS service, u.list_fen, u.amount_fen, u.discount_fen, u.resident_fen, "
        "u.points, u.used_at, u.undone_at FROM service_use u "
        "JOIN service s ON s.id = u.service_id AND s.book_id = u.book_id "
        "JOIN property_company c ON c.id = u.company_id AND c.book_id = u.book_id "
        "WHERE u.book_id = $1 AND u.person_id = $2 ORDER BY u.used_at, u.id",
        stays="what a merchant is owed; it names the person by number alone",
    ),
    PersonalTable(
        "service_tally", N_("Services counted towards a limit"),
        "SELECT s.name AS service, NULLIF(t.day, 0) AS had_on, t.on_day, t.in_month FROM service_tally t "
        "JOIN service s ON s.id = t.service_id AND s.book_id = t.book_id "
        "WHERE t.book_id = $1 AND t.person_id = $2 ORDER BY t.id",
        deleted=OWN,
    ),
    PersonalTable(
        "points_gift", N_("Points given to funds"),
        "SELECT f.name AS fund, g.points, g.given_at FROM points_gift g "
        "JOIN fund f ON f.id = g.fund_id AND f.book_id = g.book_id "
        "WHERE g.book_id = $1 AND g.person_id = $2 ORDER BY g.given_at, g.id",
        stays="the paper of an entry of the books; it names the person by number alone",
    ),
)  # fmt: skip
