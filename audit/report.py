"""One report: the trial balance, the proofs, and every finding, all of one moment."""

from dataclasses import dataclass

from audit.proofs import Proof, proofs
from audit.reconcile import reconcile
from kernel import clock
from kernel.database import snapshot
from ledger import checks
from ledger.checks import Finding
from ledger.statements import AccountTotal, trial_balance


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
    """Prove a book and return what was found; it changes nothing."""
    async with snapshot():
        totals = await trial_balance(book_id)
        return AuditReport(
            at=clock.now(),
            entries=await checks.count_entries(book_id),
            totals=totals,
            proofs=proofs(totals),
            findings=await checks.check(book_id) + await reconcile(book_id),
        )
