"""Take a book out: the one way for the command line and the pages, whatever the form."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from audit import lists, whole_book
from audit.beancount_form import Beancount
from audit.hledger_form import Hledger
from audit.lists import List
from audit.plain_text import Form, Words, plain_text
from audit.spreadsheets import Tick, write_csv, write_xlsx
from audit.standing import standing_still
from audit.whole_book import Book


class What(StrEnum):
    """What of a book is taken out."""

    BEANCOUNT = "beancount"
    HLEDGER = "hledger"
    JOURNAL = "journal"
    TRIAL_BALANCE = "trial-balance"
    STATEMENT = "statement"


class Sheet(StrEnum):
    """How a list is written."""

    CSV = "csv"
    XLSX = "xlsx"


FORMS: dict[What, Form] = {What.BEANCOUNT: Beancount(), What.HLEDGER: Hledger()}
ENDINGS = {What.BEANCOUNT: "beancount", What.HLEDGER: "journal"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to take out, of which days (booked from `first` to `last`, yyyymmdd, where given)."""

    what: What
    sheet: Sheet = Sheet.XLSX
    first: int | None = None
    last: int | None = None
    account_id: int | None = None

    @property
    def file_name(self) -> str:
        """Return a name for the file, with the days it is of."""
        days = [str(day) for day in (self.first, self.last) if day]
        ending = ENDINGS.get(self.what, self.sheet)
        return "-".join(["caihong", self.what, *days]) + f".{ending}"


def _nothing() -> None:
    return None


async def export(
    book_id: int, wish: Wish, words: Words, title: str, to: Path, tick: Tick = _nothing
) -> None:
    """Write a book, or a list of it, to a file as of one moment; `tick` is called for each entry or row.

    Raises:
        NotFound
    """
    async with standing_still():
        book = await whole_book.open_for_reading(book_id)
        form = FORMS.get(wish.what)
        if form is None:
            await _write(await _list(book, wish, words), wish.sheet, to, tick)
            return
        with to.open("w", encoding="utf-8", newline="\n") as file:
            async for piece in plain_text(
                book, form, words, title, first=wish.first, last=wish.last
            ):
                file.write(piece)
                tick()


async def _list(book: Book, wish: Wish, words: Words) -> List:
    if wish.what is What.JOURNAL:
        return await lists.journal(book, words, first=wish.first, last=wish.last)
    if wish.what is What.STATEMENT and wish.account_id is not None:
        return await lists.statement(book, words, wish.account_id)
    return await lists.trial_balance(book, words)


async def _write(wanted: List, sheet: Sheet, to: Path, tick: Tick) -> None:
    if sheet is Sheet.CSV:
        await write_csv(to, wanted.heads, wanted.rows, tick)
    else:
        await write_xlsx(to, wanted.name, wanted.heads, wanted.rows, tick)
