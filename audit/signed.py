"""Papers that two persons signed: counts, goods written off, changes of property companies."""

from dataclasses import dataclass

from people import roster
from people.masks import masked_name
from redemption.change_papers import CompanyChange
from redemption.stock_papers import StockTake, WriteOff


@dataclass(frozen=True, slots=True)
class Signed:
    """A paper with the masked names of who asked and who signed; nobody signed what nobody could and nobody opposed."""

    paper: StockTake | WriteOff | CompanyChange
    asked: str
    signed: str


async def count(book_id: int, take_id: int) -> Signed | None:
    """Return a count of the shelves."""
    found = await StockTake.get_or_none(book_id=book_id, id=take_id).prefetch_related(
        "shop", "lines__item"
    )
    return None if found is None else await _signed(found, found.counted_by, found.signed_by)


async def write_off(book_id: int, paper_id: int) -> Signed | None:
    """Return goods that were written off."""
    found = await WriteOff.get_or_none(book_id=book_id, id=paper_id).prefetch_related("item")
    return None if found is None else await _signed(found, found.asked_by, found.signed_by)


async def company_change(book_id: int, change_id: int) -> Signed | None:
    """Return a change of property companies."""
    found = await CompanyChange.get_or_none(book_id=book_id, id=change_id).prefetch_related(
        "before", "after"
    )
    return None if found is None else await _signed(found, found.asked_by, found.signed_by)


async def _signed(
    paper: StockTake | WriteOff | CompanyChange, asked_by: int, signed_by: int | None
) -> Signed:
    names = await roster.names(paper.book_id, [each for each in (asked_by, signed_by) if each])
    masked = {person: masked_name(name) for person, name in names.items()}
    return Signed(paper, masked.get(asked_by, ""), masked.get(signed_by or 0, ""))
