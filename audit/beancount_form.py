"""The grammar of Beancount (versions 2 and 3)."""

from collections.abc import Iterable, Mapping

from audit.plain_text import Posting, commodity_of, figure, iso, path_of, postings_of
from audit.whole_book import Account, Entry
from kernel.days import plus_days
from ledger.chart import FEN


class Beancount:
    """Writes directives as `bean-check` reads them."""

    def head(self, title: str, says: Iterable[str], assets: Mapping[str, str], day: int) -> str:
        """Return comments, options and commodities."""
        comments = "".join(f";; {said}\n" for said in (title, *says))
        options = f'option "title" {_quoted(title)}\noption "operating_currency" "CNY"\n'
        counted = "".join(
            f"{iso(day)} commodity {commodity_of(asset)}\n  name: {_quoted(words)}\n"
            for asset, words in assets.items()
        )
        return f"{comments}\n{options}\n{counted}\n"

    def account(self, path: str, assets: Iterable[str], words: str, day: int) -> str:
        """Open an account for its assets, with its name in words."""
        counted = ",".join(map(commodity_of, assets))
        return f"{iso(day)} open {path}  {counted}\n  name: {_quoted(words)}\n"

    def brought_forward(self, day: int, words: str, postings: Iterable[Posting]) -> str:
        """Return one transaction with every balance; it balances, because the book does."""
        lines = "".join(map(_posting, postings))
        return f'\n{iso(day)} * "BROUGHT_FORWARD" {_quoted(words)}\n{lines}'

    def entry(self, entry: Entry, words: str) -> str:
        """Return a transaction; a reversal is linked to what it reverses."""
        links = f" ^entry-{entry.id}"
        if entry.reverses_id is not None:
            links += f" ^entry-{entry.reverses_id}"
        told = {
            "document": entry.document,
            "occurred": iso(entry.occurred_on),
            "actor": entry.actor_id,
            "approver": entry.approver_id,
            "why": entry.reason_code,
            "rule": entry.rule_version,
            "leaf": entry.leaf,
        }
        notes = "".join(
            f"  {name}: {_quoted(str(value))}\n"
            for name, value in told.items()
            if value is not None
        )
        lines = "".join(map(_posting, postings_of(entry)))
        return f"\n{iso(entry.booked_on)} * {_quoted(entry.kind)} {_quoted(words)}{links}\n{notes}{lines}"

    def assertions(self, day: int, held: Iterable[tuple[Account, int]]) -> str:
        """Return balances as of the beginning of the next day, without Beancount's tolerance of one fen."""
        return "\n" + "".join(_balance(plus_days(day, 1), *each) for each in held)


def _balance(day: int, account: Account, amount: int) -> str:
    asset = account.name.asset
    exactly = " ~ 0.00" if asset == FEN else ""
    said = f"{figure(amount, asset)}{exactly} {commodity_of(asset)}"
    return f"{iso(day)} balance {path_of(account)}  {said}\n"


def _posting(posting: Posting) -> str:
    asset = posting.account.name.asset
    line = f"  {path_of(posting.account)}  {figure(posting.amount, asset)} {commodity_of(asset)}\n"
    if posting.expires_on is not None:
        line += f"    expires: {iso(posting.expires_on)}\n"
    return line


def _quoted(text: str) -> str:
    kept = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{kept}"'
