"""What is held about those who reserve goods and wait at the shop, for the map of personal data."""

from kernel.errors import N_
from people.personal_table import PersonalTable, table

RESERVED: tuple[PersonalTable, ...] = (
    PersonalTable(
        "reservation", N_("Goods reserved"),
        "SELECT v.reserved_at, v.state, v.ended_at, i.name AS item, l.quantity, l.price_points FROM reservation v "
        "JOIN reservation_line l ON l.reservation_id = v.id AND l.book_id = v.book_id "
        "JOIN item i ON i.id = l.item_id AND i.book_id = l.book_id "
        "WHERE v.book_id = $1 AND v.person_id = $2 ORDER BY v.reserved_at, l.id",
        stays="the paper of an entry of the books; it names the person by number alone",
    ),
    PersonalTable(
        "household_count", N_("Counted for limits of the household"),
        "SELECT period, pieces, exchanges FROM household_count "
        "WHERE book_id = $1 AND person_id = $2 ORDER BY period, id",
        stays="what exchanges were counted against, which they prove again; it names the person by number alone",
    ),
    table(
        "queue_ticket", N_("Numbers to wait with"), "number, state, taken_at, called_at", "taken_at, id",
        blanked={"person_id": "NULL"},  # the day's numbers stay without gaps
    ),
)  # fmt: skip
