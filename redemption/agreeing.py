"""Merchants, what they offer, and what is agreed about it: versions with the day from which each holds."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from kernel import clock
from kernel.database import transaction
from kernel.days import day_of
from ledger.books import zone_of
from people.guardians import birth_year
from people.models import Community, PropertyCompany, Trade
from people.naming import folded_name
from redemption.cost_shares import Price, Terms, is_elder, shared, terms_of
from redemption.service_errors import (
    AgreementBeginsTooEarly,
    MerchantNotFound,
    ServiceNotFound,
    SharesAreOdd,
)
from redemption.service_papers import Agreement, Service
from redemption.states import OnOffer

MOST_FEN, MOST_POINTS, OLDEST, MOST_TIMES = 10_000_000, 1_000_000, 130, 1000
NAME_LIMIT = 80


@dataclass(frozen=True, slots=True)
class Offer:
    """A service with the agreement that holds, or none, and what it costs the person in question."""

    service: Service
    agreement: Agreement | None
    price: Price | None
    elder: bool = False

    @property
    def can_be_had(self) -> bool:
        """Say whether it is rendered at the moment."""
        return self.price is not None and self.service.state is OnOffer.ON_SALE


async def merchant(book_id: int, merchant_id: int) -> PropertyCompany:
    """Return one of the community's merchants. Raises: MerchantNotFound."""
    found = await PropertyCompany.get_or_none(book_id=book_id, id=merchant_id, trade=Trade.MERCHANT)
    if found is None:
        raise MerchantNotFound
    return found


async def offer_service(book_id: int, merchant_id: int, name: str) -> Service:
    """Enter a service of a merchant; the same name is the same service.

    Raises: MerchantNotFound, NameIsEmpty, TextTooLong.
    """
    name = folded_name(name, limit=NAME_LIMIT)
    await merchant(book_id, merchant_id)
    async with transaction():
        # The community's row makes two at once number one after the other.
        await Community.filter(id=book_id).select_for_update().first()
        found = await Service.get_or_none(book_id=book_id, company_id=merchant_id, name=name)
        if found is not None:
            return found
        last = await Service.filter(book_id=book_id).order_by("-number").first()
        number = last.number + 1 if last else 1
        return await Service.create(
            book_id=book_id, company_id=merchant_id, number=number, name=name
        )


async def agree(
    book_id: int, service_id: int, terms: Terms, by: int, *, valid_from: int | None = None
) -> Agreement:
    """Put the next version of a service's agreement into force from a day (yyyymmdd), tomorrow at the earliest.

    The first one may hold at once. Raises: ServiceNotFound, SharesAreOdd, AgreementBeginsTooEarly.
    """
    require_terms(terms)
    await service(book_id, service_id)
    now = clock.now()
    today = day_of(now, await zone_of(book_id))
    begins = today if valid_from is None else valid_from
    async with transaction():
        await Service.filter(book_id=book_id, id=service_id).select_for_update().first()
        latest = (
            await Agreement.filter(book_id=book_id, service_id=service_id)
            .order_by("-version")
            .first()
        )
        if begins < today or (latest is not None and begins <= max(today, latest.valid_from)):
            raise AgreementBeginsTooEarly(field="valid_from")
        return await Agreement.create(
            book_id=book_id,
            service_id=service_id,
            version=latest.version + 1 if latest else 1,
            valid_from=begins,
            agreed_by=by,
            agreed_at=now,
            **asdict(terms),
        )


def require_terms(terms: Terms) -> None:
    """Refuse what no agreement can say. Raises: SharesAreOdd."""
    limits: tuple[tuple[int | None, int, int], ...] = (
        (terms.list_fen, 1, MOST_FEN),
        (terms.subsidy_fen, 0, terms.list_fen),
        (terms.discount_fen, 0, terms.list_fen),
        (terms.points, 0, MOST_POINTS),
        (terms.points_fen, 0, terms.list_fen),
        (terms.elder_age, 1, OLDEST),
        (terms.elder_percent, 0, 100),
        (terms.a_day, 1, MOST_TIMES),
        (terms.a_month, 1, MOST_TIMES),
        (terms.household_a_month, 1, MOST_TIMES),
    )
    shares = terms.subsidy_fen + terms.discount_fen + terms.points_fen
    within = all(value is None or least <= value <= most for value, least, most in limits)
    if not within or shares > terms.list_fen or (terms.points_fen and not terms.points):
        raise SharesAreOdd(field="list_fen")


async def withdraw(book_id: int, service_id: int, *, back: bool = False) -> Service:
    """Stop rendering a service at its agreed price, or go on with it. Raises: ServiceNotFound."""
    found = await service(book_id, service_id)
    found.state = OnOffer.ON_SALE if back else OnOffer.WITHDRAWN
    await Service.filter(book_id=book_id, id=service_id).update(state=found.state)
    return found


async def service(book_id: int, service_id: int) -> Service:
    """Return a service with its merchant. Raises: ServiceNotFound."""
    found = await Service.get_or_none(book_id=book_id, id=service_id).prefetch_related("company")
    if found is None:
        raise ServiceNotFound
    return found


async def versions(book_id: int, service_id: int) -> list[Agreement]:
    """Return every agreement about a service, latest first."""
    return await Agreement.filter(book_id=book_id, service_id=service_id).order_by("-version")


def in_force(agreements: Iterable[Agreement], day: int) -> Agreement | None:
    """Return the agreement that holds on a day, or None."""
    begun = [each for each in agreements if each.valid_from <= day]
    return max(begun, key=lambda each: each.version, default=None)


async def offers(
    book_id: int, merchant_id: int | None = None, person_id: int | None = None
) -> list[Offer]:
    """Return services of all merchants, or of one, with what each costs today, for a person if one is named."""
    own = Service.filter(book_id=book_id)
    if merchant_id is not None:
        own = own.filter(company_id=merchant_id)
    found = await own.order_by("company__name", "number").prefetch_related("company", "agreements")
    born = await birth_year(book_id, person_id) if person_id is not None else None
    today = day_of(clock.now(), await zone_of(book_id))
    return [_offer(each, today, born.year if born else None) for each in found]


def _offer(found: Service, today: int, born: int | None) -> Offer:
    agreement = in_force(found.agreements, today)
    if agreement is None:
        return Offer(found, None, None)
    terms = terms_of(vars(agreement))
    elder = is_elder(terms, born, today)
    return Offer(found, agreement, shared(terms, elder=elder), elder)
