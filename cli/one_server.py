"""A lock beside the SQLite file: one server at a time writes it. The system lets go of it even after a crash."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cli.trouble import Trouble
from web.i18n import gettext as _

if sys.platform == "win32":
    import msvcrt

    def _lock(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def the_only_server(database: Path) -> Iterator[None]:
    """Hold the lock of a database while serving it. Raises: Trouble if another server holds it."""
    beside = database.with_name(f"{database.name}.serving")
    with beside.open("ab") as file:
        try:
            _lock(file)
        except OSError:
            raise Trouble(
                _(
                    "Another server is already using %(file)s. One SQLite file has one server: please stop the "
                    "other one, or use PostgreSQL.",
                    file=database,
                )
            ) from None
        yield  # Closing the file gives the lock back.
