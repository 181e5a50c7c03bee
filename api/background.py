"""What `caihong serve` does beside answering: jobs that come round again and again, each in a task of its own.

Every worker runs them; each job keeps out of the others' way by itself. A job that fails is told in the log and comes
round again. Only `caihong serve` starts them, not every application that a test makes.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from checkin import recurring, signing
from checkin.arrival import let_points_arrive
from checkin.clean import verify_clean
from checkin.closing import close_forgotten
from checkin.handing_over import hand_over_closed
from checkin.plan_errors import NoAwardRule
from kernel import clock
from kernel.settings import settings
from ledger.auditor import Audit, audit_step
from ledger.books import all_books
from ledger.checkpoint_keys import checkpoint_key
from ledger.checkpoints import export, is_due, take_checkpoint
from ledger.errors import BookIsReadOnly
from ledger.expiry import expire_lots
from ledger.sealing import books_in_the_queue, seal_gently
from people.practice import throw_old_away
from people.requesting import lapse_due
from people.retention import tidy
from redemption import bindings, new_items
from redemption.picking_up import expire_due
from redemption.voucher_expiry import expire_vouchers
from web.group_reminders import remind_group

log = logging.getLogger("caihong")


@dataclass(frozen=True, slots=True)
class Job:
    """Work that comes round again so many seconds after it was done."""

    name: str
    every_seconds: float
    work: Callable[[], Awaitable[None]]


async def seal_books() -> None:
    """Seal what waits in every book."""
    for book_id in await books_in_the_queue():
        await seal_gently(book_id)


async def sign_checkpoints() -> None:
    """Sign a checkpoint of every book that is due for one, and put it where somebody else can fetch it."""
    every = settings().checkpoint_minutes * clock.MINUTE
    for book_id in await all_books():
        if await is_due(book_id, every) and (
            taken := await take_checkpoint(book_id, checkpoint_key())
        ):
            await asyncio.to_thread(export, taken, settings().checkpoints)


async def release_holds() -> None:
    """Give back, in every book, what was set aside until a time that is over."""
    await in_open_books(expire_due)


async def let_lots_lapse() -> None:
    """Expire, in every book, the lots whose day has passed; nobody could spend them meanwhile."""
    await in_open_books(expire_lots)


async def let_vouchers_lapse() -> None:
    """Expire, in every book, the vouchers whose last day has passed; no desk took them meanwhile."""
    await in_open_books(expire_vouchers)


async def let_requests_lapse() -> None:
    """End, in every book, the requests that nobody decided in time."""
    for book_id in await all_books():
        await lapse_due(book_id)


async def end_forgotten_attendances() -> None:
    """Let those leave at the planned end, in every book, who forgot to check out; a person verifies that."""
    for book_id in await all_books():
        await close_forgotten(book_id)


async def verify_clean_scans() -> None:
    """Verify, in every book whose rule says so, the hours whose scans are clean."""
    await in_open_books(verify_clean)


async def end_notices() -> None:
    """Let points arrive, in every book, whose public notice has ended."""
    await in_open_books(let_points_arrive)


async def tidy_up() -> None:
    """Delete, in all communities, what has been kept as long as it is needed."""
    await tidy()


async def end_practice() -> None:
    """Throw away the books for practice whose day is over."""
    await throw_old_away()


async def pass_places_on() -> None:
    """Offer, in every community, the places on that somebody did not answer for, or whose record was closed."""
    for book_id in await all_books():
        await hand_over_closed(book_id)
        await signing.settle_due(book_id)


async def make_weekly_shifts() -> None:
    """Make, in every community, the shifts that weekly plans are due for."""
    for book_id in await all_books():
        try:
            await recurring.make_due(book_id)
        except NoAwardRule:
            log.warning("weekly plans of a community wait for a points rule")


async def remind_groups() -> None:
    """Tell each community's group once of tomorrow's shifts, where a group's address is set."""
    for book_id in await all_books():
        await remind_group(book_id)


_audits: dict[int, Audit] = {}


async def let_bindings_go() -> None:
    """Take away, in every community, what counters bound or added and nobody confirmed by the next evening."""
    for book_id in await all_books():
        await bindings.let_unconfirmed_go(book_id)
        await new_items.let_unconfirmed_go(book_id)


async def audit_books() -> None:
    """Prove the next slice of every book, the shut ones too; each worker makes rounds of its own."""
    for book_id in await all_books():
        _audits[book_id] = await audit_step(book_id, _audits.get(book_id))


async def in_open_books(work: Callable[[int], Awaitable[int]]) -> None:
    """Do a job in every book that takes entries; a shut one stops no other, and its turn comes when it is opened."""
    for book_id in await all_books():
        try:
            await work(book_id)
        except BookIsReadOnly:
            continue


JOBS: tuple[Job, ...] = (
    Job("sealer", 1.5, seal_books),
    Job("checkpoints", 30, sign_checkpoints),
    Job("auditor", 2, audit_books),
    Job("holds", 30, release_holds),
    Job("expiry", 600, let_lots_lapse),
    Job("vouchers", 600, let_vouchers_lapse),
    Job("requests", 60, let_requests_lapse),
    Job("forgotten", 60, end_forgotten_attendances),
    Job("clean scans", 20, verify_clean_scans),
    Job("notices", 60, end_notices),
    Job("places", 60, pass_places_on),
    Job("weekly plans", 3600, make_weekly_shifts),
    Job("barcodes", 600, let_bindings_go),
    Job("reminders", 600, remind_groups),
    Job("practice", 600, end_practice),
    Job("tidying", 6 * 3600, tidy_up),
)


@asynccontextmanager
async def at_work(jobs: tuple[Job, ...] = JOBS) -> AsyncIterator[None]:
    """Run jobs until the block ends; what a job is at then is given up or finished by the database."""
    tasks = [asyncio.create_task(_again_and_again(job), name=f"job {job.name}") for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _again_and_again(job: Job) -> None:
    while True:
        try:
            await job.work()
        except Exception:
            # Whatever it was, the next round may succeed; a job that stopped for good would be missed too late.
            log.exception("the job %r failed and comes round again", job.name)
        await asyncio.sleep(job.every_seconds)
