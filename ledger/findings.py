"""What a check finds: which check, where, and in which words. A check reports; it never raises and never repairs."""

from dataclasses import dataclass, field
from typing import Any

MOST = 10_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as the rules say: which check found it, where, and in which words."""

    check: str
    says: str
    members: dict[str, Any] = field(default_factory=dict)
    entry_id: int | None = None
    account_id: int | None = None

    def __str__(self) -> str:
        """Return the finding in English."""
        return self.says % self.members


class Findings:
    """Findings as they come: the first so many are kept, the rest are counted."""

    def __init__(self) -> None:
        """Begin with none."""
        self.kept: list[Finding] = []
        self.left_out = 0

    def add(
        self,
        check: str,
        says: str,
        *,
        entry_id: int | None = None,
        account_id: int | None = None,
        **members: Any,
    ) -> None:
        """Note one finding; an entry it names is among its words as %(entry)s."""
        if len(self.kept) >= MOST:
            self.left_out += 1
            return
        if entry_id is not None:
            members["entry"] = entry_id
        self.kept.append(Finding(check, says, members, entry_id, account_id))
