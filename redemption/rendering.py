"""A merchant's desk: whose code, card or number this is, a service at its agreed shares, an undo until it is settled.

Another merchant's service or slip gets the same answer as one that does not exist.
"""

from functools import partial

from kernel import clock
from kernel.days import day_of, start_of
from kernel.ids import new_id
from ledger.books import zone_of
from ledger.chart import Kind
from ledger.desk import post
from ledger.entries import entry_lines
from ledger.post import Fact, Post, RequestKey
from people.closed import require_open
from people.guardians import birth_year
from people.joined import post_for_survivors
from people.lookup import find_member
from people.models import Membership
from people.recognition import Way, way_of
from redemption.agreeing import in_force, service
from redemption.entries import entry_about
from redemption.family import require_may_serve
from redemption.rendering_rules import USE, Back, Render, rendered, undone
from redemption.service_errors import (
    LooksNobodyUpByName,
    NoAgreementYet,
    ServiceNotFound,
    ServiceUseNotFound,
)
from redemption.service_limits import TALLY, row_of, tallied_of
from redemption.service_papers import Agreement, ServiceUse
from redemption.spending import BY_CODE, Recognised, counted_in, counting

WITH_ALL = ("service__company", "person", "used_by")


async def look_up(book_id: int, scanned: str, by: int) -> Membership:
    """Return the one member whose code, card or short number was scanned or typed: nobody is looked for by name.

    Raises: LooksNobodyUpByName, NoSuchMember, CodeIsUnknown, MemberCodeExpired, MemberCodeUsed, CardIsDead.
    """
    if way_of(scanned) is Way.NAME:
        raise LooksNobodyUpByName(field="code")
    found = await find_member(book_id, scanned, by)
    if len(found) > 1:  # a phone that several share
        raise LooksNobodyUpByName(field="code")
    return found[0]


async def render(
    book_id: int,
    service_id: int,
    person_id: int,
    by: int,
    merchant_id: int,
    key: str,
    *,
    shown: tuple[int, int],
    recognised: Recognised = BY_CODE,
) -> ServiceUse:
    """Render a service to a person at the price that was shown (points, fen paid at the merchant), once for a key.

    Raises: ServiceNotFound, NoAgreementYet, NotAMember, ServesOneself, ServesOwnFamily, RecordIsClosed, KeyReused, and
        as `rendered`.
    """
    offered = await service(book_id, service_id)
    if offered.company_id != merchant_id:
        raise ServiceNotFound
    await _require_may_have(book_id, by, person_id)
    now = clock.now()
    today = day_of(now, await zone_of(book_id))
    agreement = in_force(await Agreement.filter(book_id=book_id, service_id=service_id), today)
    if agreement is None:
        raise NoAgreementYet(service=offered.name)
    born = await birth_year(book_id, person_id)
    paper = Render(
        *(new_id(), service_id, agreement.id, merchant_id, person_id, by, shown),
        recognised=recognised.way.value,
        tallied=await tallied_of(book_id, service_id, person_id, today),
        counted=await counting(book_id, person_id, by, today, recognised),
        birth_year_id=born.id if born else None,
        now=now,
        today=today,
    )
    asked = ["render", service_id, person_id, merchant_id, list(shown)]
    posted = await post(
        Post(
            book_id=book_id,
            kind=Kind.SERVICE_RENDERED,
            key=RequestKey(f"person:{by}", key, asked),
            document=Fact(USE, paper.use_id),
            facts=paper.facts,
            accounts=paper.accounts,
            decide=partial(rendered, paper),
            actor_id=by,
            occurred_at=now,
        )
    )
    return await one_use(book_id, merchant_id, posted.document_id)


async def _require_may_have(book_id: int, by: int, person_id: int) -> None:
    """Refuse whom this person may not serve, and a record that is closed."""
    await require_may_serve(book_id, by, person_id)
    await require_open(book_id, person_id)


async def undo_use(book_id: int, use_id: int, by: int, merchant_id: int, key: str) -> ServiceUse:
    """Undo a service until it is in a settlement, at the desk of the same merchant.

    Raises: ServiceUseNotFound, AlreadyReversed, AlreadyUndone, AlreadySettled, KeyReused.
    """
    found = await one_use(book_id, merchant_id, use_id)
    paper = Fact(USE, use_id)
    entry_id = (await entry_about(book_id, paper, Kind.SERVICE_RENDERED))["id"]
    back = await taking_back(found, entry_id)
    await post_for_survivors(
        Post(
            book_id=book_id,
            kind=Kind.REVERSAL,
            key=RequestKey(f"person:{by}", key, ["undo-service", use_id, merchant_id]),
            document=paper,
            facts=back.facts,
            accounts=(*{name for line in back.lines for name in (line.debit, line.credit)},),
            decide=partial(undone, back),
            actor_id=by,
            reverses_id=entry_id,
            occurred_at=back.now,
        )
    )
    return await one_use(book_id, merchant_id, use_id)


async def taking_back(use: ServiceUse, entry_id: int) -> Back:
    """Return what taking a service back rests on."""
    book_id, now, zone = use.book_id, clock.now(), await zone_of(use.book_id)
    tally = Fact(TALLY, await row_of(book_id, use.service_id, use.person_id))
    return Back(
        use.id,
        await entry_lines(book_id, entry_id),
        tally,
        await counted_in(use) if use.points else (),
        used_on=day_of(use.used_at, zone),
        now=now,
        today=day_of(now, zone),
    )


async def uses_today(book_id: int, merchant_id: int) -> list[ServiceUse]:
    """Return what a merchant rendered today, latest first, with services, persons and who did it."""
    zone = await zone_of(book_id)
    midnight = start_of(day_of(clock.now(), zone), zone)
    own = ServiceUse.filter(book_id=book_id, company_id=merchant_id, used_at__gte=midnight)
    return await own.order_by("-used_at", "-id").prefetch_related(*WITH_ALL)


async def one_use(book_id: int, merchant_id: int, use_id: int) -> ServiceUse:
    """Return a slip with its service and person. Raises: ServiceUseNotFound, also for another merchant's."""
    found = await ServiceUse.get_or_none(
        book_id=book_id, company_id=merchant_id, id=use_id
    ).prefetch_related(*WITH_ALL)
    if found is None:
        raise ServiceUseNotFound
    return found


async def of_person(book_id: int, person_id: int) -> list[ServiceUse]:
    """Return the services a person had, latest first."""
    own = ServiceUse.filter(book_id=book_id, person_id=person_id)
    return await own.order_by("-used_at", "-id").prefetch_related(*WITH_ALL)
