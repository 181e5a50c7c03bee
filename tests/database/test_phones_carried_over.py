"""An installation that kept phone numbers plainly is brought up to date: readable with the key, and nowhere else."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.databases import DIALECTS, scratch_database
from tests.harness.run import ROOT

PHONES = {1: "13812345678", 2: "051688123456", 3: "", 4: "13812345678"}
# In a process of its own, because migrations leave Tortoise's state behind.
CARRIED = """
import asyncio, json, os, sys
from tortoise import Tortoise
from tortoise.migrations.api.migrate import migrate as run
from kernel.database import connected, execute, fetch, migrate, tortoise_config
from kernel.keys import KeyIsMissing
from kernel.settings import settings
from people.models import Person

url, phones = sys.argv[1], sys.argv[2:]

async def kept_plainly():
    await run(config=tortoise_config(url), target="caihong.0012_second_factor")
    await Tortoise.close_connections()
    async with connected(url):
        for number, phone in enumerate(phones, 1):
            await execute(
                "INSERT INTO person (id, name, phone, language, registered_at) VALUES ($1, $2, $3, '', 1)",
                number, "王", phone,
            )

async def refused_without_the_key():
    try:
        await migrate(url)
    except KeyIsMissing:
        async with connected(url):
            return len(await fetch("SELECT 1 FROM person WHERE phone <> ''"))

async def carried_over():
    await migrate(url)
    async with connected(url):
        return {person.id: person.phone for person in await Person.all()}

asyncio.run(kept_plainly())
left_alone = asyncio.run(refused_without_the_key())
os.environ["CAIHONG_SECRET_KEY"] = "5a" * 32
settings.cache_clear()
print(json.dumps([left_alone, asyncio.run(carried_over())]))
"""


@pytest.mark.parametrize("dialect", DIALECTS)
def test_phones_are_carried_over_and_no_plain_number_is_left(dialect, tmp_path):
    with scratch_database(dialect, migrated=False) as scratch:
        done = subprocess.run(
            [sys.executable, "-c", CARRIED, scratch.url, *PHONES.values()],
            cwd=ROOT,
            env=os.environ
            | {"CAIHONG_DATABASE_URL": scratch.url, "CAIHONG_DATA_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        left_alone, carried = json.loads(done.stdout)
        assert left_alone == 3
        assert {int(key): phone for key, phone in carried.items()} == PHONES
        assert list(tmp_path.iterdir()) == [], "no key was made on the way"
        if dialect == "sqlite":
            file = Path(scratch.url.removeprefix("sqlite://"))
            raw = b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))
            assert b"phone_sealed" in raw
            assert [phone for phone in PHONES.values() if phone and phone.encode() in raw] == []
