"""Refusals of proofs: an entry that cannot be shown to be sealed, a book that did not only go on."""

from kernel.errors import N_, Refused


class NotSealed(Refused):
    """A proof is asked of an entry that still waits for its seal."""

    slug = "not-sealed"
    title = N_("Not sealed yet")
    detail = N_("Entry %(entry)s is not sealed yet. Please try again in a minute.")


class EntryAltered(Refused):
    """A proof is asked of an entry that no longer hashes to its leaf."""

    slug = "entry-altered"
    title = N_("The entry was altered")
    detail = N_("Entry %(entry)s was altered: it is not what was posted and sealed.")


class BookRewritten(Refused):
    """Two checkpoints cannot both be of one book that only went on."""

    slug = "book-rewritten"
    title = N_("The book was rewritten")
    detail = N_(
        "The checkpoint of block %(later)s does not go on from the checkpoint of block %(earlier)s."
    )
