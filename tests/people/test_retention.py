"""What is over is deleted after the stated time, and nothing else."""

from kernel import clock
from kernel.clock import DAY, HOUR
from kernel.database import execute, fetch
from people import refreshing, retention, sessions, signin
from people.retention import RETENTION, tidy

NOON = 1_795_262_400_000_000


async def rows(table):
    return (await fetch(f"SELECT count(*) AS count FROM {table}"))[0]["count"]


async def test_what_is_over_goes_when_its_time_has_come(town, monkeypatch):
    monkeypatch.setattr(retention, "AT_ONCE", 2)
    book, wang, chen = town.book, town.wang.person_id, town.chen.person_id
    tables = [kept.table for kept in RETENTION]
    with clock.frozen(NOON):
        ended = await sessions.begin(book, wang, staff=False)
        for _ in range(2):
            await sessions.begin(book, chen, staff=True)
        await refreshing.begin_family(ended)
        await sessions.end(ended.token)
        await signin.invite(book, wang, chen)
        await execute("INSERT INTO try_tally VALUES ('x', 'pin', 3, $1, $1, 0)", NOON)
        await execute(
            "INSERT INTO used_member_code (id, book_id, person_id, step, used_by, used_at) "
            "VALUES (1, $1, $2, 1, $3, $4)",
            *(book, wang, chen, NOON),
        )
        for number, refusal in enumerate(("", "venue-code-old"), 1):
            await execute(
                "INSERT INTO checkin_scan (id, book_id, purpose, way, refusal, scanned_at) "
                "VALUES ($1, $2, 'in', 'code', $3, $4)",
                *(number, book, refusal, NOON),
            )
    living = await sessions.begin(book, wang, staff=False)
    kept = {table: await rows(table) for table in tables}
    with clock.frozen(NOON + HOUR):
        assert set((await tidy()).values()) == {0}
    with clock.frozen(NOON + 8 * DAY):
        assert {name for name, count in (await tidy()).items() if count} == {
            "try_tally",
            "used_member_code",
        }
    with clock.frozen(NOON + 182 * DAY):
        expected = {"refresh_token": 1, "session": 3, "invite": 1, "checkin_scan": 1}
        counted = await tidy(dry_run=True)
        assert {name: count for name, count in counted.items() if count} == expected
        assert await rows("session") == kept["session"]
        deleted = await tidy()
        assert {name: count for name, count in deleted.items() if count} == expected
    assert [row["refusal"] for row in await fetch("SELECT refusal FROM checkin_scan")] == [""]
    assert await sessions.viewer_of(living.token) is not None


def test_the_books_and_attendances_are_never_tidied():
    assert {kept.table for kept in RETENTION} == {
        "refresh_token",
        "session",
        "invite",
        "try_tally",
        "half_session",
        "setup_token",
        "passkey_challenge",
        "code_recipient",
        "one_time_code",
        "browser_question",
        "known_browser",
        "parked_sale",
        "collect_code",
        "security_event",
        "used_member_code",
        "checkin_scan",
    }
