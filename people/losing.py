"""A phone or card lost: one act ends every browser, card, open link and the PIN; the points stay where they are."""

from collections.abc import Iterable
from dataclasses import dataclass

from kernel import clock
from kernel.database import transaction
from kernel.days import day_of, start_of
from people.card_errors import LossNotFound, LossStands, NotForOneself, SomethingNewWasIssued
from people.cards import Card, LossReport, Pin, Revoked
from people.facts import two_facts
from people.models import Invite, Membership, Session
from people.roster import community, member


@dataclass(frozen=True, slots=True)
class Loss:
    """A report with whose it is and whether the one who wrote it down can still undo it."""

    report: LossReport
    member: Membership
    undoable: bool


async def report_loss(book_id: int, person_id: int, *, by: int, facts: Iterable[str]) -> LossReport:
    """End everything that opens something in this person's name; a second tap answers with the first report.

    Raises:
        NotForOneself, TwoFactsNeeded, NoSuchMember
    """
    if by == person_id:
        raise NotForOneself
    known = two_facts(await member(book_id, person_id), facts)
    async with transaction():
        await _alone(book_id, person_id)
        now = clock.now()
        ended = await _end_all(book_id, person_id, by, now)
        if not any(ended) and (earlier := await _of_today(book_id, person_id, by)):
            return earlier
        browsers, cards, _ = ended
        return await LossReport.create(
            book_id=book_id,
            person_id=person_id,
            reported_to=by,
            reported_at=now,
            facts=known,
            browsers_ended=browsers,
            cards_revoked=cards,
        )


async def _alone(book_id: int, person_id: int) -> None:
    """Wait for a card being made for this person, and let none be made meanwhile."""
    await Membership.filter(book_id=book_id, person_id=person_id).select_for_update().first()


async def _end_all(book_id: int, person_id: int, by: int, now: int) -> tuple[int, int, int]:
    """End everything at one moment, by which an undo finds it again; returns browsers, cards, and the rest."""
    own = {"book_id": book_id, "person_id": person_id}
    browsers = await Session.filter(**own, ended_at__isnull=True).update(ended_at=now)
    cards = await Card.filter(**own, revoked_at__isnull=True).update(
        revoked_at=now, revoked_by=by, why=Revoked.LOST.value
    )
    links = await Invite.filter(**own, used_at__isnull=True, expires_at__gt=now).update(
        expires_at=now
    )
    pins = await Pin.filter(**own, off_at__isnull=True).update(off_at=now)
    return browsers, cards, links + pins


async def _of_today(book_id: int, person_id: int, by: int) -> LossReport | None:
    zone = (await community(book_id)).zone
    midnight = start_of(day_of(clock.now(), zone), zone)
    standing = LossReport.filter(
        book_id=book_id,
        person_id=person_id,
        reported_to=by,
        reported_at__gte=midnight,
        undone_at__isnull=True,
    )
    return await standing.order_by("-reported_at").first()


async def loss(book_id: int, report_id: int, by: int) -> Loss:
    """Return a report as its desk sees it now.

    Raises:
        LossNotFound
    """
    report = await LossReport.get_or_none(book_id=book_id, id=report_id)
    if report is None:
        raise LossNotFound
    who = await member(book_id, report.person_id)
    may = report.undone_at is None and await _is_of_this_desk_today(report, by)
    return Loss(report, who, may and not await _something_new(report))


async def open_loss(book_id: int, report_id: int, by: int) -> Loss:
    """Return a report on which this desk may make something new today.

    Raises:
        LossNotFound, LossStands
    """
    found = await loss(book_id, report_id, by)
    if found.report.undone_at is not None or not await _is_of_this_desk_today(found.report, by):
        raise LossStands
    return found


async def undo_loss(book_id: int, report_id: int, *, by: int) -> LossReport:
    """Let cards, browsers and PIN come back, on the same day, by whom the loss was told to; links stay void.

    Raises:
        LossNotFound, LossStands, SomethingNewWasIssued
    """
    async with transaction():
        report = await LossReport.filter(book_id=book_id, id=report_id).first()
        if report is None:
            raise LossNotFound
        await _alone(book_id, report.person_id)
        report = await LossReport.get(book_id=book_id, id=report_id)
        if report.undone_at is not None:
            return report
        if not await _is_of_this_desk_today(report, by):
            raise LossStands
        if await _something_new(report):
            raise SomethingNewWasIssued
        await _bring_back(report)
        report.undone_at = clock.now()
        await report.save(update_fields=["undone_at"])
    return report


async def _bring_back(report: LossReport) -> None:
    own, at = {"book_id": report.book_id, "person_id": report.person_id}, report.reported_at
    await Session.filter(**own, ended_at=at).update(ended_at=None)
    await Card.filter(**own, revoked_at=at, why=Revoked.LOST.value).update(
        revoked_at=None, revoked_by=None, why=""
    )
    await Pin.filter(**own, off_at=at).update(off_at=None)


async def _is_of_this_desk_today(report: LossReport, by: int) -> bool:
    zone = (await community(report.book_id)).zone
    same_day = day_of(report.reported_at, zone) == day_of(clock.now(), zone)
    return report.reported_to == by and same_day


async def _something_new(report: LossReport) -> bool:
    own, at = {"book_id": report.book_id, "person_id": report.person_id}, report.reported_at
    return (
        await Card.filter(**own, made_at__gt=at).exists()
        or await Invite.filter(**own, made_at__gt=at).exists()
        or await Session.filter(**own, begun_at__gt=at).exists()
        or await Pin.filter(**own, set_at__gt=at).exists()
        or await LossReport.filter(**own, reported_at__gt=at).exists()
    )
