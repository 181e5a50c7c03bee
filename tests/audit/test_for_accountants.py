"""The page for accountants is true: its T-accounts and its Beancount are made from the worked example, and compared."""

import os
import re
from pathlib import Path

import pytest
from beancount import loader

from audit.exports import What, Wish, export
from audit.plain_text import figure
from kernel import clock
from kernel.clock import DAY
from kernel.days import start_of
from ledger import entries
from ledger.desk import post
from ledger.trial_balance import trial_balance
from tests.ledger import test_worked_example as worked
from tests.ledger import world
from web.export_words import export_words
from web.i18n import speaking

pytestmark = pytest.mark.anyio

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE, BOOK = DOCS / "for-accountants.md", DOCS / "worked-example.beancount"
FIRST_DAY = start_of(20_261_101, "Asia/Shanghai")
BETWEEN = re.compile(r"(?s)(<!-- made by the test -->\n).*?(<!-- end -->)")


async def the_story():
    """The worked example, a day apart each; returns the book and each step with its entry."""
    book_id, steps = await world.a_book(), []
    for number, (step, act, expected, *_) in enumerate(worked.STORY):
        with clock.frozen(FIRST_DAY + number * DAY):
            if expected == "posted":
                steps.append((step, (await post(act(book_id))).entry_id))
            else:
                assert await worked.answer(act(book_id)) == expected
    return book_id, steps


async def t_accounts(book_id, steps):
    """Each account as a T: debits left, credits right, by the step's letter."""
    sides: dict = {}
    for number, (_, entry_id) in enumerate(steps):
        letter = chr(ord("a") + number)
        for line in await entries.entry_lines(book_id, entry_id):
            sides.setdefault(line.debit, ([], []))[0].append((letter, line.amount))
            sides.setdefault(line.credit, ([], []))[1].append((letter, line.amount))
    legend = [f"{chr(ord('a') + n)}. {step}" for n, (step, _) in enumerate(steps)]
    text = "\n".join(legend) + "\n"
    for total in await trial_balance(book_id):
        debits, credited = sides[total.name]
        text += f"\n{total.name.path} ({total.type})\n{'debit':>16} | credit\n{'-' * 34}\n"
        for row in range(max(len(debits), len(credited))):
            left, right = (_cell(side, row, total.name.asset) for side in (debits, credited))
            text += f"{left:>16} | {right}".rstrip() + "\n"
        text += f"{'-' * 34}\n{_balance(total):>16}\n"
    return re.sub(r" +\n", "\n", text)


def _cell(side, row, asset):
    if row >= len(side):
        return ""
    letter, amount = side[row]
    return f"{letter} {figure(amount, asset)}"


def _balance(total):
    net = total.debits - total.credits
    if not net:
        return "balance 0"
    return f"{figure(abs(net), total.name.asset)} {'debit' if net > 0 else 'credit'}"


def lasting(text):
    """An export without what is drawn anew each time: ids and leaves."""
    ids: dict = {}

    def small(found):
        return "entry-" + str(ids.setdefault(found[1], len(ids) + 1))

    text = re.sub(r"entry-(\d+)", small, text)
    text = re.sub(r'  leaf: "[0-9a-f]{64}"\n', "", text)
    return re.sub(r"paper/\d+", "paper", text)


@pytest.mark.parametrize("scratch", ["sqlite"], indirect=True)
async def test_the_page_shows_the_worked_example_as_it_is_posted(database, tmp_path):
    book_id, steps = await the_story()
    to = tmp_path / "book.beancount"
    with speaking("en"):
        await export(book_id, Wish(what=What.BEANCOUNT), export_words(), "The worked example", to)
    made = lasting(to.read_text(encoding="utf-8"))
    page = PAGE.read_text(encoding="utf-8")
    block = f"```text\n{await t_accounts(book_id, steps)}```\n"
    told = BETWEEN.sub(lambda found: found[1] + block + found[2], page)
    if os.environ.get("CAIHONG_WRITE_DOCS"):
        PAGE.write_text(told, encoding="utf-8")
        BOOK.write_text(made, encoding="utf-8")

    assert told == page
    assert made == BOOK.read_text(encoding="utf-8")
    assert loader.load_file(str(BOOK))[1] == []
