"""The words of an export: what the pages call kinds, accounts and assets, with the names of people masked."""

from collections.abc import Sequence

from audit.plain_text import Words
from ledger.chart import AccountName
from ledger.statements import statement
from people import roster
from people.disclosing import note_disclosure
from people.masks import masked_name
from people.privacy import Purpose, Told
from redemption.models import Item
from web import ledger_words
from web.i18n import gettext

AT_ONCE = 500


async def _accounts(book_id: int, names: Sequence[AccountName]) -> dict[AccountName, str]:
    owners = sorted({owner for name in names if (owner := ledger_words.owner_of(name))})
    people: dict[int, str] = {}
    for start in range(0, len(owners), AT_ONCE):
        people |= await roster.names(book_id, owners[start : start + AT_ONCE])
    masked = {person_id: masked_name(name) for person_id, name in people.items()}
    # Without the goods: their accounts are shared, and the asset says which goods they are.
    return {name: ledger_words.account_words(name, masked, {}) for name in names}


async def _assets(book_id: int, codes: Sequence[str]) -> dict[str, str]:
    items = [int(code[5:]) for code in codes if code.startswith("item:") and code[5:].isdecimal()]
    goods: dict[str, str] = {}
    for start in range(0, len(items), AT_ONCE):
        found = Item.filter(book_id=book_id, id__in=items[start : start + AT_ONCE])
        goods |= {f"item:{item.id}": item.name for item in await found}
    return {code: goods.get(code) or gettext(ledger_words.ASSETS.get(code, code)) for code in codes}


async def note_book_export(book_id: int, *, by: int | None, account_id: int | None = None) -> None:
    """Write down that a book was taken out, or one account's statement: about the person whose account it is."""
    owner = None
    if account_id is not None:
        page = await statement(book_id, account_id, limit=1)
        owner = ledger_words.owner_of(page.account.name)
    people = None if owner else await roster.count(book_id)
    await note_disclosure(book_id, Told.BOOK, Purpose.ACCOUNTING, by=by, about=owner, people=people)


def export_words() -> Words:
    """Return the words in the reader's language."""
    return Words(gettext, ledger_words.kind_words, _assets, _accounts)
