"""One's own data, photos, whole phones, erasure and the record, over http as browsers without scripts see them."""

import json

import httpx
import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from checkin.models import Attendance, AttendanceState
from kernel import clock
from kernel.database import fetch
from people import passwords
from people.credentials import set_password
from people.disclosing import disclosures
from people.erased import is_erased
from people.models import Person, Role
from people.pictures import BYTES
from people.privacy import Told, Way
from people.registration import grant_role, register
from redemption import stock
from tests.people.test_photos import a_photo
from tests.web.office import Browser, Office, an_office, browser_of

PASSWORD = "seven cranes fly"


@pytest.fixture
async def office(database) -> Office:
    """The community office, with a shop."""
    made = await an_office()
    await stock.open_shop(made.book_id, "慈善超市")
    return made


async def with_role(office: Office, name: str, role: Role) -> Browser:
    """A browser of somebody with one role."""
    person = (await register(office.book_id, name)).person_id
    await grant_role(office.book_id, person, role, None)
    return await browser_of(office, person)


async def upload(browser: Browser, photo: bytes, **fields: str) -> httpx.Response:
    """Send the form of a photo from the page seen last."""
    fields |= {"csrf": browser.hidden("csrf")}
    return await browser.http.post(
        "/photos", data=fields, files={"photo": ("me.jpg", photo, "image/jpeg")}
    )


async def told(office: Office) -> list[tuple[str, int | None, int | None, str]]:
    """What was written down, latest first."""
    rows = await disclosures(office.book_id)
    return [(row.what, row.by_id, row.about_id, row.purpose) for row in rows]


async def test_a_whole_phone_is_shown_for_a_purpose_and_written_down(office):
    zhao = await browser_of(office, office.zhao)
    at = f"/members/{office.wang}"
    assert "13800003316" not in (await zhao.get(at)).text
    for purpose in ("", "curiosity"):
        refused = await zhao.post(f"{at}/phone", purpose=purpose)
        assert refused.status_code == 422
        assert "13800003316" not in refused.text
        assert "Please choose what the phone number is needed for." in refused.text
    assert await told(office) == []

    assert "13800003316" in (await zhao.post(f"{at}/phone", purpose="shift")).text

    assert await told(office) == [(Told.PHONE, office.zhao, office.wang, "shift")]
    assert "13800003316" not in (await zhao.get(at)).text
    auditor = await with_role(office, "何监督", Role.AUDITOR)
    record = (await auditor.get("/disclosures")).text
    assert "Whole phone number shown" in record
    assert "by 赵* · 102" in record
    assert "about 王*兰 · 103" in record
    assert (await auditor.post(f"{at}/phone", purpose="shift")).status_code == 403
    assert (await zhao.get("/disclosures")).status_code == 403


async def test_a_photo_without_consent_or_of_somebody_else_is_refused(office):
    wang = await browser_of(office, office.wang, staff=False)
    await wang.get("/my-data")
    no_consent = await upload(wang, a_photo(), person=str(office.wang))
    assert no_consent.status_code == 409
    assert "kept only with the person" in no_consent.text
    garbled = await upload(wang, b"no picture", person=str(office.wang), way="own")
    assert garbled.status_code == 422
    assert "JPEG, PNG or WebP" in garbled.text
    assert (await upload(wang, b"1" * (BYTES + 70_000), person=str(office.wang))).status_code == 413
    assert (await upload(wang, a_photo(), person=str(office.li), way="spoken")).status_code == 403

    assert await fetch("SELECT 1 FROM photo") == []


async def test_a_members_own_photo_is_seen_where_they_are_served_and_nowhere_else(office):
    wang = await browser_of(office, office.wang, staff=False)
    clerk = await with_role(office, "张店员", Role.CLERK)
    zhao = await browser_of(office, office.zhao)
    at_the_shift = f"/shifts/{office.shift.id}/photos/{office.wang}"
    await wang.get("/my-data")

    page = await wang.follow(await upload(wang, a_photo(), person=str(office.wang), way="own"))

    assert "/photos/own" in page
    assert "in force" in page
    own = await wang.get("/photos/own")
    assert own.headers["content-type"] == "image/jpeg"
    assert own.headers["cache-control"] == "no-store"
    assert own.content.startswith(b"\xff\xd8\xff")
    # Nobody is served, nobody is here.
    assert (await clerk.get("/counter/photo")).status_code == 404
    assert (await zhao.get(at_the_shift)).status_code == 404
    await clerk.get("/counter")
    counter = await clerk.follow(await clerk.post("/counter/scans", code="103"))
    assert 'src="/counter/photo' in counter
    assert (await clerk.get("/counter/photo")).content == own.content
    await Attendance.create(
        book_id=office.book_id,
        shift_id=office.shift.id,
        person_id=office.wang,
        state=AttendanceState.PRESENT,
        checked_in_at=clock.now(),
    )
    assert at_the_shift in (await zhao.get(f"/shifts/{office.shift.id}")).text
    assert (await zhao.get(at_the_shift)).content == own.content
    for reader in (clerk, wang):
        assert (await reader.get(at_the_shift)).status_code == 403
    assert "/photos" not in (await zhao.get("/members")).text

    await wang.get("/my-data")
    assert "withdrawn" in await wang.follow(await wang.post("/my-data/photo/removal"))
    for browser, gone in [(wang, "/photos/own"), (clerk, "/counter/photo"), (zhao, at_the_shift)]:
        assert (await browser.get(gone)).status_code == 404


async def test_the_office_takes_a_photo_with_the_consent_it_was_given(office):
    zhao = await browser_of(office, office.zhao)
    at = f"/members/{office.li}"
    await zhao.get(at)
    assert (await upload(zhao, a_photo(), person=str(office.li))).status_code == 409
    assert (await upload(zhao, a_photo(), person=str(office.li), way="own")).status_code == 409
    done = await upload(zhao, a_photo(), person=str(office.li), way="signed")
    assert "A photo is kept." in await zhao.follow(done)
    (consent,) = await fetch("SELECT way, recorded_by FROM consent")
    assert (consent["way"], consent["recorded_by"]) == (Way.SIGNED, office.zhao)
    assert "No photo is kept." in await zhao.follow(await zhao.post(f"{at}/photo/removal"))
    assert await fetch("SELECT 1 FROM photo") == []


async def test_ones_own_data_are_read_taken_along_and_printed_for_others(office):
    wang = await browser_of(office, office.wang, staff=False)
    zhao = await browser_of(office, office.zhao)
    await wang.get("/my-data")
    assert "13800003316" in (await wang.post("/my-data/whole")).text
    file = await wang.post("/my-data/file")
    assert file.headers["content-disposition"] == 'attachment; filename="caihong-103.json"'
    assert json.loads(file.content)["person"]["name"] == "王秀兰"
    await zhao.get(f"/members/{office.wang}")
    assert "王秀兰" in (await zhao.post(f"/members/{office.wang}/data")).text
    assert json.loads((await zhao.post(f"/members/{office.wang}/file")).content)["membership"]
    by = [(what, by) for what, by, _, _ in await told(office)]
    assert by == [(Told.OWN_DATA, office.zhao)] * 2 + [(Told.OWN_DATA, office.wang)] * 2
    await wang.get("/my-data")
    assert (await wang.post(f"/members/{office.li}/file")).status_code == 403


async def test_a_book_taken_out_is_written_down(office):
    chen = await browser_of(office, office.chen)
    assert (await chen.get("/books/export/trial-balance?sheet=csv")).status_code == 200
    (row,) = await disclosures(office.book_id)
    assert (row.what, row.by_id, row.people, row.purpose) == (
        Told.BOOK,
        office.chen,
        4,
        "accounting",
    )


async def test_two_people_remove_a_members_data(office, monkeypatch):
    cheap = Argon2Hasher(time_cost=1, memory_cost=32, parallelism=1)
    monkeypatch.setattr(passwords, "_hash", PasswordHash((cheap,)))
    await set_password(office.chen, "chen", PASSWORD)
    await set_password(office.zhao, "zhao", PASSWORD)
    chen = await browser_of(office, office.chen)
    zhao = await browser_of(office, office.zhao)
    at = f"/members/{office.wang}/erasure"
    assert (await zhao.get(at)).status_code == 403
    page = (await chen.get(at)).text
    assert "已注销103" in page
    assert "No machine can find that" in page
    wrong = await chen.post(at, sign_in_name="zhao", password="wrong")
    assert wrong.status_code == 422
    assert 'value="zhao"' in wrong.text
    alone = await chen.post(at, sign_in_name="chen", password=PASSWORD)
    assert alone.status_code == 409
    assert not await is_erased(office.book_id, office.wang)

    done = await chen.post(at, sign_in_name="zhao", password=PASSWORD)

    assert "The data are removed." in await chen.follow(done)
    person = await Person.get(id=office.wang)
    assert (person.name, person.phone) == ("已注销103", "")
    after = (await chen.get(f"/members/{office.wang}")).text
    assert "The data of this person were removed." in after
    assert "/erasure" not in after
    assert 'name="password"' not in (await chen.get(at)).text


async def test_who_works_here_is_not_removed(office):
    chen = await browser_of(office, office.chen)
    page = await chen.get(f"/members/{office.zhao}/erasure")
    assert "Please take the staff roles away first." in page.text
    assert 'name="password"' not in page.text
