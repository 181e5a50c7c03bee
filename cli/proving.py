"""`caihong prove`: show that one entry is in the sealed books, so that a stranger can check it."""

import json
from pathlib import Path
from typing import Annotated

import typer

from cli.opening import on_books
from cli.witnesses import checkpoint_in
from ledger.checkpoints import read_statement
from ledger.proving import Inclusion, book_of, consistency, inclusion
from web.i18n import gettext as _

Entry = Annotated[int, typer.Argument(metavar="ENTRY", help="The entry's number.")]
Upto = Annotated[
    Path | None,
    typer.Option(
        "--checkpoint",
        metavar="FILE",
        help="Up to this checkpoint instead of the one that follows.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the proof for verify_inclusion.py.")]


def prove(entry: Entry, checkpoint: Upto = None, as_json: AsJson = False) -> None:
    """Prove that an entry is sealed, from its fields to a signed checkpoint."""
    given = checkpoint_in(checkpoint) if checkpoint else None

    async def work() -> Inclusion:
        return await inclusion(await book_of(entry), entry, given)

    proof = on_books(work)
    if as_json:
        typer.echo(json.dumps(proof.as_json(), ensure_ascii=False, indent=2))
    else:
        _tell(proof, entry)


Earlier = Annotated[Path, typer.Argument(metavar="EARLIER", help="The earlier checkpoint's file.")]
Later = Annotated[Path, typer.Argument(metavar="LATER", help="The later checkpoint's file.")]


def went_on(earlier: Earlier, later: Later, as_json: AsJson = False) -> None:
    """Prove that a book only went on from one checkpoint to another: nothing before was changed."""
    first, last = (read_statement(checkpoint_in(file).text) for file in (earlier, later))

    async def work() -> list[bytes]:
        return await consistency(first, last)

    path = on_books(work)
    if as_json:
        told = {
            "earlier": first.text(),
            "later": last.text(),
            "path": [each.hex() for each in path],
        }
        typer.echo(json.dumps(told, indent=2))
    else:
        typer.echo(
            _(
                "Block %(later)s goes on from block %(earlier)s: nothing before was changed.",
                earlier=first.block,
                later=last.block,
            )
        )


def _tell(proof: Inclusion, entry: int) -> None:
    block = proof.block
    typer.echo(
        _(
            "Entry %(entry)s is entry %(place)s of %(entries)s in block %(block)s.",
            entry=entry,
            place=proof.place + 1,
            entries=block.entries,
            block=block.number,
        )
    )
    typer.echo(_("Leaf, as its receipt shows it: %(leaf)s", leaf=proof.leaf.hex()))
    typer.echo(_("Block: %(hash)s", hash=block.hash.hex()))
    if proof.checkpoint is None:
        typer.echo(_("No checkpoint follows yet; `caihong checkpoint` signs one."))
        return
    statement = read_statement(proof.checkpoint.text)
    typer.echo(
        _(
            "Checkpoint: block %(block)s, signed with key %(key)s",
            block=statement.block,
            key=statement.key_id,
        )
    )
