"""One attendance as the lists of hours show it."""

from dataclasses import dataclass

from checkin import closing
from checkin.awards import Award
from checkin.judging import OTHERS_SAW
from checkin.models import Attendance, Provenance
from people.models import Membership


@dataclass(frozen=True, slots=True)
class Line:
    """One attendance as the list shows it: what it would bring, and whether a second look is needed."""

    row: Attendance
    member: Membership | None
    worth: Award | None
    own: bool
    flag: str = ""
    whom: str = ""

    @property
    def suggestion(self) -> Provenance | None:
        """Return what the suggested end rests on where nobody scanned: the plan, or the volunteer's word."""
        asks = self.row.provenance in closing.ASKS and not self.row.shift.on_call
        return self.row.provenance if asks else None

    @property
    def is_clean(self) -> bool:
        """Say whether nothing about it asks for a second look."""
        by_scan = self.row.provenance in OTHERS_SAW and not self.row.needs_word
        seen = by_scan and self.row.revision == 1 and not self.flag
        return seen and not self.own and self.worth is not None and self.worth.points > 0
