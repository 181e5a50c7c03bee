"""What is held about those who stand on paper sheets, for the map of personal data."""

from kernel.errors import N_
from people.personal_table import PersonalTable

ON_PAPER: tuple[PersonalTable, ...] = (
    PersonalTable(
        "sheet_row", N_("Rows of paper sheets"),
        "SELECT s.happened_at, p.number AS sheet, s.place, s.state, s.missing_points, s.borne FROM sheet_row s "
        "JOIN paper_sheet p ON p.book_id = s.book_id AND p.id = s.sheet_id "
        "WHERE s.book_id = $1 AND s.person_id = $2 ORDER BY s.happened_at, s.id",
        stays="the paper of an entry of the books; it names the person by number alone",
    ),
)  # fmt: skip
