"""One report: the trial balance, the proofs, and every finding, all of one moment."""

from dataclasses import dataclass

from audit.proofs import Proof, proofs
from audit.reconcile import reconcile
from audit.standing import standing_still
from kernel import clock
from ledger import checks
from ledger.checks import Finding
from ledger.trial_balance import AccountTotal, trial_balance


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What an auditor sees first."""

    at: int
    entries: int
    totals: list[AccountTotal]
    proofs: list[Proof]
    findings: list[Finding]

    @property
    def is_sound(self) -> bool:
        """Say whether every equation holds and no check found anything."""
        return not self.findings and all(proof.holds for proof in self.proofs)


async def report(book_id: int) -> AuditReport:
    """Prove a book and return what was found, all of one moment; it changes nothing, and nobody waits for it."""
    async with standing_still():
        totals = await trial_balance(book_id)
        return AuditReport(
            at=clock.now(),
            entries=await checks.count_entries(book_id),
            totals=totals,
            proofs=proofs(totals),
            findings=await checks.check(book_id) + await reconcile(book_id),
        )
