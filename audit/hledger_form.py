"""The grammar of hledger (1.25 and newer), strict enough for `hledger check --strict`."""

from collections.abc import Iterable, Mapping

from audit.plain_text import ROOTS, Posting, commodity_of, figure, iso, path_of, postings_of
from audit.whole_book import Account, Entry
from ledger.chart import FEN

TYPES = {"asset": "A", "liability": "L", "equity": "E", "income": "R", "expense": "X"}
# In a comment hledger reads `name:value` as a tag, `[2026/11/30]` as a date and a comma as the end of a tag.
PLAIN = str.maketrans({":": "\uff1a", "[": "\uff3b", "]": "\uff3d", ",": "\uff0c", ";": "\uff1b"})


class Hledger:
    """Writes a journal as `hledger check` reads it."""

    def head(self, title: str, says: Iterable[str], assets: Mapping[str, str], day: int) -> str:
        """Return comments, commodities and the five types of accounts."""
        comments = "".join(f"; {_plain(said)}\n" for said in (title, *says))
        counted = "".join(
            f"commodity {_sample(asset)}  ; {_plain(words)}\n" for asset, words in assets.items()
        )
        types = "".join(f"account {ROOTS[each]}  ; type:{TYPES[each]}\n" for each in ROOTS)
        return f"{comments}\ndecimal-mark .\n{counted}\n{types}\n"

    def account(self, path: str, assets: Iterable[str], words: str, day: int) -> str:
        """Declare an account, with its name in words."""
        return f"account {path}  ; {_plain(words)}\n"

    def brought_forward(self, day: int, words: str, postings: Iterable[Posting]) -> str:
        """Return one transaction with every balance; it balances, because the book does."""
        lines = "".join(map(_posting, postings))
        return f"\n{iso(day)} * BROUGHT_FORWARD | {_plain(words)}\n{lines}"

    def entry(self, entry: Entry, words: str) -> str:
        """Return a transaction under its entry's id."""
        told = {
            "document": entry.document,
            "occurred": iso(entry.occurred_on),
            "actor": entry.actor_id,
            "approver": entry.approver_id,
            "why": _plain(entry.reason_code) if entry.reason_code else None,
            "rule": entry.rule_version,
            "reverses": entry.reverses_id,
            "leaf": entry.leaf,
        }
        tags = ", ".join(f"{name}:{value}" for name, value in told.items() if value is not None)
        lines = "".join(map(_posting, postings_of(entry)))
        head = f"{iso(entry.booked_on)} * ({entry.id}) {entry.kind} | {_plain(words)}"
        return f"\n{head}\n    ; {tags}\n{lines}"

    def assertions(self, day: int, held: Iterable[tuple[Account, int]]) -> str:
        """Return a transaction that moves nothing and asserts what accounts hold after the day's entries."""
        lines = "".join(_assertion(*each) for each in held)
        return f"\n{iso(day)} * BALANCES\n{lines}" if lines else ""


def _assertion(account: Account, amount: int) -> str:
    asset = account.name.asset
    return f"    {path_of(account)}  {_amount(0, asset)} = {_amount(amount, asset)}\n"


def _posting(posting: Posting) -> str:
    line = f"    {path_of(posting.account)}  {_amount(posting.amount, posting.account.name.asset)}"
    if posting.expires_on is not None:
        line += f"  ; expires:{iso(posting.expires_on)}"
    return f"{line}\n"


def _amount(amount: int, asset: str) -> str:
    return f"{figure(amount, asset)} {_commodity(asset)}"


def _sample(asset: str) -> str:
    return f"{'1000.00' if asset == FEN else '1000.'} {_commodity(asset)}"


def _commodity(asset: str) -> str:
    name = commodity_of(asset)
    return name if name.isalpha() else f'"{name}"'


def _plain(text: str) -> str:
    return " ".join(text.split()).translate(PLAIN)
