"""The community's people over http: finding, taking in, one-time links, roles, sign-in, lost phones."""

import re

from kernel.settings import settings
from people import roster, sessions
from people.models import Invite, Membership, Person, Role
from people.registration import grant_role, open_company, revoke_role
from people.signin import sign_in
from tests.web.office import HERE, an_office, browser_of


async def test_somebody_is_taken_in_and_found_again(database):
    office = await an_office()
    zhao = await browser_of(office, office.zhao)
    await zhao.get("/members/new")
    answer = await zhao.post(
        "/members", name="欧阳修远", phone="１３８ ００００ ５５１２", flat="1-1-101"
    )
    page = await zhao.follow(answer)
    assert "欧阳修远" in page
    assert "138****5512" in page
    assert "13800005512" not in page
    for words in ("5512", "欧阳", "１０５", "105"):
        assert "欧阳修远" in (await zhao.get("/members", params={"q": words})).text, words
    nobody = await zhao.get("/members", params={"q": "没有这个人"})
    assert nobody.status_code == 200
    assert "We found nobody" in nobody.text


async def test_a_refused_registration_keeps_what_was_typed(database):
    office = await an_office()
    zhao = await browser_of(office, office.zhao)
    typed = {"name": "孙丽", "phone": "13900001111", "flat": "2-2-202", "number": "120"}
    for field, wrong in [
        ("name", " "),
        ("name", "长" * 41),
        ("phone", "12"),
        ("flat", "3" * 41),
        ("number", "103"),
        ("number", "9" * 40),
        ("number", "一百"),
    ]:
        answer = await zhao.post("/members", **(typed | {field: wrong}))
        assert answer.status_code in (409, 422), (field, wrong)
        assert 'class="error"' in answer.text, (field, wrong)
        kept = "139" if field == "flat" else "2-2-202"
        assert f'value="{kept}' in answer.text
    assert await Person.filter(name="孙丽").count() == 0


async def test_the_list_goes_on_by_number(database, monkeypatch):
    office = await an_office()
    monkeypatch.setattr("web.members.PAGE", 2)
    zhao = await browser_of(office, office.zhao)
    first = await zhao.get("/members")
    assert "/members?after=102" in first.text
    assert "王秀兰" not in first.text
    assert "王秀兰" in (await zhao.get("/members?after=102")).text
    assert (await zhao.get("/members?after=x")).status_code == 200


async def test_name_phone_and_flat_are_corrected(database):
    office = await an_office()
    zhao = await browser_of(office, office.zhao)
    at = f"/members/{office.wang}"
    await zhao.get(at)
    assert "Saved." in await zhao.follow(await zhao.post(at, name="王秀蘭", flat="1-1-1"))
    person = await Person.get(id=office.wang)
    assert (person.name, person.phone) == ("王秀蘭", "13800003316")
    wrong = await zhao.post(at, name="王秀兰", phone="abc")
    assert wrong.status_code == 422
    assert 'value="abc"' in wrong.text


async def test_a_one_time_link_is_shown_once_and_as_a_code_only_where_phones_can_open_it(
    database, monkeypatch
):
    office = await an_office()
    zhao = await browser_of(office, office.zhao)
    await zhao.get(f"/members/{office.wang}")
    far = await zhao.post(f"/members/{office.wang}/invites")
    assert "Phones cannot open this code yet" in far.text
    assert 'class="qr"' not in far.text
    near = await browser_of(office, office.zhao, address=HERE)
    await near.get(f"/members/{office.wang}")
    page = await near.post(f"/members/{office.wang}/invites")
    link = re.search(r'value="(http://127\.0\.0\.1:8000/Q/[A-Z2-7]{26})"', page.text)
    assert link
    assert "only in a browser on this computer" in page.text
    assert await Invite.filter(person_id=office.wang).count() == 2
    monkeypatch.setenv("CAIHONG_PUBLIC_URL", "https://caihong.example.cn")
    settings.cache_clear()
    page = await zhao.post(f"/members/{office.wang}/invites")
    monkeypatch.undo()
    settings.cache_clear()
    assert 'class="qr"' in page.text
    assert "HTTPS://CAIHONG.EXAMPLE.CN/Q/" in page.text
    assert "cannot open" not in page.text


async def test_signing_out_everywhere_ends_every_browser(database):
    office = await an_office()
    for _ in range(2):
        await sessions.begin(office.book_id, office.wang, staff=False)
    zhao = await browser_of(office, office.zhao)
    page = await zhao.get(f"/members/{office.wang}")
    assert "Signed in on 2 browsers." in page.text
    done = await zhao.post(f"/members/{office.wang}/sign-outs")
    assert "Signed out everywhere (2)" in await zhao.follow(done)
    assert await sessions.sessions_of(office.book_id, office.wang) == []


async def test_roles_are_asked_for_by_one_administrator_and_given_by_another(database):
    office = await an_office()
    company = await open_company(office.book_id, "安和物业")
    await grant_role(office.book_id, office.zhao, Role.ADMIN, None)
    chen, zhao = await browser_of(office, office.chen), await browser_of(office, office.zhao)
    at = f"/members/{office.li}"
    await chen.get(at)
    missing = await chen.post(f"{at}/roles", role="property_desk")
    assert missing.status_code == 422
    assert "Please choose the property company or the merchant whose desk this is." in missing.text
    asked = await chen.post(f"{at}/roles", role="property_desk", company=str(company.id))
    assert "Nothing has changed yet" in await chen.follow(asked)
    assert Role.PROPERTY_DESK not in await roster.roles_of(office.book_id, office.li)
    page = await zhao.get(asked.headers["location"])
    assert "Make 李建国: Property desk" in page.text
    assert "Volunteer → Property desk · 安和物业" in page.text
    await zhao.post(f"{asked.headers['location']}/approval", digest=zhao.hidden("digest"))
    assert Role.PROPERTY_DESK in await roster.roles_of(office.book_id, office.li)
    assert "安和物业" in (await chen.get("/staff")).text
    taken = await chen.post(f"{at}/roles/property_desk/revocation")
    page = await zhao.get(taken.headers["location"])
    await zhao.post(f"{taken.headers['location']}/approval", digest=zhao.hidden("digest"))
    assert "Volunteer only." in (await chen.get(at)).text
    for role in ("", "emperor", "volunteer"):
        assert (await chen.post(f"{at}/roles", role=role)).status_code == 422
    await revoke_role(office.book_id, office.zhao, Role.ADMIN)
    own = await chen.post(f"/members/{office.chen}/roles/admin/revocation")
    assert own.status_code == 409
    assert "make somebody else administrator" in own.text
    assert Role.ADMIN in await roster.roles_of(office.book_id, office.chen)


async def test_the_administrator_sets_how_staff_sign_in(database):
    office = await an_office()
    chen = await browser_of(office, office.chen)
    at = f"/members/{office.zhao}/sign-in"
    await chen.get(f"/members/{office.zhao}")
    weak = await chen.post(at, sign_in_name="zhaomin", password="short")
    assert weak.status_code == 422
    assert 'value="zhaomin"' in weak.text
    assert "short" not in re.findall(r'value="([^"]*)"', weak.text)
    done = await chen.post(at, sign_in_name="ZhaoMin", password="大米和彩虹都要有")
    assert "The sign-in is set." in await chen.follow(done)
    assert (await sign_in("zhaomin", "大米和彩虹都要有")).person_id == office.zhao
    other = await chen.post(at, sign_in_name="zhaomin", password="换成我知道的密码")
    assert (other.status_code, "Only its owner changes it" in other.text) == (409, True)
    assert (await sign_in("zhaomin", "大米和彩虹都要有")).person_id == office.zhao


async def test_only_the_administrator_may_do_that(database):
    office = await an_office()
    zhao = await browser_of(office, office.zhao)
    page = await zhao.get(f"/members/{office.li}")
    assert "Give a role" not in page.text
    assert (await zhao.get("/staff")).status_code == 403
    for path in ("roles", "roles/clerk/revocation", "sign-in"):
        answer = await zhao.post(f"/members/{office.li}/{path}", role="admin")
        assert answer.status_code == 403, path
    assert await roster.roles_of(office.book_id, office.li) == {Role.VOLUNTEER}


async def test_somebody_who_is_not_of_this_community_is_not_found(database):
    office, other = await an_office(), await an_office()
    chen = await browser_of(office, office.chen)
    await chen.get("/members")
    for member in (other.wang, 0, "9" * 40, "abc", "%00"):
        assert (await chen.get(f"/members/{member}")).status_code == 404
        for path in ("", "/invites", "/sign-outs", "/roles", "/roles/clerk/revocation", "/sign-in"):
            fields = {"name": "x", "role": "clerk", "sign_in_name": "x", "password": "long enough"}
            answer = await chen.post(f"/members/{member}{path}", **fields)
            assert answer.status_code == 404, (member, path)
    assert await Membership.filter(book_id=other.book_id).count() == 4
