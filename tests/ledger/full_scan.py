"""A book with an eventful history, and the naive way to read it: every row, in Python, from the first."""

import random
from dataclasses import dataclass, replace
from itertools import count

from kernel import clock
from kernel.database import execute, fetch
from kernel.days import day_of, plus_days
from ledger import chart
from ledger.chart import Kind
from ledger.desk import post
from ledger.errors import NotEnoughPoints, WouldOverdraw
from ledger.post import Line, Posted, RequestKey
from ledger.reversals import reverse
from tests.ledger.months import ZONE, a_book_since, noon
from tests.ledger.world import ANN, BOB, FUND, a_sale, an_award, fixed

FIRST_DAY, DAYS = 20_260_901, 75
LOTS = (20_280_930, 20_281_031, 20_281_130)
SHOP_2 = 2
_keys = count(1)


@dataclass(frozen=True)
class Seen:
    """One line as its account sees it; `place` orders the lines of the account."""

    entry: int
    line: int
    amount: int
    balance_after: int
    booked_on: int
    kind: str
    sealed: bool | None
    place: tuple


async def a_history(seed, acts=60):
    """Post a seeded history over some months, with entries sealed and months closed on the way."""
    drawn = random.Random(seed)  # noqa: S311
    book_id = await a_book_since(FIRST_DAY)
    posted: list[Posted] = []
    closed = False
    for number in range(acts):
        today = plus_days(FIRST_DAY, DAYS * number // acts)
        with clock.frozen(noon(today)):
            await _act(drawn, book_id, posted, today)
        if drawn.random() < 0.2:
            await seal(book_id, drawn.randrange(1, 8))
        if drawn.random() < 0.1 and today > 20_261_005 and not closed:
            await close(book_id, 20_260_930)
            closed = True
    return book_id


async def _act(drawn, book_id, posted, today):
    person = drawn.choice((ANN, BOB, BOB))
    what = drawn.choices(("award", "late", "sale", "gift", "undo"), (4, 3, 3, 1, 1))[0]
    try:
        if what in ("award", "late"):
            award = an_award(book_id, person, drawn.randrange(5, 60), drawn.choice(LOTS))
            happened = plus_days(today, -drawn.randrange(40)) if what == "late" else today
            posted.append(await post(replace(award, occurred_at=noon(max(happened, FIRST_DAY)))))
        elif what == "sale":
            sale = a_sale(book_id, person, drawn.randrange(1, 40), today=today)
            posted.append(await post(sale))
        elif what == "gift":
            given = Line(chart.fund(FUND), chart.redeemed(SHOP_2), 1)
            await _fund(book_id, person, today)
            posted.append(await post(fixed(book_id, Kind.GOODS_GIVEN, given)))
        elif posted:
            undone = posted.pop(drawn.randrange(len(posted)))
            key = RequestKey("undo", str(next(_keys)), b"same")
            await reverse(book_id, undone.entry_id, key=key, actor_id=1, reason="by mistake")
    except (NotEnoughPoints, WouldOverdraw):
        return


async def _fund(book_id, person, today):
    await post(an_award(book_id, person, 3, LOTS[0]))
    given = Line(chart.purse(person), chart.fund(FUND), 3, LOTS[0])
    await post(fixed(book_id, Kind.POINTS_DONATED, given))


async def seal(book_id, most=1000, *, skipping=0):
    """Bind the first queued entries into a block, by rows: members, running totals, places given up."""
    queued = await fetch(
        "SELECT entry_id FROM seal_queue WHERE book_id = $1 ORDER BY entry_id LIMIT $2 OFFSET $3",
        *(book_id, most, skipping),
    )
    ids = [row["entry_id"] for row in queued]
    if not ids:
        return
    (last,) = await fetch(
        "SELECT COALESCE(MAX(number), 0) AS number, COALESCE(MAX(entries_total), 0) AS entries FROM seal_block "
        "WHERE book_id = $1",
        book_id,
    )
    number = last["number"] + 1
    await execute(
        "INSERT INTO seal_block (book_id, number, sealed_at, entries, entries_total, format_version, previous_hash, "
        "root, totals_hash, hash) VALUES ($1, $2, 1, $3, $4, 1, $5, $5, $5, $5)",
        *(book_id, number, len(ids), last["entries"] + len(ids), b"\0"),
    )
    wanted = ", ".join(str(each) for each in ids)
    await execute(
        "INSERT INTO seal_member (book_id, entry_id, block_number, position, leaf) SELECT book_id, id, $2, "
        f"ROW_NUMBER() OVER (ORDER BY id) - 1, leaf FROM journal_entry WHERE book_id = $1 AND id IN ({wanted})",
        *(book_id, number),
    )
    await _add_totals(book_id, number, wanted)
    await execute(f"DELETE FROM seal_queue WHERE book_id = $1 AND entry_id IN ({wanted})", book_id)


async def _add_totals(book_id, number, wanted):
    moved: dict[int, list[int]] = {}
    for row in await fetch(
        f"SELECT debit_id, credit_id, amount FROM transfer WHERE book_id = $1 AND entry_id IN ({wanted})",
        book_id,
    ):
        moved.setdefault(row["debit_id"], [0, 0])[0] += row["amount"]
        moved.setdefault(row["credit_id"], [0, 0])[1] += row["amount"]
    for account_id, (debits, credited) in moved.items():
        await execute(
            "INSERT INTO block_total (book_id, account_id, block_number, debits, credits) "
            "SELECT $1, $2, $3, $4 + COALESCE(MAX(debits), 0), $5 + COALESCE(MAX(credits), 0) FROM block_total "
            "WHERE book_id = $1 AND account_id = $2",
            *(book_id, account_id, number, debits, credited),
        )


async def close(book_id, ends_on):
    """Close a month by rows: its totals, and the fence."""
    rows = await fetch("SELECT id FROM account WHERE book_id = $1", book_id)
    totals = {row["id"]: await scan_total(book_id, row["id"], ends_on) for row in rows}
    await execute(
        "INSERT INTO period (book_id, closed_at, closed_by, ends_on, digest) VALUES ($1, 1, 1, $2, $3)",
        *(book_id, ends_on, b"\0"),
    )
    for account_id, (debits, credited) in totals.items():
        if debits or credited:
            await execute(
                "INSERT INTO period_total (book_id, account_id, debits, credits, ends_on) "
                "VALUES ($1, $2, $3, $4, $5)",
                *(book_id, account_id, debits, credited, ends_on),
            )
    await execute("UPDATE book SET closed_until = $2 WHERE id = $1", book_id, ends_on)


async def everything(book_id):
    """Return every transfer with its entry, its seal and whether it waits for one."""
    entries = {
        row["id"]: row
        for row in await fetch("SELECT * FROM journal_entry WHERE book_id = $1", book_id)
    }
    seals = {
        row["entry_id"]: (row["block_number"], row["position"])
        for row in await fetch("SELECT * FROM seal_member WHERE book_id = $1", book_id)
    }
    transfers = await fetch("SELECT * FROM transfer WHERE book_id = $1", book_id)
    return [(row, entries[row["entry_id"]], seals.get(row["entry_id"])) for row in transfers]


async def scan(book_id, account_id):
    """Return an account's lines, earliest first, with the balance after each, the long way."""
    (account,) = await fetch(
        "SELECT * FROM account WHERE book_id = $1 AND id = $2", book_id, account_id
    )
    found = []
    for row, entry, seal_ in await everything(book_id):
        if account_id not in (row["debit_id"], row["credit_id"]):
            continue
        credited = row["credit_id"] == account_id
        amount = row["amount"] * (1 if credited else -1) * account["side"]
        version = row["credit_version"] if credited else row["debit_version"]
        place = (
            (version,)
            if account["floored"]
            else (*(seal_ or (2**62, row["entry_id"])), row["line"])
        )
        found.append((place, row, entry, amount, None if account["floored"] else seal_ is not None))
    found.sort(key=lambda each: each[0])
    lines, balance = [], 0
    for place, row, entry, amount, sealed in found:
        balance += amount
        lines.append(
            Seen(
                *(row["entry_id"], row["line"], amount, balance, entry["booked_on"]),
                *(entry["kind"], sealed, place),
            )
        )
    return lines


async def scan_total(book_id, account_id, until=99_991_231):
    """Return what was debited and credited to an account by what was booked until a day."""
    debits = credited = 0
    for row, entry, _ in await everything(book_id):
        if entry["booked_on"] <= until:
            debits += row["amount"] * (row["debit_id"] == account_id)
            credited += row["amount"] * (row["credit_id"] == account_id)
    return debits, credited


def between(lines, first, last):
    """Return the lines booked on some days, with balances that count nothing booked later."""
    balance = sum(line.amount for line in lines if line.booked_on < first)
    chosen = []
    for line in lines:
        if first <= line.booked_on <= last:
            balance += line.amount
            chosen.append(replace(line, balance_after=balance))
    return chosen


def today_of(entry):
    """Return the local day an entry happened on."""
    return day_of(entry["occurred_at"], ZONE)
