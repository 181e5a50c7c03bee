"""The demo's desks: who comes in by PIN there, and a small property company that another took the place of."""

from functools import partial

from cli.demo_approvals import viewer_as
from cli.demo_community import Demo
from cli.demo_shop import purses
from people import desk_codes, desk_turns
from people.deciding import approve
from people.models import Role
from people.registration import open_company
from redemption import company_changes, vouchers
from redemption.limit_errors import OverYearLimit
from web.acts import ACTS

PIN = "4071"
LEFT = "老街物业"


def plan_desks(demo: Demo) -> None:
    """Plan a voucher of the company that leaves, the change two hours later, and the PINs of the desks."""
    demo.timeline.at(demo.moment(-2, (10, 0)), partial(_passes_on, demo))
    demo.timeline.at(demo.moment(-1, (9, 0)), partial(_pins, demo))


async def _passes_on(demo: Demo) -> None:
    """Somebody's voucher of the old street's company becomes one of the company that took over."""
    leaves, offer = await open_company(demo.book, LEFT), demo.offers[0]
    for purse in await purses(demo):
        owner, clerk = purse.owner, demo.one(Role.CLERK)
        if purse.points < offer.price_points:
            break
        try:
            await vouchers.issue(demo.book, owner.person_id, offer.id, leaves.id, clerk, demo.key())
        except OverYearLimit:
            continue
        maker = await viewer_as(demo, demo.one(Role.ORGANISER))
        asked = await company_changes.ask_change(ACTS, maker, leaves.id, owner.company_id)
        await approve(ACTS, await viewer_as(demo, demo.one(Role.ADMIN)), asked.id, asked.digest)
        return


async def _pins(demo: Demo) -> None:
    office = await viewer_as(demo, demo.one(Role.ORGANISER))
    for company, person in demo.desks.items():
        await desk_codes.renew(demo.book, company, office.person_id)
        await desk_turns.set_pin_of(office, company, person, PIN)
