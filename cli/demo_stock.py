"""What stands behind the demo's counter: goods bought for money, and relief for a household in hardship."""

import io
from functools import partial

from PIL import Image, ImageDraw, ImageFont

from cli import demo_data
from cli.demo_approvals import viewer_as
from cli.demo_community import Demo
from kernel.clock import HOUR, MINUTE
from kernel.days import plus_days
from people import hardship, households, roster
from people.deciding import approve
from people.lives import ConsentGiven
from people.models import Role
from redemption import new_items, relief, slip_pictures, stock
from redemption.counts import Pile, ask_count
from redemption.models import StockLot
from redemption.new_items import Brought
from redemption.relief import relief_shelf
from redemption.slips import LotSlip
from redemption.states import Source
from web.acts import ACTS

CLERKS_AFTERNOON, A_YEAR = (16, 40), 300
RECEIPT, PAID = "20261121-003", ("5 kg x 20", "25.90 x 20", "518.00")


def plan_stock(demo: Demo) -> None:
    """Plan a purchase with its receipt, and relief goods that go home for nothing."""
    demo.timeline.at(demo.moment(-6, (9, 30)), partial(_buy, demo))
    demo.timeline.at(demo.moment(-4, (9, 0)), partial(_count, demo))
    demo.timeline.at(demo.moment(-5, CLERKS_AFTERNOON), partial(_mark, demo))
    demo.timeline.at(demo.moment(-5, CLERKS_AFTERNOON) + MINUTE, partial(_give, demo))
    demo.timeline.at(demo.now - HOUR, partial(_bring, demo))


async def _count(demo: Demo) -> None:
    """A bar of soap is missing; the organiser signs."""
    clerk = await viewer_as(demo, demo.one(Role.CLERK))
    organiser = await viewer_as(demo, demo.one(Role.ORGANISER))
    shelves = await stock.shelves(demo.book, demo.shop)
    there = next(each for each in shelves if each.for_points > 1)
    counted = {Pile(there.item.id, relief=False): there.for_points + there.past_date - 1}
    asked = await ask_count(ACTS, clerk, demo.shop, counted, demo_data.COUNT)
    await approve(ACTS, organiser, asked.id, asked.digest)


async def _buy(demo: Demo) -> None:
    bought, organiser = demo.goods[0], demo.one(Role.ORGANISER)
    lot = await stock.receive(
        *(demo.book, bought.id, Source.PURCHASED, 20),
        by=demo.one(Role.CLERK),
        key=demo.key(),
        slip=LotSlip(2590, RECEIPT, organiser),
    )
    await slip_pictures.keep_picture(demo.book, lot.id, _slip(RECEIPT, *PAID), organiser)


def _slip(*lines: str) -> bytes:
    """Draw a receipt or donation slip."""
    paper = Image.new("RGB", (600, 800), "#fdfcf5")
    pen = ImageDraw.Draw(paper)
    for place, words in enumerate(lines):
        pen.text((60, 80 + 110 * place), words, fill="#222", font=ImageFont.load_default(48))
    pen.line((60, 560, 540, 560), fill="#222", width=4)
    written = io.BytesIO()
    paper.save(written, "PNG")
    return written.getvalue()


async def _bring(demo: Demo) -> None:
    """Somebody has just brought caps that no catalogue knows; nobody has confirmed them yet."""
    caps = Brought(
        "毛线帽", 20, 6, Source.DONATED_FREE_USE, donor="李奶奶", barcode="4006381333931"
    )
    paper = await new_items.add(demo.book, demo.shop, caps, demo.one(Role.CLERK), demo.key())
    lot = await StockLot.get(book_id=demo.book, item_id=paper.item_id)
    organiser = demo.one(Role.ORGANISER)
    await slip_pictures.keep_picture(demo.book, lot.id, _slip("No. 7", "6 x"), organiser)


async def _mark(demo: Demo) -> None:
    """The last who moved in agreed that relief may be given to the household."""
    person_id = demo.residents[-1].person_id
    flat = (await roster.member(demo.book, person_id)).flat
    organiser = demo.one(Role.ORGANISER)
    if await households.of_person(demo.book, person_id) is None:
        await households.make(demo.book, flat, person_id, organiser)
    until = plus_days(demo.today, A_YEAR)
    await hardship.mark(demo.book, person_id, ConsentGiven.PAPER, until, organiser)


async def _give(demo: Demo) -> None:
    shelf = await relief_shelf(demo.book, demo.shop)
    cart = [(item.id, 1) for item, _ in shelf[:1]]
    taker, clerk = demo.residents[-1].person_id, demo.one(Role.CLERK)
    await relief.hand_out(demo.book, demo.shop, taker, cart, clerk, demo.key())
