"""What is held about those who are told what happened with their points, for the map of personal data."""

from kernel.errors import N_
from people.personal_table import OWN, PersonalTable, table

TOLD: tuple[PersonalTable, ...] = (
    PersonalTable("seen_mark", not_given="how far somebody has read, and nothing else", deleted=OWN),
    table(
        "points_case", N_("“That was not me”"), "said, opened_at, ended_at, answer", "opened_at, id",
        blanked={"said": "''"},
        stays="the record that somebody objected and what was found; it names the person by number alone",
    ),
)  # fmt: skip
