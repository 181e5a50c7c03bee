"""How often something may be tried: pure decisions, and the table that every worker shares."""

import asyncio
import importlib
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import clock
from kernel.clock import DAY, HOUR, MINUTE
from kernel.database import connection, execute, fetch
from people.browsers import forget, remember
from people.errors import LinkIsUnknown, TooManyTries, WrongNameOrPassword
from people.events import SecurityEvent
from people.limits import RULES, Growing, Purpose, Rest, Tally, Window, network_of
from people.signin import find_invite, sign_in
from people.tallies import TryTally, Whence, count, subject_hash, take_back
from tests.people.conftest import PASSWORD

NOON = 1_795_262_400_000_000
RULE = Growing(free=5, first=MINUTE, longest=15 * MINUTE, forgotten_after=DAY)


def test_the_wait_grows_and_ends():
    minutes = [RULE.wait_after(tries) // MINUTE for tries in (0, 4, 5, 6, 7, 8, 9, 10_000)]
    assert minutes == [0, 0, 1, 2, 4, 8, 15, 15]


@given(st.lists(st.integers(0, 20 * MINUTE), max_size=60), st.sampled_from(list(RULES.values())))
def test_no_outsider_shuts_a_name_for_good(gaps, rule):
    """However often somebody tries, whoever waits out the longest rest gets their turn."""
    now, seen = NOON, Tally()
    for gap in gaps:
        now += gap
        answer = rule.judge(seen, now)
        seen = seen if isinstance(answer, Rest) else answer
        longest = rule.longest if isinstance(rule, Growing) else rule.within
        assert isinstance(rule.judge(seen, now + longest), Tally)


def test_a_window_lets_so_many_through_and_then_begins_anew():
    window, seen, let = Window(most=2, within=MINUTE), Tally(), []
    for second in (0, 10, 20, 59, 60, 61, 62):
        answer = window.judge(seen, NOON + second * clock.SECOND)
        let.append(isinstance(answer, Tally))
        seen = answer if isinstance(answer, Tally) else seen
    assert let == [True, True, False, False, True, True, False]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.168.7.9", "192.168.7.0/24"),
        ("::ffff:192.168.7.9", "192.168.7.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("testclient", ""),
        ("1.2.3.4, 5.6.7.8", ""),
    ],
)
def test_an_address_counts_for_its_network(address, network):
    assert network_of(address) == network


async def guess(whence: Whence, password: str = "not this one") -> type[BaseException] | None:
    try:
        await sign_in("chen jing", password, whence=whence)
    except (WrongNameOrPassword, TooManyTries) as refusal:
        return type(refusal)
    return None


async def test_an_outsider_keeps_no_owner_waiting_on_a_browser_that_is_known(town):
    await remember(town.chen.person_id, "her-own-browser")
    outside = Whence("203.0.113.0/24", "")
    at_home = Whence("203.0.113.0/24", "her-own-browser")
    with clock.frozen(NOON):
        answers = [await guess(outside) for _ in range(7)]
        assert answers == [WrongNameOrPassword] * 5 + [TooManyTries] * 2
        assert await guess(Whence("", "another"), PASSWORD) is TooManyTries
        assert await guess(at_home, PASSWORD) is None
        assert [await guess(at_home) for _ in range(6)] == [WrongNameOrPassword] * 5 + [
            TooManyTries
        ]
        await forget(town.chen.person_id)
        assert await guess(at_home, PASSWORD) is TooManyTries  # A browser like any other now.
    kept = repr(await fetch("SELECT * FROM try_tally"))
    assert "chen" not in kept
    assert "203.0.113" not in kept
    told = [
        event.happening for event in await SecurityEvent.filter(book_id=town.book).order_by("id")
    ]
    assert told.count("refused") == 10
    assert told.count("locked") == 2


async def test_one_network_that_tries_many_names_has_to_wait_and_others_do_not(town):
    here, elsewhere = Whence("198.51.100.0/24"), Whence("192.0.2.0/24")
    with clock.frozen(NOON):
        for _ in range(60):
            await count(Purpose.SIGN_IN_NETWORK, here.network)
        with pytest.raises(TooManyTries):
            await sign_in("somebody else", PASSWORD, whence=here)
        assert await guess(elsewhere, PASSWORD) is None
        for _ in range(30):
            with pytest.raises(LinkIsUnknown):
                await find_invite("A" * 26, here)
        with pytest.raises(TooManyTries) as rest:
            await find_invite("A" * 26, here)
    assert rest.value.members == {"minutes": 1, "seconds": 60}
    with clock.frozen(NOON + 2 * HOUR):
        assert await guess(here, PASSWORD) is None


@pytest.mark.concurrency
async def test_tries_at_once_are_counted_one_by_one_and_old_ones_are_swept(town):
    with clock.frozen(NOON - 3 * DAY):
        await count(Purpose.PIN, "long ago")
    with clock.frozen(NOON):
        await asyncio.gather(*(count(Purpose.SIGN_IN_NETWORK, "n") for _ in range(12)))
        await take_back(Purpose.SIGN_IN_NETWORK, "n")
    kept = await TryTally.all()
    assert [(each.purpose, each.tries) for each in kept] == [("sign-in-network", 11)]


async def test_tries_of_before_the_tallies_still_wait(database):
    """The step of the migration, on the table as it was."""
    step = importlib.import_module("migrations.0009_browsers_and_limits")
    await execute(
        "CREATE TABLE sign_in_try"
        " (name_hash VARCHAR(64) PRIMARY KEY, failures INT, locked_until BIGINT, tried_at BIGINT)"
    )
    await execute(f"INSERT INTO sign_in_try VALUES ('{'ab' * 32}', 7, {NOON + HOUR}, {NOON})")
    await step.carry_tries_over(None, SimpleNamespace(client=connection()))
    key = subject_hash(Purpose.SIGN_IN, "ab" * 32)
    kept = await TryTally.get(subject_hash=key)
    assert (kept.tries, kept.rests_until, kept.tried_at) == (7, NOON + HOUR, NOON)
    await execute("DROP TABLE sign_in_try")
