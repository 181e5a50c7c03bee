"""Birth years, as far as they are told, and the consent of a guardian for children under 14."""

from collections.abc import Iterable

from kernel import clock
from kernel.database import is_duplicate, transaction
from kernel.days import day_of
from ledger.books import zone_of
from people.household_errors import (
    BirthYearIsOdd,
    ConsentExists,
    ConsentToOneself,
    GuardianNeeded,
    GuardianTooYoung,
    NoSuchConsent,
    ProofIsMissing,
)
from people.lives import BirthYear, ConsentGiven, GuardianConsent, SpendingConsent
from people.naming import within
from people.roster import member

AGE_OF_OWN_CONSENT = 14
GROWN_UP = 18
OLDEST = 130
PROOF_LIMIT = 40


def may_be_under(age: int, year: int, today: int) -> bool:
    """Say whether somebody born in a year may still be under an age today (yyyymmdd): the birthday is not known."""
    return today // 10_000 - year <= age


async def set_birth_year(book_id: int, person_id: int, year: int, proof: str, by: int) -> BirthYear:
    """Write down a birth year, with the proof that `by` saw; a later look corrects an earlier one.

    Raises:
        BirthYearIsOdd, ProofIsMissing, TextTooLong, NoSuchMember
    """
    now = clock.now()
    this_year = day_of(now, await zone_of(book_id)) // 10_000
    if type(year) is not int or not this_year - OLDEST <= year <= this_year:
        raise BirthYearIsOdd(field="year")
    proof = within(proof, PROOF_LIMIT, "proof")
    if not proof:
        raise ProofIsMissing(field="proof")
    await member(book_id, person_id)
    said = {"year": year, "proof": proof, "seen_by": by, "seen_at": now}
    found, _ = await BirthYear.update_or_create(book_id=book_id, person_id=person_id, defaults=said)
    return found


async def birth_year(book_id: int, person_id: int) -> BirthYear | None:
    """Return what is known of a person's birth year."""
    return await BirthYear.get_or_none(book_id=book_id, person_id=person_id)


async def is_child(book_id: int, person_id: int) -> bool:
    """Say whether a person is known to be under 14, or may be by the year of birth."""
    known = await birth_year(book_id, person_id)
    if known is None:
        return False
    today = day_of(clock.now(), await zone_of(book_id))
    return may_be_under(AGE_OF_OWN_CONSENT, known.year, today)


async def consent_of_guardian(book_id: int, child_id: int) -> GuardianConsent | None:
    """Return a guardian's consent that stands, with the guardian."""
    return await GuardianConsent.get_or_none(
        book_id=book_id, child_id=child_id, withdrawn_at__isnull=True
    ).prefetch_related("guardian")


async def require_guardian(book_id: int, person_id: int) -> None:
    """Refuse what a child under 14 does alone. Raises: GuardianNeeded."""
    if await is_child(book_id, person_id) and not await consent_of_guardian(book_id, person_id):
        raise GuardianNeeded


async def without_guardian(book_id: int, person_ids: Iterable[int]) -> frozenset[int]:
    """Return those of some people who are, or may be, under 14 and whose guardian has not agreed."""
    wanted = sorted(set(person_ids))
    if not wanted:
        return frozenset()
    today = day_of(clock.now(), await zone_of(book_id))
    known = await BirthYear.filter(book_id=book_id, person_id__in=wanted)
    children = {
        each.person_id for each in known if may_be_under(AGE_OF_OWN_CONSENT, each.year, today)
    }
    agreed = await GuardianConsent.filter(
        book_id=book_id, child_id__in=sorted(children) or [0], withdrawn_at__isnull=True
    )
    return frozenset(children - {each.child_id for each in agreed})


async def give(
    book_id: int, child_id: int, guardian_id: int, how: ConsentGiven, by: int
) -> GuardianConsent:
    """Record a guardian's consent.

    Raises:
        ConsentToOneself, NoSuchMember, GuardianTooYoung, ConsentExists
    """
    if child_id == guardian_id:
        raise ConsentToOneself(field="guardian")
    await member(book_id, child_id)
    await member(book_id, guardian_id)
    known = await birth_year(book_id, guardian_id)
    now = clock.now()
    today = day_of(now, await zone_of(book_id))
    if known is not None and today // 10_000 - known.year < GROWN_UP:
        raise GuardianTooYoung(field="guardian")
    try:
        async with transaction():
            return await GuardianConsent.create(
                book_id=book_id,
                child_id=child_id,
                guardian_id=guardian_id,
                given_how=how,
                given_at=now,
                recorded_by=by,
            )
    except Exception as error:
        if is_duplicate(error):
            raise ConsentExists from None
        raise


async def withdraw(book_id: int, child_id: int, by: int) -> None:
    """Record that the guardian's consent was withdrawn; what the child allowed others ends with it.

    Raises:
        NoSuchConsent
    """
    now = clock.now()
    standing = GuardianConsent.filter(book_id=book_id, child_id=child_id, withdrawn_at__isnull=True)
    async with transaction():
        if not await standing.update(withdrawn_at=now, withdrawn_by=by):
            raise NoSuchConsent
        if await is_child(book_id, child_id):
            allowed = SpendingConsent.filter(
                book_id=book_id, giver_id=child_id, withdrawn_at__isnull=True
            )
            await allowed.update(withdrawn_at=now, withdrawn_by=by)
