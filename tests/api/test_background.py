"""What is done beside answering: jobs come round again, outlive their failures, and end with the server."""

import asyncio
import json

import pytest

from api import app, background
from api.background import Job
from kernel import clock
from kernel.database import fetch
from kernel.settings import settings
from ledger import sealing
from ledger.desk import post
from ledger.verifying import prove
from people.approvals import Approval, Outcome
from people.models import Role
from people.point_acts import ask_adjustment
from people.requesting import lapse_due
from tests.ledger import world
from tests.ledger.world import ANN
from tests.redemption.approving import somebody
from tests.redemption.world import make_world
from web.acts import ACTS

pytestmark = pytest.mark.anyio


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A data folder of the test's own."""
    monkeypatch.setenv("CAIHONG_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


async def until(happened):
    """Wait until something has happened."""
    async with asyncio.timeout(10):
        while not await happened():  # noqa: ASYNC110  it happens in a job, which tells nobody
            await asyncio.sleep(0.01)


async def test_a_job_that_fails_is_told_and_comes_round_again(caplog):
    rounds = []

    async def work():
        rounds.append(1)
        if len(rounds) < 3:
            raise ValueError("no luck")

    async def thrice():
        return len(rounds) >= 3

    async with background.at_work((Job("luck", 0.001, work),)):
        await until(thrice)

    assert "the job 'luck' failed" in caplog.text
    done = len(rounds)
    await asyncio.sleep(0.01)
    assert len(rounds) == done


async def test_what_is_posted_is_sealed_and_signed_beside(database, data):
    book_id = await world.a_book()
    for _ in range(5):
        await post(world.an_award(book_id, ANN, 5))

    async def kept():
        return await fetch("SELECT statement FROM checkpoint WHERE book_id = $1", book_id)

    def signed():
        return list((data / "checkpoints").glob("*.json"))

    jobs = tuple(Job(job.name, 0.01, job.work) for job in background.JOBS[:2])
    async with background.at_work(jobs):
        await until(kept)
        await until(lambda: asyncio.to_thread(signed))

    (file,) = (data / "checkpoints").glob("*.json")
    assert json.loads(file.read_text())["statement"] == (await kept())[0]["statement"]
    assert (await prove(book_id)).sealed == 5


async def test_the_sealer_goes_on_while_more_is_waiting(database, monkeypatch):
    book_id = await world.a_book()
    for _ in range(5):
        await post(world.an_award(book_id, ANN, 5))
    monkeypatch.setattr(sealing.seal_next, "__defaults__", (2,))

    await background.seal_books()

    assert (await prove(book_id)).blocks == 3


async def test_only_the_serving_application_has_jobs(database, data, monkeypatch):
    begun = []

    async def work():
        begun.append(1)

    monkeypatch.setenv("CAIHONG_DATABASE_URL", database.url)
    settings.cache_clear()
    at_work = background.at_work
    monkeypatch.setattr(background, "at_work", lambda: at_work((Job("work", 60, work),)))
    for make in (app.create_app, app.create_serving_app):
        application = make()
        async with application.router.lifespan_context(application):
            await asyncio.sleep(0.01)
        assert len(begun) == (make is app.create_serving_app)


async def test_a_request_that_nobody_decided_lapses_in_its_own_book_only(database):
    here, there = await make_world(points=0), await make_world(points=0)
    organiser = await somebody(here.book, "赵敏", Role.ORGANISER)
    await somebody(here.book, "陈静", Role.ADMIN)
    late = await ask_adjustment(ACTS, organiser, here.member, 5, "漏记", expires_on=20_991_231)
    await background.let_requests_lapse()
    assert (await Approval.get(id=late.id)).outcome is None
    with clock.frozen(late.expires_at):
        assert await lapse_due(there.book) == 0
        await background.let_requests_lapse()
    assert (await Approval.get(id=late.id)).outcome is Outcome.LAPSED
