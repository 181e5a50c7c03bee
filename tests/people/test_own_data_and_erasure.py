"""Everything that is held about a person is given to them, or removed for good, while the books still prove."""

import json
import re
from pathlib import Path

import pytest
from tortoise.exceptions import IntegrityError

from audit.report import report
from kernel import clock
from kernel.database import execute, fetch
from ledger.sealing import seal_gently
from ledger.verifying import prove
from people import (
    browsers,
    card_issuing,
    guardians,
    households,
    lookup,
    own_passwords,
    refreshing,
    registration,
    roster,
    sessions,
    signin,
)
from people.disclosing import disclosures, note_disclosure
from people.erasure import check_erasable, erase
from people.lives import LifeEvent, LifeKind
from people.models import Membership, Person, Role
from people.own_data import own_data
from people.own_data_file import own_data_text
from people.personal_tables import TABLES
from people.photographing import keep_photo
from people.privacy import Disclosure, Erasure, Purpose, Told, Way
from people.privacy_errors import (
    ErasureNeedsTwo,
    HoursStillWait,
    PersonIsErased,
    RequestsStillWait,
    StillElsewhere,
    StillHasPoints,
    StillWorksHere,
    VouchersStillOpen,
)
from redemption import counter, property_desk, reopening, vouchers
from redemption.models import Voucher
from tests.api.town import fresh_key, make_town
from tests.people.test_photos import a_photo

NAME, PHONE, FLAT = "王秀兰", "13812345678", "12-7-1904"


@pytest.fixture
async def town(database):
    """A town at work, whose volunteer has a phone, a photo, a browser and a code waiting."""
    made = await make_town()
    member, organiser = made.member, made.people["organiser"]
    await registration.rename(made.book, member, name=NAME, phone=PHONE, flat=FLAT)
    await Voucher.filter(book_id=made.book, person_id=member).update(flat=FLAT)
    await keep_photo(made.book, member, a_photo(), Way.SPOKEN, organiser)
    await sessions.begin(made.book, member, staff=False)
    await signin.invite(made.book, member, organiser)
    await note_disclosure(made.book, Told.PHONE, Purpose.SHIFT, by=organiser, about=member)
    return made


def file_of(url: str) -> bytes:
    """The whole SQLite file as it lies on the disk."""
    return Path(url.removeprefix("sqlite://")).read_bytes()


async def tables_that_name_a_person(dialect: str) -> set[str]:
    """Every table of the live schema with a column for a person, whatever the column is called."""
    if dialect == "sqlite":
        rows = await fetch(
            "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c "
            "WHERE m.type = 'table' AND c.name = 'person_id' UNION "
            "SELECT m.name FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f "
            "WHERE m.type = 'table' AND f.\"table\" = 'person'"
        )
    else:
        rows = await fetch(
            "SELECT table_name::text AS name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND column_name = 'person_id' UNION "
            "SELECT conrelid::regclass::text FROM pg_constraint "
            "WHERE contype = 'f' AND confrelid = 'person'::regclass"
        )
    return {row["name"] for row in rows}


async def test_every_table_that_names_a_person_is_on_the_map(database):
    known = {table.name for table in TABLES}
    found = await tables_that_name_a_person(database.dialect)

    assert found - known == set(), "please enter these in people/personal_tables.py"
    assert known - found == {"disclosure", "household", "refresh_token"}
    assert [each.name for each in TABLES if bool(each.rows) == bool(each.not_given)] == []
    assert [each.name for each in TABLES if not (each.deleted or each.blanked or each.stays)] == []


async def test_a_person_is_given_everything_that_is_held(town):
    organiser = town.people["organiser"]
    data = await own_data(town.book, town.member, by=organiser)
    given = json.loads(own_data_text(data))

    assert given["person"]["name"] == NAME
    assert given["person"]["phone"] == PHONE
    assert given["membership"][0]["flat"] == FLAT
    assert [row["role"] for row in given["role_grant"]] == ["volunteer"]
    assert [row["activity"] for row in given["attendance"]] == ["植树"]
    assert [(row["item"], row["quantity"]) for row in given["redemption"]] == [("大米 5kg", 2)]
    assert [row["remaining_fen"] for row in given["voucher"]] == [4000]
    assert [row["amount_fen"] for row in given["voucher_use"]] == [1000]
    assert [row["way"] for row in given["consent"]] == ["spoken"]
    assert [row["staff"] for row in given["session"]] == [False]
    assert len(given["invite"]) == 1
    assert {row["what"] for row in given["disclosure"]} == {"phone", "own_data"}
    purse, minutes = (each for each in given["accounts"] if each["lines"])
    assert [line["amount"] for line in purse["lines"]] == [500, -60, -100]
    assert purse["lines"][-1]["balance_after"] == 340
    assert [line["amount"] for line in minutes["lines"]] == [300]
    assert given["photo_jpeg_base64"].startswith("/9j/")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00", given["taken_at"])
    # Whoever else is there stays out of it.
    people = await Person.exclude(id=town.member)
    assert [each.name for each in people if len(each.name) > 2 and each.name in str(given)] == []
    last = (await disclosures(town.book))[0]
    assert (last.what, last.by_id, last.about_id) == (Told.OWN_DATA, organiser, town.member)


async def spend_everything(town) -> None:
    """Exchange the last points and use every voucher up."""
    book, world, member = town.book, town.world, town.member
    for _ in range(3):
        await vouchers.issue(book, member, world.offer.id, world.company, member, fresh_key())
    soap = [(world.soap.id, 5)]
    await counter.redeem(book, world.shop.id, member, soap, world.clerk, fresh_key())
    with pytest.raises(VouchersStillOpen) as still:
        await check_erasable(book, member)
    assert still.value.members == {"count": 4}
    for voucher in await Voucher.filter(book_id=book, person_id=member):
        clerk = world.desk_clerk
        await property_desk.use(book, voucher.id, None, clerk, world.company, fresh_key())


async def test_erasing_a_person_leaves_books_that_prove(database, town):
    book, member = town.book, town.member
    admin, organiser = town.people["admin"], town.people["organiser"]
    with pytest.raises(StillHasPoints) as points:
        await erase(book, member, by=admin, approved_by=organiser)
    assert points.value.members == {"points": 340}
    await spend_everything(town)
    await seal_gently(book)
    before = await town.books()
    assert (await report(book)).is_sound
    assert (await prove(book)).findings == []

    await erase(book, member, by=admin, approved_by=organiser)

    assert await town.books() == before
    assert (await report(book)).is_sound
    assert (await prove(book)).findings == []
    found = await roster.member(book, member)
    assert (found.person.name, found.person.phone, found.flat) == ("已注销001", "", "")
    assert found.person.masked_name == "已注销001"
    assert await sessions.sessions_of(book, member) == []
    assert await roster.roles_of(book, member) == frozenset()
    assert await lookup.by_phone_end(book, PHONE[-4:]) == []
    for table in ("session", "invite", "photo", "credential", "used_member_code"):
        rows = await fetch(f"SELECT 1 FROM {table} WHERE person_id = $1", member)
        assert rows == [], table
    for act in (
        lambda: registration.rename(book, member, name="王"),
        lambda: registration.grant_role(book, member, Role.VOLUNTEER, None),
        lambda: keep_photo(book, member, a_photo(), Way.SPOKEN, organiser),
        lambda: erase(book, member, by=admin, approved_by=organiser),
    ):
        with pytest.raises(PersonIsErased):
            await act()
    if database.dialect == "sqlite":
        await execute("PRAGMA wal_checkpoint(TRUNCATE)")
        raw = file_of(database.url)
        assert "李强".encode() in raw
        assert [word for word in (NAME, PHONE, FLAT) if word.encode() in raw] == []


async def test_cards_family_and_ways_to_sign_in_go_too_and_a_joined_record_with_them(town):  # noqa: PLR0915
    book, admin, organiser = town.book, town.people["admin"], town.people["organiser"]
    old = (await registration.register(book, "赵丽华", PHONE, FLAT)).person_id
    mei = (await registration.register(book, "赵丽花", PHONE, FLAT)).person_id
    event = {
        "book_id": book,
        "made_by": admin,
        "recorded_at": clock.now(),
        "approved_by": organiser,
    }
    await LifeEvent.create(kind=LifeKind.MERGED, person_id=old, other_id=mei, **event)
    await LifeEvent.create(kind=LifeKind.MOVED_WITHIN, person_id=mei, flat_before=FLAT, **event)
    home = await households.make(book, "赵家", mei, organiser)
    await card_issuing.issue_cards(book, [mei], organiser)
    await guardians.set_birth_year(book, mei, 1950, "身份证", organiser)
    signed = await sessions.begin(book, mei, staff=False)
    await refreshing.begin_family(signed)
    await own_passwords.set_own_password(
        book, mei, "seven cranes fly", session_id=signed.session_id
    )
    await browsers.remember(mei, "a-mark")
    given = json.loads(own_data_text(await own_data(book, mei, by=organiser)))
    assert [row["label"] for row in given["household_member"]] == ["赵家"]
    assert [row["flat_before"] for row in given["life_event"]] == [FLAT]
    assert [row["year"] for row in given["birth_year"]] == [1950]
    kinds = ("card", "own_password", "known_browser")
    assert {kind: len(given[kind]) for kind in kinds} == dict.fromkeys(kinds, 1)

    await erase(book, mei, by=admin, approved_by=organiser)

    names = await Person.filter(id__in=[old, mei])
    assert {each.name[:3] for each in names} == {"已注销"}
    assert [each.phone for each in names] == ["", ""]
    gone = [table for table in TABLES if table.deleted and not table.stays]
    for table in gone:
        mine = await fetch(f"SELECT 1 FROM {table.name} WHERE {table.deleted}", book, mei)
        assert mine == [], table.name
    await home.refresh_from_db()
    assert home.label == ""
    assert {each.flat_before for each in await LifeEvent.filter(person_id=mei)} == {""}
    joined = await LifeEvent.get(book_id=book, person_id=old)
    with pytest.raises(PersonIsErased):
        await reopening.take_back(book, joined.id, admin, organiser)


async def test_two_others_erase_nobody_who_works_here_or_whose_hours_or_requests_wait(town):
    book, people = town.book, town.people
    admin, organiser = people["admin"], people["organiser"]
    for by, approved_by in [(admin, admin), (people["other"], admin), (admin, people["other"])]:
        with pytest.raises(ErasureNeedsTwo):
            await erase(book, people["other"], by=by, approved_by=approved_by)
    with pytest.raises(StillWorksHere):
        await erase(book, people["clerk"], by=admin, approved_by=organiser)
    with pytest.raises(HoursStillWait):
        await erase(book, people["leaver"], by=admin, approved_by=organiser)
    with pytest.raises(RequestsStillWait) as waits:
        await erase(book, people["other"], by=admin, approved_by=organiser)
    assert waits.value.members == {"count": 1}
    elsewhere = await registration.open_community("绿翠社区")
    await Membership.create(
        book_id=elsewhere.id, person_id=people["other"], number=1, joined_at=clock.now()
    )
    with pytest.raises(StillElsewhere):
        await erase(book, people["other"], by=admin, approved_by=organiser)
    assert (await Person.get(id=people["other"])).name == "李强"


async def test_the_record_is_neither_changed_nor_made_up(town):
    row = (await disclosures(town.book))[-1]
    for change in (
        lambda: Disclosure.filter(id=row.id).update(purpose=Purpose.OFFICE),
        lambda: Disclosure.filter(id=row.id).delete(),
    ):
        with pytest.raises(IntegrityError, match="append-only"):
            await change()
    erasure = {"book_id": town.book, "person_id": town.member, "erased_at": 1}
    for erased_by, approved_by in [(1, 1), (town.member, 1), (1, town.member)]:
        with pytest.raises(IntegrityError, match="erasure_by"):
            await Erasure.create(**erasure, erased_by=erased_by, approved_by=approved_by)
