"""The rules of the papers stand in the database too: raw SQL that breaks one is refused on both."""

import asyncpg
import pytest
from tortoise.exceptions import IntegrityError

from kernel.database import execute, fetch
from redemption.counter import redeem
from redemption.property_desk import use
from redemption.vouchers import issue
from tests.redemption.world import key, make_world

BROKEN = [
    "UPDATE redemption SET points_refunded = points_total + 1",
    "UPDATE redemption SET points_refunded = -1",
    "UPDATE redemption SET clerk_id = person_id",
    "UPDATE redemption_line SET quantity_refunded = quantity + 1",
    "UPDATE redemption_line SET quantity_refunded = -1",
    "UPDATE redemption_line SET quantity = 0",
    "UPDATE redemption_line SET price_points = -1",
    "UPDATE item SET price_points = -1",
    "UPDATE item SET price_fen = -1",
    "UPDATE stock_lot SET quantity_received = 0",
    "UPDATE voucher_offer SET face_fen = 0",
    "UPDATE voucher SET remaining_fen = face_fen + 1",
    "UPDATE voucher SET remaining_fen = -1",
    "UPDATE voucher SET points_returned = points_paid + 1",
    "UPDATE voucher SET state = 'void'",
    "UPDATE voucher_use SET amount_fen = 0",
    "DELETE FROM redemption",
    "DELETE FROM item",
    "DELETE FROM voucher",
    "DELETE FROM shop",
]


async def test_raw_sql_breaks_no_rule_of_the_papers(database):
    world = await make_world(points=200)
    rice = [(world.rice.id, 1)]
    await redeem(world.book, world.shop.id, world.member, rice, world.clerk, key())
    voucher = await issue(
        world.book, world.member, world.offer.id, world.company, world.member, key()
    )
    await use(world.book, voucher.id, 100, world.desk_clerk, world.company, key())
    for statement in BROKEN:
        table = statement.removeprefix("DELETE FROM ").removeprefix("UPDATE ").split()[0]
        before = await fetch(f"SELECT * FROM {table} ORDER BY id")
        assert before, table
        with pytest.raises((IntegrityError, asyncpg.IntegrityConstraintViolationError)):
            await execute(statement)
        assert await fetch(f"SELECT * FROM {table} ORDER BY id") == before


async def test_a_barcode_a_receipt_and_a_serial_exist_once_in_a_book(database):
    world = await make_world(points=200)
    for _ in range(2):
        soap = [(world.soap.id, 1)]
        await redeem(world.book, world.shop.id, world.member, soap, world.clerk, key())
    for statement in (
        "UPDATE item SET barcode = '6901234567892'",
        "UPDATE redemption SET number = 7",
    ):
        with pytest.raises((IntegrityError, asyncpg.IntegrityConstraintViolationError)):
            await execute(statement)
