"""Phone numbers: encrypted for their owner, found by whole number or end, and never plain in the database."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.ciphers import VERSION, Undecipherable, decrypted, encrypted
from kernel.database import execute, fetch
from people.lookup import by_phone_end
from people.models import Person
from people.phones import kept_phone, read_phone, tail_index, whole_index
from people.registration import register, rename

PHONE = "13812349876"


@settings(max_examples=25)
@given(st.from_regex(r"[0-9]{5,15}", fullmatch=True), st.integers(1, 2**63 - 1))
def test_a_phone_is_read_back_by_its_owners_id_alone(phone, person_id):
    kept = kept_phone(person_id, phone)

    assert read_phone(person_id, kept.sealed) == phone
    assert phone not in kept.sealed
    with pytest.raises(Undecipherable):
        read_phone(person_id - 1, kept.sealed)


def test_the_same_number_never_looks_the_same_and_never_tells_its_length():
    kept = [kept_phone(7, phone) for phone in (PHONE, PHONE, "51234")]

    assert len({each.sealed for each in kept}) == 3
    assert len({len(each.sealed) for each in kept}) == 1
    assert kept[0].index == kept[1].index == whole_index(PHONE)
    assert kept[0].tail_index == tail_index("9876")
    assert len({kept[0].index, kept[2].index, kept[0].tail_index}) == 3


def test_what_is_kept_says_its_version_and_notices_any_change():
    kept = encrypted("phone", 7, b"1")

    assert kept[0] == VERSION
    assert decrypted("phone", 7, kept) == b"1"
    for place in range(len(kept)):
        changed = bytearray(kept)
        changed[place] ^= 1
        with pytest.raises(Undecipherable):
            decrypted("phone", 7, bytes(changed))
    for broken in (b"", kept[:20], encrypted("photo", 7, b"1")):
        with pytest.raises(Undecipherable):
            decrypted("phone", 7, broken)


async def test_a_longer_end_than_four_digits_still_finds_the_number_and_no_other(town):
    await register(town.book, "李国", PHONE)
    await register(town.book, "赵强", "13900009876")

    found = {}
    for end in ("9876", "49876", "09876", "2349876", PHONE, "99876", "876"):
        found[end] = [each.person.name for each in await by_phone_end(town.book, end)]

    assert found == {
        "9876": ["李国", "赵强"],
        "49876": ["李国"],
        "09876": ["赵强"],
        "2349876": ["李国"],
        PHONE: ["李国"],
        "99876": [],
        "876": [],
    }


async def test_no_plain_number_is_in_the_database(database, town):
    member = await register(town.book, "李国", PHONE)
    await rename(town.book, member.person_id, name="李国", phone="13700007531")

    rows = await fetch("SELECT * FROM person")
    assert not any(phone in str(rows) for phone in (PHONE, "13700007531", "7531"))
    if database.dialect == "sqlite":
        await execute("PRAGMA wal_checkpoint(FULL)")
        file = Path(database.url.removeprefix("sqlite://"))
        raw = b"".join(each.read_bytes() for each in file.parent.glob(f"{file.name}*"))
        assert "李国".encode() in raw
        assert PHONE.encode() not in raw
        assert b"13700007531" not in raw


async def test_a_number_of_another_key_does_not_stop_the_counter(town, caplog):
    await Person.filter(id=town.wang.person_id).update(phone_sealed=kept_phone(1, PHONE).sealed)

    person = await Person.get(id=town.wang.person_id)

    assert (person.phone, person.masked_phone) == ("", "")
    assert "encrypted with another key" in caplog.text
    assert PHONE not in caplog.text
