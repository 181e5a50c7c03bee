"""What is held about those who were given relief goods, for the map of personal data."""

from kernel.errors import N_
from people.personal_table import PersonalTable

RELIEF: tuple[PersonalTable, ...] = (
    PersonalTable(
        "relief_handout", N_("Goods given in hardship"),
        "SELECT h.day, i.name AS item, l.quantity, h.state, h.undone_at FROM relief_handout h "
        "JOIN relief_line l ON l.handout_id = h.id AND l.book_id = h.book_id "
        "JOIN item i ON i.id = l.item_id AND i.book_id = l.book_id "
        "WHERE h.book_id = $1 AND h.person_id = $2 ORDER BY h.handed_at, l.id",
        stays="the paper of an entry of the books; it names the person by number alone",
    ),
    PersonalTable(
        "hardship_mark", N_("Marks of hardship agreed to"),
        "SELECT marked_at, valid_until, ended_at, agreed_how FROM hardship_mark "
        "WHERE book_id = $1 AND agreed_id = $2 ORDER BY marked_at, id",
        stays="what hand-outs of relief rest on; it names numbers alone, and no reason",
    ),
)  # fmt: skip
