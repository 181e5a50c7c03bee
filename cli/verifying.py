"""`caihong verify`: prove the books again from their rows, and name what is not as it should be."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from audit.proofs import proofs
from audit.reconcile import reconcile
from cli.opening import on_books
from cli.trouble import Trouble
from cli.witnesses import witnesses
from kernel.errors import N_
from kernel.reading import undisturbed
from ledger.books import all_books
from ledger.checkpoint_proofs import Witnesses
from ledger.checkpoints import read_statement
from ledger.findings import Finding
from ledger.trial_balance import AccountTotal
from ledger.verifying import prove
from people import roster
from web.i18n import gettext as _
from web.i18n import ngettext

HOLDS = 0
TAMPERED = 2
UNSEALED = 3
UNSIGNED = 4
BROKEN = 5

# What each check says when it finds something; every other check proves an equation of the books.
MEANS = {
    **dict.fromkeys(("leaves", "reasons", "orphans", "incomplete", "members", "roots"), TAMPERED),
    **dict.fromkeys(("block-totals", "chain", "periods", "checkpoints", "books"), TAMPERED),
    "signatures": UNSIGNED,
    "unsealed": UNSEALED,
}
MOST_SERIOUS_FIRST = (TAMPERED, UNSIGNED, BROKEN, UNSEALED)

UNEQUAL = N_("%(equation)s: %(left)s is not %(right)s")
BOOK_GONE = N_("Book %(book)s is gone, but a checkpoint knows it")

Book = Annotated[int | None, typer.Option("--book", metavar="ID", help="Only this book.")]
Files = Annotated[
    list[Path] | None,
    typer.Option("--checkpoint", metavar="FILE", help="A checkpoint that was kept elsewhere."),
]
Keys = Annotated[
    list[Path] | None,
    typer.Option("--public-key", metavar="FILE", help="A public key (PEM) besides our own."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")]


@dataclass(frozen=True)
class Proof:
    """What was found in one book."""

    book_id: int
    community: str
    entries: int
    sealed: int
    findings: list[Finding]
    left_out: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return plain values; ids are texts, because they do not fit into a JavaScript number."""
        return {
            "book": str(self.book_id),
            "community": self.community,
            "entries": self.entries,
            "sealed": self.sealed,
            "findings": [_as_json(finding) for finding in self.findings],
            "left_out": self.left_out,
        }


def _as_json(finding: Finding) -> dict[str, Any]:
    return {
        "check": finding.check,
        "says": str(finding),
        "entry": None if finding.entry_id is None else str(finding.entry_id),
        "account": None if finding.account_id is None else str(finding.account_id),
    }


def verify(
    book: Book = None,
    checkpoint: Files = None,
    public_key: Keys = None,
    as_json: AsJson = False,
) -> None:
    """Prove every book from its rows.

    Exit code 0: all holds; 2: something was altered, deleted, put in or reordered; 4: a checkpoint is missing or its
    signature is bad; 5: the sums of the books do not hold; 3: entries are not sealed though older than two minutes;
    1: could not be done. If several apply, the first in this order.
    """

    async def work() -> list[Proof]:
        brought = witnesses(checkpoint or [], public_key or [])
        async with undisturbed():
            books = await all_books()
            if book is not None and book not in books:
                raise Trouble(_("There is no book %(book)s here.", book=book))
            found = [await _proof(each, brought) for each in books if book in (None, each)]
        return found + ([] if book else _gone(books, brought))

    found = on_books(work)
    code = exit_code(finding for proof in found for finding in proof.findings)
    if as_json:
        told = {
            "holds": code == HOLDS,
            "exit_code": code,
            "books": [each.as_json() for each in found],
        }
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for proof in found:
            _tell(proof)
        _conclude(found)
    if code:
        raise typer.Exit(code)


def exit_code(findings: Any) -> int:
    """Return the exit code for what was found: that of the most serious finding."""
    codes = {MEANS.get(finding.check, BROKEN) for finding in findings}
    return next((code for code in MOST_SERIOUS_FIRST if code in codes), HOLDS)


async def _proof(book_id: int, brought: Witnesses) -> Proof:
    named = {each.id: each.name for each in await roster.communities()}
    community = named.get(book_id, "–")
    with Progress(
        *(TextColumn(community), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    ) as bar:
        task = bar.add_task(community, total=None)
        proven = await prove(
            book_id, brought, lambda done, of: bar.update(task, completed=done, total=of)
        )
    findings = [*proven.findings, *_unequal(proven.totals), *await reconcile(book_id)]
    return Proof(book_id, community, proven.entries, proven.sealed, findings, proven.left_out)


def _unequal(totals: list[AccountTotal]) -> list[Finding]:
    return [
        Finding(
            "equations",
            UNEQUAL,
            {"equation": _(each.words), "left": each.left, "right": each.right},
        )
        for each in proofs(totals)
        if not each.holds
    ]


def _gone(books: list[int], brought: Witnesses) -> list[Proof]:
    """Name the books that only a checkpoint still knows."""
    known = {read_statement(each.text).book_id for each in brought.checkpoints}
    return [
        Proof(each, "–", 0, 0, [Finding("books", BOOK_GONE, {"book": each})])
        for each in sorted(known - set(books))
    ]


def _tell(proof: Proof) -> None:
    typer.echo(
        ngettext(
            "%(community)s (book %(book)s): %(num)s entry checked, %(sealed)s sealed",
            "%(community)s (book %(book)s): %(num)s entries checked, %(sealed)s sealed",
            proof.entries,
            community=proof.community,
            book=proof.book_id,
            sealed=proof.sealed,
        )
    )
    for finding in proof.findings:
        typer.echo(f"  ✗ [{finding.check}] {_(finding.says, **finding.members)}")
    if proof.left_out:
        typer.echo("  " + _("… and %(count)s more.", count=proof.left_out))


def _conclude(found: list[Proof]) -> None:
    count = sum(len(proof.findings) + proof.left_out for proof in found)
    if count:
        typer.echo(ngettext("%(num)s finding.", "%(num)s findings.", count))
    elif found:
        typer.echo(
            _(
                "The books hold: every entry is as it was posted and every sum follows from the entries."
            )
        )
    else:
        typer.echo(_("There is no book yet, so there is nothing to prove."))
