"""What stands to a person's name before something happens to the record: the page shows it, and what becomes of it."""

from dataclasses import dataclass

from kernel import clock
from kernel.days import day_of
from ledger import chart, holds
from ledger.balances import holdings
from ledger.books import zone_of
from ledger.post import Lot
from people import collecting, consents, households, roster, sessions
from people.lives import Household
from people.models import Role
from redemption.models import Voucher
from redemption.rebinding import open_vouchers


@dataclass(frozen=True, slots=True)
class Standing:
    """Points, hours, vouchers, permissions, browsers and roles of one person as they are now."""

    points: int
    lots: tuple[Lot, ...]
    held: int
    owed: int
    on_notice: int
    minutes: int
    vouchers: tuple[Voucher, ...]
    browsers: int
    codes: int
    permissions: int
    household: Household | None
    staff_roles: tuple[Role, ...]

    @property
    def voucher_fen(self) -> int:
        """Return the money on open vouchers."""
        return sum(each.remaining_fen for each in self.vouchers)


async def standing_of(book_id: int, person_id: int) -> Standing:
    """Return what stands to a person's name now."""
    names = (chart.purse, chart.owed, chart.pending, chart.minutes)
    purse, owed, pending, minutes = (name(person_id) for name in names)
    held = await holdings(book_id, (purse, owed, pending, minutes))
    today = day_of(clock.now(), await zone_of(book_id))
    given = await consents.given_by(book_id, person_id)
    had = await consents.had_by(book_id, person_id)
    roles = await roster.roles_of(book_id, person_id)
    return Standing(
        points=held[purse].balance,
        lots=held[purse].lots,
        held=sum(each.points for each in await holds.held_by(book_id, person_id)),
        owed=held[owed].balance,
        on_notice=held[pending].balance,
        minutes=held[minutes].balance,
        vouchers=tuple(await open_vouchers(book_id, person_id, today)),
        browsers=len(await sessions.sessions_of(book_id, person_id)),
        codes=len(await collecting.open_codes(book_id, person_id)),
        permissions=len(given) + len(had),
        household=await households.of_person(book_id, person_id),
        staff_roles=tuple(sorted(roles - {Role.VOLUNTEER})),
    )
