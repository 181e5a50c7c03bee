"""Files that a person brings to a proof: checkpoints kept elsewhere, and the public keys to check them with."""

from pathlib import Path

from cli.opening import chosen
from cli.trouble import Trouble
from ledger.checkpoint_keys import NotAKey, own_public_key, public_key_in
from ledger.checkpoint_proofs import Witnesses
from ledger.checkpoints import Checkpoint, NotACheckpoint, key_id, read_file
from web.i18n import gettext as _


def checkpoint_in(file: Path) -> Checkpoint:
    """Return the checkpoint in a file. Raises: Trouble, OSError."""
    try:
        return read_file(file.read_text(encoding="utf-8"))
    except (NotACheckpoint, UnicodeDecodeError):
        raise Trouble(_("%(file)s is not a checkpoint.", file=file)) from None


def witnesses(checkpoints: list[Path], public_keys: list[Path]) -> Witnesses:
    """Read what was brought; our own public key is among the keys if it is here. Raises: Trouble, OSError."""
    chosen()
    try:
        own = own_public_key()
        keys = [public_key_in(file) for file in public_keys] + ([own] if own else [])
    except NotAKey as file:
        raise Trouble(_("%(file)s does not hold an Ed25519 key (PEM).", file=file)) from None
    read = tuple(checkpoint_in(file) for file in checkpoints)
    return Witnesses({key_id(key): key for key in keys}, read)
