"""`caihong verify`: prove the books again from their rows, and name what is not as it should be."""

import json
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from audit.reconcile import reconcile
from cli.opening import on_books
from cli.trouble import Trouble
from ledger import checks
from ledger.books import all_books
from ledger.checks import Finding
from people import roster
from web.i18n import gettext as _
from web.i18n import ngettext

FOUND_SOMETHING = 2

Book = Annotated[int | None, typer.Option("--book", metavar="ID", help="Only this book.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")]


@dataclass(frozen=True)
class Proof:
    """What was found in one book."""

    book_id: int
    community: str
    entries: int
    findings: list[Finding]

    def as_json(self) -> dict[str, Any]:
        """Return plain values; ids are texts, because they do not fit into a JavaScript number."""
        return {
            "book": str(self.book_id),
            "community": self.community,
            "entries": self.entries,
            "findings": [_as_json(finding) for finding in self.findings],
        }


def _as_json(finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check,
        "says": str(finding),
        "entry": None if finding.entry_id is None else str(finding.entry_id),
        "account": None if finding.account_id is None else str(finding.account_id),
    }


def verify(book: Book = None, as_json: AsJson = False) -> None:
    """Prove every book from its rows. Exit code 0: all holds; 2: findings, each named; 1: could not be done."""

    async def work() -> list[Proof]:
        books = await all_books()
        if book is not None and book not in books:
            raise Trouble(_("There is no book %(book)s here.", book=book))
        return [await _proof(each) for each in books if book in (None, each)]

    proofs = on_books(work)
    if as_json:
        holds = not any(proof.findings for proof in proofs)
        told = {"holds": holds, "books": [proof.as_json() for proof in proofs]}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for proof in proofs:
            _tell(proof)
        _conclude(proofs)
    if any(proof.findings for proof in proofs):
        raise typer.Exit(FOUND_SOMETHING)


async def _proof(book_id: int) -> Proof:
    named = {each.id: each.name for each in await roster.communities()}
    entries = await checks.count_entries(book_id)
    findings = [*await checks.check(book_id), *await reconcile(book_id)]
    return Proof(book_id, named.get(book_id, "–"), entries, findings)


def _tell(proof: Proof) -> None:
    typer.echo(
        ngettext(
            "%(community)s (book %(book)s): %(num)s entry checked",
            "%(community)s (book %(book)s): %(num)s entries checked",
            proof.entries,
            community=proof.community,
            book=proof.book_id,
        )
    )
    for finding in proof.findings:
        typer.echo(f"  ✗ [{finding.check}] {_(finding.says, **finding.members)}")


def _conclude(proofs: list[Proof]) -> None:
    count = sum(len(proof.findings) for proof in proofs)
    if count:
        typer.echo(ngettext("%(num)s finding.", "%(num)s findings.", count))
    elif proofs:
        typer.echo(
            _(
                "The books hold: every entry is as it was posted and every sum follows from the entries."
            )
        )
    else:
        typer.echo(_("There is no book yet, so there is nothing to prove."))
