"""Wang's patrol was forgotten: Zhao asks for 30 points, Chen sees what will happen and approves, Wang reads why."""

import re

import pytest

from kernel import clock
from kernel.clock import DAY, HOUR
from ledger.checks import check
from people import roster
from people.models import Role
from people.registration import revoke_role
from tests.web.office import Browser, Office, an_office, browser_of

pytestmark = pytest.mark.story


async def test_an_organiser_asks_an_administrator_approves_and_the_statement_names_both(database):
    office = await an_office()
    zhao, chen = await browser_of(office, office.zhao), await browser_of(office, office.chen)
    assert "Put points right" not in (await zhao.get(f"/members/{office.zhao}")).text
    at = await _asks(zhao, office)
    mine = (await zhao.get(at)).text
    assert "Somebody else decides this." in mine
    assert "Approve exactly this" not in mine
    assert (await zhao.post(f"{at}/approval", digest=chen.hidden("digest"))).status_code == 403

    waiting = (await chen.get("/approvals")).text
    assert 'aria-label="1 waits">1</b>' in waiting
    assert "30 points more for 王秀兰" in waiting
    page = (await chen.get(at)).text
    assert 'Points in the purse</span><b class="num">0 → 30' in page
    assert "夜间巡逻漏记" in page
    digest = chen.hidden("digest")
    other = await chen.post(f"{at}/approval", digest="0" * 64)
    assert other.status_code == 409
    assert "not what was asked for" in other.text
    done = await chen.post(f"{at}/approval", digest=digest)
    assert "Done as asked." in await chen.follow(done)
    again = await chen.post(f"{at}/approval", digest=digest)
    assert again.status_code == 303, "a double tap does it once"
    assert 'class="count' not in (await chen.get("/approvals")).text

    await _wang_reads(office)
    entry = re.search(r'href="(/books/entries/\d+)"', (await chen.get(at)).text)
    assert "Points put right" in (await chen.get(entry[1])).text  # type: ignore[index]
    assert await check(office.book_id) == []


async def _wang_reads(office: Office) -> None:
    """Both names stand on the statement, and behind the line."""
    phone = await browser_of(office, office.wang, staff=False)
    statement = (await phone.get("/statement")).text
    assert "夜间巡逻漏记" in statement
    assert "asked by 赵*, approved by 陈*" in statement
    assert len(re.findall(r'class="amount num plus">\+30<', statement)) == 1
    why = (await phone.get(re.search(r'href="(/why/\d+)"', statement)[1])).text  # type: ignore[index]
    assert "The approval behind it" in why


async def _asks(zhao: Browser, office: Office) -> str:
    """Ask for 30 points on Wang's page, first with what cannot be right; return where the request is."""
    page = f"/members/{office.wang}"
    await zhao.get(page)
    for wrong in ({"points": "thirty"}, {"points": "0"}, {"reason": " "}, {"reason": "长" * 201}):
        typed = {"way": "more", "points": "30", "reason": "夜间巡逻漏记"} | wrong
        refused = await zhao.post(f"{page}/adjustments", **typed)
        assert refused.status_code == 422, wrong
        assert 'class="error"' in refused.text, wrong
        assert ('value="30"' in refused.text) == ("points" not in wrong)
    fewer = await zhao.post(f"{page}/adjustments", way="fewer", points="5", reason="多记")
    assert fewer.status_code == 409
    asked = await zhao.post(f"{page}/adjustments", way="more", points="３０", reason="夜间巡逻漏记")
    return str(asked.headers["location"])


async def test_where_one_administrator_is_alone_everybody_is_told_and_may_object(database):
    office = await an_office()
    await revoke_role(office.book_id, office.chen, Role.ORGANISER)
    chen, zhao = await browser_of(office, office.chen), await browser_of(office, office.zhao)
    asked = []
    for person in (office.wang, office.li):
        await chen.get(f"/members/{person}")
        done = await chen.post(f"/members/{person}/roles", role="clerk")
        asked.append(done.headers["location"])
        assert "Nobody else here can approve this." in await chen.follow(done)
        early = await chen.post(f"{asked[-1]}/approval", digest="0" * 64)
        assert early.status_code == 409

    told = (await zhao.get("/shifts")).text
    assert "unless somebody objects" in told
    assert asked[1] in told
    page = (await zhao.get(asked[1])).text
    assert "Object" in page
    assert "Approve exactly this" not in page
    empty = await zhao.post(f"{asked[1]}/refusal", reason="")
    assert empty.status_code == 422
    await zhao.follow(await zhao.post(f"{asked[1]}/refusal", reason="不认识"))

    with clock.frozen(clock.now() + DAY + HOUR):
        chen, zhao = await browser_of(office, office.chen), await browser_of(office, office.zhao)
        assert "不认识" in (await chen.get(asked[1])).text
        await chen.get(asked[0])
        done = await chen.post(f"{asked[0]}/approval", digest=chen.hidden("digest"))
        assert "carried out, nobody objected" in await chen.follow(done)
        assert "unless somebody objects" not in (await zhao.get("/shifts")).text
    assert Role.CLERK in await roster.roles_of(office.book_id, office.wang)
    assert Role.CLERK not in await roster.roles_of(office.book_id, office.li)


async def test_a_request_is_taken_back_or_lapses(database):
    office = await an_office()
    zhao = await browser_of(office, office.zhao)
    at = await _asks(zhao, office)
    chen = await browser_of(office, office.chen)
    assert (await chen.post(f"{at}/withdrawal")).status_code == 404
    await zhao.get(at)
    assert "Nothing was done." in await zhao.follow(await zhao.post(f"{at}/withdrawal"))
    assert "taken back" in (await zhao.get(at)).text
    assert (await chen.post(f"{at}/refusal", reason="x")).status_code == 409
    at = await _asks(zhao, office)
    with clock.frozen(clock.now() + 3 * DAY):
        chen = await browser_of(office, office.chen)
        page = (await chen.get(at)).text
        assert "lapsed" in page
        assert "Approve exactly this" not in page
        assert (await chen.post(f"{at}/approval", digest="0" * 64)).status_code == 409
