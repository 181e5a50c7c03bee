"""`caihong checkpoint`: sign how far the books are sealed, for somebody else to keep."""

from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cli.opening import chosen, on_books
from cli.trouble import Trouble
from ledger.books import all_books
from ledger.checkpoint_keys import NotAKey, as_pem, checkpoint_key
from ledger.checkpoints import Checkpoint, export, take_checkpoint
from ledger.sealing import seal_everything
from web.i18n import gettext as _

Out = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="FOLDER", help="Put the files here instead of the chosen folder."
    ),
]
Book = Annotated[int | None, typer.Option("--book", metavar="ID", help="Only this book.")]
PublicKey = Annotated[
    bool,
    typer.Option("--public-key", help="Print the public key (PEM) that checks the signatures."),
]


def checkpoint(out: Out = None, book: Book = None, public_key: PublicKey = False) -> None:
    """Seal what waits and sign a checkpoint of every book; prints the files to keep outside of this machine."""
    key = _signing_key()
    if public_key:
        typer.echo(as_pem(key.public_key()).decode().rstrip())
        return

    async def work() -> list[Path]:
        books = await all_books()
        if book is not None and book not in books:
            raise Trouble(_("There is no book %(book)s here.", book=book))
        taken = [await _sealed_and_signed(each, key) for each in books if book in (None, each)]
        folder = out or chosen().checkpoints
        return [export(each, folder) for each in taken if each]

    exported = on_books(work)
    for file in exported:
        typer.echo(str(file))
    if not exported:
        typer.echo(_("There is no entry yet, so there is nothing to sign."))


async def _sealed_and_signed(book_id: int, key: Ed25519PrivateKey) -> Checkpoint | None:
    await seal_everything(book_id)
    return await take_checkpoint(book_id, key)


def _signing_key() -> Ed25519PrivateKey:
    chosen()
    try:
        return checkpoint_key()
    except NotAKey as file:
        raise Trouble(_("%(file)s does not hold an Ed25519 key (PEM).", file=file)) from None
