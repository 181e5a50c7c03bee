"""Bring the message catalogues up to date: `python -m web.catalogue`.

Run it after changing any text, then fill in the empty `msgstr` of web/locale/zh_Hans/LC_MESSAGES/messages.po.
Translations are kept; a text whose English changed becomes a new, empty one.
"""

import sys
from configparser import ConfigParser
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "web" / "locale"
TEMPLATE = LOCALE / "messages.pot"
ROOMS = ("kernel", "ledger", "people", "checkin", "redemption", "audit", "web", "api", "cli")
STAMP = datetime(
    2026, 1, 1, tzinfo=UTC
)  # Fixed: a file that changes only with its texts merges better.


def extracted() -> Catalog:
    """Return every message marked in the rooms' Python and templates."""
    config = ConfigParser()
    config.read(LOCALE / "babel.cfg", encoding="utf-8")
    methods = [tuple(section.split(": ", 1)) for section in config.sections()]
    options = {pattern: dict(config[f"{method}: {pattern}"]) for method, pattern in methods}
    found = Catalog(project="Caihong", version="", creation_date=STAMP, charset="utf-8")
    for room in ROOMS:
        where = extract_from_dir(
            ROOT / room, [(p, m) for m, p in methods], options, comment_tags=("L10N:",)
        )
        for name, _, message, comments, context in where:
            found.add(
                message, None, [(f"{room}/{name}", 0)], auto_comments=comments, context=context
            )
    return found


def saved(path: Path) -> Catalog:
    """Return a catalogue as it stands on disk."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3] if path.suffix == ".po" else None)


def save(path: Path, catalogue: Catalog) -> None:
    """Write a catalogue sorted by message, without line numbers and leftovers."""
    with path.open("wb") as file:
        write_po(
            file, catalogue, sort_output=True, include_lineno=False, ignore_obsolete=True, width=100
        )


def update() -> int:
    """Extract, merge into each language, and return how many texts wait for a translation."""
    template, waiting = extracted(), 0
    save(TEMPLATE, template)
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/messages.po")):
        catalogue = saved(path)
        catalogue.update(template, no_fuzzy_matching=True)
        save(path, catalogue)
        empty = [message.id for message in catalogue if message.id and not _told(message.string)]
        waiting += len(empty)
        sys.stdout.write("".join(f"{path.parts[-3]}: {text}\n" for text in empty[:20]))
        sys.stdout.write(f"{path.parts[-3]}: {len(empty)} texts to translate\n")
    return waiting


def _told(text: str | tuple[str, ...] | list[str] | None) -> bool:
    return bool(text) if text is None or isinstance(text, str) else all(text)


if __name__ == "__main__":
    sys.exit(1 if update() else 0)
