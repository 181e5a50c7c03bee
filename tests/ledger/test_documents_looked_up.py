"""What a post looks up costs as much in a large community as in a small one."""

import asyncpg
import pytest

from ledger.documents import statement
from tests.ledger import world

pytestmark = pytest.mark.anyio

SHOPS = """
INSERT INTO shop (id, book_id, name, receipts_issued) SELECT n, $1, 'shop ' || n, 0 FROM generate_series(1, 8000) n
"""


@pytest.mark.parametrize("scratch", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    "shape",
    [
        ("as read", "shop", ()),
        ("keep", "shop", ()),
        ("update", "shop", ("book_id", "id", "receipts_issued")),
    ],
    ids=lambda shape: shape[0],
)
async def test_few_documents_are_found_by_their_ids_in_a_large_table(database, shape):
    book_id = await world.a_book()
    raw = await asyncpg.connect(database.url)
    try:
        await raw.execute(SHOPS.replace("$1", str(book_id)))
        await raw.execute("ANALYZE shop; SET plan_cache_mode = force_generic_plan")
        await raw.execute(f"PREPARE looking (text) AS {statement(shape, 'postgresql')}")
        rows = f'[{{"book_id": {book_id}, "id": 7, "name": "shop 7", "receipts_issued": 0}}]'
        lines = await raw.fetch(f"EXPLAIN EXECUTE looking ('{rows}')")
        found = await raw.fetch(f"EXECUTE looking ('{rows}')")
    finally:
        await raw.close()

    plan = "\n".join(line["QUERY PLAN"] for line in lines)
    assert "Seq Scan" not in plan, plan
    assert "Index Scan" in plan
    assert len(found) == 1
