"""Vouchers that pass to another flat, person or company: a new one carries what was left on the old. Pure decisions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kernel.ids import new_id
from ledger import chart
from ledger.chart import AccountName
from ledger.post import Change, Fact, Facts, Insert, Line
from people.household_errors import UsedMeanwhile
from redemption.family_papers import Rebinding
from redemption.models import Voucher
from redemption.states import VoucherState
from redemption.voucher_codes import new_serial
from redemption.voucher_rules import points_for_rest


@dataclass(frozen=True, slots=True)
class Successor:
    """Ids and serial of the voucher that takes another's place."""

    voucher_id: int
    successor_id: int
    rebinding_id: int
    serial: str


@dataclass(frozen=True, slots=True)
class Rebind:
    """Open vouchers about to pass to a person and a flat because of one event, or to a company because of a change.

    What is None stays as it is.
    """

    successors: tuple[Successor, ...]
    now: int
    today: int
    event_id: int | None = None
    person_id: int | None = None
    flat: str | None = None
    change_id: int | None = None
    company_id: int | None = None

    @property
    def facts(self) -> tuple[Fact, ...]:
        """Name the vouchers."""
        return tuple(Fact("voucher", each.voucher_id) for each in self.successors)

    @property
    def accounts(self) -> tuple[AccountName, ...]:
        """Name the money on them, before and after."""
        ids = [(each.voucher_id, each.successor_id) for each in self.successors]
        return tuple(chart.voucher(voucher_id) for pair in ids for voucher_id in pair)


async def open_vouchers(book_id: int, person_id: int, today: int) -> list[Voucher]:
    """Return a person's vouchers with money on them that are still good, with their companies."""
    own = Voucher.filter(
        book_id=book_id, person_id=person_id, state=VoucherState.ISSUED, expires_on__gte=today
    )
    return await own.order_by("issued_at", "id").prefetch_related("company")


def rebind_all(
    event_id: int, vouchers: Iterable[Voucher], person_id: int, flat: str, moment: tuple[int, int]
) -> Rebind:
    """Draw ids and serials for the successors of vouchers; `moment` is now and today."""
    successors = tuple(Successor(each.id, new_id(), new_id(), new_serial()) for each in vouchers)
    return Rebind(successors, *moment, event_id=event_id, person_id=person_id, flat=flat)


def rebind_to_company(
    change_id: int, vouchers: Iterable[Voucher], company_id: int, moment: tuple[int, int]
) -> Rebind:
    """Draw ids and serials for the successors of vouchers at another company; `moment` is now and today."""
    successors = tuple(Successor(each.id, new_id(), new_id(), new_serial()) for each in vouchers)
    return Rebind(successors, *moment, change_id=change_id, company_id=company_id)


def rebound(rebind: Rebind, facts: Facts) -> tuple[list[Line], list[Insert | Change]]:
    """Decide which vouchers pass: those that still have money on them and are good today."""
    lines: list[Line] = []
    writes: list[Insert | Change] = []
    for each in rebind.successors:
        voucher = facts[Fact("voucher", each.voucher_id)]
        left = voucher["remaining_fen"]
        good = voucher["state"] == VoucherState.ISSUED and voucher["expires_on"] >= rebind.today
        if not left or not good:
            continue
        lines += _moved(rebind, each, voucher["company_id"], left)
        writes += _papers(rebind, each, voucher)
    return lines, writes


def _moved(rebind: Rebind, each: Successor, company_id: int, left: int) -> tuple[Line, ...]:
    """Move what is left; from one company to another it is void at the first and issued at the second."""
    old, new = chart.voucher(each.voucher_id), chart.voucher(each.successor_id)
    if rebind.company_id is None:
        return (Line(old, new, left),)
    void, issued = chart.vouchers(company_id, "void"), chart.vouchers(rebind.company_id, "issued")
    return (Line(old, void, left), Line(issued, new, left))


def _or(new: int | str | None, as_it_is: int | str) -> int | str:
    return as_it_is if new is None else new


def _papers(
    rebind: Rebind, each: Successor, voucher: Mapping[str, Any]
) -> tuple[Insert | Change, ...]:
    left = voucher["remaining_fen"]
    row = {
        "id": each.successor_id,
        "company_id": _or(rebind.company_id, voucher["company_id"]),
        "person_id": _or(rebind.person_id, voucher["person_id"]),
        "flat": _or(rebind.flat, voucher["flat"]),
        "serial": each.serial,
        "face_fen": left,
        "remaining_fen": left,
        "points_paid": points_for_rest(voucher["points_paid"], left, voucher["face_fen"]),
        "points_returned": 0,
        "uses": 0,
        "state": VoucherState.ISSUED.value,
        "expires_on": voucher["expires_on"],
        "issued_at": rebind.now,
    }
    paper = {
        "id": each.rebinding_id,
        "event_id": rebind.event_id,
        "change_id": rebind.change_id,
        "voucher_id": each.voucher_id,
        "successor_id": each.successor_id,
        "amount_fen": left,
        "undone_at": None,
    }
    void = {"remaining_fen": 0, "state": VoucherState.VOID.value}
    return (
        Change("voucher", each.voucher_id, void),
        Insert("voucher", row),
        Insert("voucher_rebinding", paper),
    )


def rebindings_undone(rebindings: Sequence[Rebinding], facts: Facts, now: int) -> list[Change]:
    """Return what is written when vouchers go back: the successor is void, the old one is good again.

    Raises: UsedMeanwhile.
    """
    writes = []
    for each in rebindings:
        successor = facts[Fact("voucher", each.successor_id)]
        whole = successor["remaining_fen"] == each.amount_fen
        if successor["state"] != VoucherState.ISSUED or not whole:
            raise UsedMeanwhile
        void = {"remaining_fen": 0, "state": VoucherState.VOID.value}
        again = {"remaining_fen": each.amount_fen, "state": VoucherState.ISSUED.value}
        writes += [
            Change("voucher", each.successor_id, void),
            Change("voucher", each.voucher_id, again),
            Change("voucher_rebinding", each.id, {"undone_at": now}),
        ]
    return writes
