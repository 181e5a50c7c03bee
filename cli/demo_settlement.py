"""The demo's partners are paid month by month: signed twice, paid by bank, once after a late correction."""

from functools import partial

from cli.demo_approvals import viewer_as
from cli.demo_community import Demo
from kernel.clock import DAY, HOUR
from kernel.days import day_of, month_end, plus_days, plus_months, start_of
from people.approvals import Approval
from people.deciding import approve
from people.models import Role
from redemption import settlement_acts, settling
from redemption.models import VoucherUse
from web.acts import ACTS

SIGNED, CORRECTED, PAID = 10 * HOUR, DAY + 9 * HOUR, 2 * DAY + 10 * HOUR


def plan_settlements(demo: Demo) -> None:
    """Plan the first days of every month since the community opened."""
    for company in demo.companies.values():
        plan_partner(demo, company, demo.first_moment)
    first = month_end(day_of(demo.first_moment, demo.zone))
    if first < demo.today:
        begins = start_of(plus_days(first, 1), demo.zone)
        demo.timeline.at(begins + CORRECTED, partial(_correct, demo))


def plan_partner(demo: Demo, company: int, since: int) -> None:
    """Plan the settlements of one partner's months since a moment."""
    place = _partners(demo).index(company)
    month = month_end(day_of(since, demo.zone))
    while month < demo.today:
        moment = start_of(plus_days(month, 1), demo.zone) + place * HOUR
        demo.timeline.at(moment + SIGNED, partial(_sign, demo, company, month))
        demo.timeline.at(moment + PAID, partial(_pay, demo, company, month))
        month = plus_months(month, 1)


def _partners(demo: Demo) -> list[int]:
    return [*demo.companies.values(), *demo.merchants.values()]


async def _sign(demo: Demo, company: int, month: int) -> None:
    maker = await viewer_as(demo, demo.one(Role.ORGANISER))
    await _approved(demo, await settlement_acts.ask_lock(ACTS, maker, company, month))


async def _correct(demo: Demo) -> None:
    """Take the smallest use of the first month back: it was taken off a neighbour's bill."""
    settled = VoucherUse.filter(book_id=demo.book, settled_in_id__isnull=False)
    use = await settled.order_by("amount_fen", "used_at", "id").first()
    if use is not None:
        maker = await viewer_as(demo, demo.one(Role.ORGANISER))
        why = "物业扣到了邻居家的账单上"
        await _approved(demo, await settlement_acts.ask_correction(ACTS, maker, use.id, why))


async def _approved(demo: Demo, request: Approval) -> None:
    checker = await viewer_as(demo, demo.one(Role.ADMIN))
    await approve(ACTS, checker, request.id, request.digest)


async def _pay(demo: Demo, company: int, month: int) -> None:
    by, place = demo.one(Role.ORGANISER), _partners(demo).index(company)
    reference = f"ICBC{month}{place + 1:03}"
    await settling.pay(demo.book, company, month, reference, by, demo.key())
