"""The roll-call, lent screens, kiosk and stored scans over http, as a browser without scripts and one with them."""

import json

import pytest

from checkin import shifts
from checkin.asking import ask_by_number
from checkin.attending import check_in
from checkin.models import Attendance, AttendanceState, CodeMode
from checkin.venue_codes import claim
from kernel import clock
from people.card_issuing import issue_cards
from people.registration import register
from people.sessions import token_hash
from tests.web.office import Browser, Office, an_office, browser_of

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
async def office(database) -> Office:
    return await an_office()


async def scripted(browser: Browser, path: str, **fields: str):
    data = {"csrf": browser.hidden("csrf"), **fields}
    return await browser.http.post(path, data=data, headers=FRAGMENT)


async def test_a_roll_call_by_form_alone_and_by_one_small_request_each(office):
    chen = await browser_of(office, office.chen)
    wang, li = await issue_cards(office.book_id, [office.wang, office.li], office.chen)
    path = f"/shifts/{office.shift.id}/roll-call"
    await chen.get(path)
    first = await chen.post(path, code=wang.token, purpose="in")
    assert first.status_code == 200
    for said in ("Checked in", "王*兰", "When leaving, please scan again."):
        assert said in first.text
    line = await scripted(chen, path, code=li.token.lower(), purpose="in")
    assert line.text.startswith("<li") or '<li class="call green"' in line.text
    assert "<html" not in line.text
    assert "<p data-here>2</p>" in line.text
    again = await scripted(chen, path, code=li.token, purpose="in")
    assert '<li class="call orange"' in again.text
    assert "Already checked in at" in again.text
    assert "/departure" in again.text
    for code, word in (("A" * 29, "red"), ("nobody", "red"), ("", "red")):
        refused = await scripted(chen, path, code=code, purpose="in")
        assert f'<li class="call {word}"' in refused.text, code
        assert refused.status_code >= 400
    gone = await Attendance.get(book_id=office.book_id, person_id=office.wang)
    told = await chen.follow(
        await chen.post(f"/attendances/{gone.id}/departure", shift=office.shift.id)
    )
    assert "王*兰 is checked out." in told
    assert "Check 1 person out?" in (await chen.get(f"/shifts/{office.shift.id}/departures")).text
    told = await chen.follow(await chen.post(f"/shifts/{office.shift.id}/departures"))
    assert "1 person is checked out." in told
    assert await Attendance.filter(state=AttendanceState.LEFT).count() == 2


async def test_what_was_scanned_without_a_network_is_judged_and_waits_on_the_shift(office):
    chen, zhao = await browser_of(office, office.chen), await browser_of(office, office.zhao)
    [card] = await issue_cards(office.book_id, [office.wang], office.chen)
    path = f"/shifts/{office.shift.id}"
    kept = (await chen.get(f"{path}/device-roster")).json()
    assert kept["names"] == {token_hash(card.token)[:16]: "王*兰"}
    await chen.get(f"{path}/roll-call")
    now = clock.now()
    scans = [
        {"nonce": f"scan-{n}-once", "device_at": now, "offset": 0, "card_hash": hashed}
        for n, hashed in enumerate((token_hash(card.token), token_hash(card.token), "0" * 64))
    ]
    sent = {"scans": json.dumps(scans), "sent_at": str(now)}
    answer = await chen.post(f"{path}/stored-scans", **sent)
    assert [(each["kind"], each["word"]) for each in answer.json()["items"]] == [
        ("green", "Taken over"),
        ("orange", "Scanned twice"),
        ("orange", "We do not know this code"),
    ]
    await chen.get(f"{path}/roll-call")
    assert (await chen.post(f"{path}/stored-scans", **sent)).json() == answer.json()
    seen = (await zhao.get(path)).text
    assert "Scanned without a network, in doubt: 2" in seen
    assert "Scanned twice" in seen
    for _ in range(2):
        action = zhao.seen.split('action="/stored-scans/')[1].split('"')[0]
        await zhao.follow(await zhao.post(f"/stored-scans/{action}", shift=office.shift.id))
    assert "in doubt" not in zhao.seen
    for garbled in ("", "{}", "[1]", '[{"nonce": "x", "device_at": -1}]'):
        wrong = await chen.post(f"{path}/stored-scans", scans=garbled, sent_at=str(now))
        assert wrong.status_code == 422
        assert "These scans cannot be read" in wrong.text
        await chen.get(f"{path}/roll-call")


async def test_a_helper_shows_the_code_of_one_shift_and_nothing_else(office):
    chen, wang = await browser_of(office, office.chen), await browser_of(office, office.wang)
    li = await browser_of(office, office.li, staff=False)
    path = f"/shifts/{office.shift.id}"
    assert (await wang.get(f"{path}/code")).status_code == 404
    await chen.get(f"{path}/helper")
    page = (await chen.post(f"{path}/helper")).text
    offer = "/screens/" + page.split("/screens/")[1].split('"')[0]
    assert "Show the code on this phone?" in (await wang.get(offer)).text
    shown = await wang.follow(await wang.post(offer))
    assert "Check-in code of this shift" in shown
    assert "Back to the names" not in shown
    assert "Hand to another helper" not in shown
    assert "Done: the phone of 王*兰 shows the code" in (await chen.get(f"{path}/helper")).text
    told = await chen.http.get(f"{path}/helper?seen=0", headers=FRAGMENT)
    assert "王*兰" in told.text
    assert "<html" not in told.text
    again = await chen.http.get(f"{path}/helper?seen=1", headers=FRAGMENT)
    assert again.status_code == 204
    assert (await wang.get(f"{path}/kiosk")).status_code == 200
    assert (await wang.get(path)).status_code == 403
    assert (await li.get(offer)).status_code == 404
    assert (await li.get(f"{path}/code")).status_code == 404


async def test_a_single_use_code_stays_until_it_is_used(office):
    chen = await browser_of(office, office.chen, address="http://127.0.0.1:8000")
    path = f"/shifts/{office.shift.id}"
    await chen.get(path)
    assert (await chen.post(f"{path}/code-mode", mode="strict")).status_code == 303
    assert (await shifts.find(office.book_id, office.shift.id)).code_mode is CodeMode.STRICT
    at = 1_795_222_800_000_000
    await office.shift.filter(id=office.shift.id).update(starts_at=at, ends_at=at + 3600 * 10**6)
    with clock.frozen(at):
        await chen.get(f"{path}/code?here=1", headers=FRAGMENT)
        mark = chen.seen.split('data-mark="')[1].split('"')[0]
        asked = f"{path}/code?here=1&seen={mark}"
        assert (await chen.get(asked, headers=FRAGMENT)).status_code == 204
        mine = claim(office.book_id, office.shift.id, at, code=bytes.fromhex(mark))
        await check_in(office.book_id, office.wang, mine)
        assert (await chen.get(asked, headers=FRAGMENT)).status_code == 200
    for odd in ("", "zz", "00", "0" * 16):
        answer = await chen.get(f"{path}/code?here=1&seen={odd}", headers=FRAGMENT)
        assert answer.status_code == 200


async def test_queue_mode_is_offered_and_comes_and_goes_with_one_tap_each(office):
    chen = await browser_of(office, office.chen, address="http://127.0.0.1:8000")
    path = f"/shifts/{office.shift.id}"
    assert "Switch to queue mode" not in (await chen.get(f"{path}?here=1")).text
    for n in range(6):
        number = str(700 + n)
        await register(office.book_id, f"志愿者{n}", number=700 + n, by=None)
        await ask_by_number(claim(office.book_id, office.shift.id, clock.now()), number)
    seen = await chen.get(f"{path}/people?here=1", headers=FRAGMENT)
    assert "Switch to queue mode" in seen.text
    assert (await shifts.find(office.book_id, office.shift.id)).code_mode is CodeMode.SHARED
    for mode, told in (("queue", "Back to the usual codes"), ("shared", "Switch to queue mode")):
        answer = await chen.post(f"{path}/code-mode", mode=mode, here="1")
        assert answer.headers["location"] == f"{path}?here=1"
        assert told in await chen.follow(answer)
        assert (await shifts.find(office.book_id, office.shift.id)).code_mode == mode


async def test_a_kiosk_greets_who_comes_and_paper_lists_who_may(office):
    chen = await browser_of(office, office.chen)
    path = f"/shifts/{office.shift.id}"
    assert 'data-after="0"' in (await chen.get(f"{path}/kiosk")).text
    assert (await chen.get(f"{path}/kiosk/greetings?after=0")).status_code == 204
    await check_in(office.book_id, office.wang, claim(office.book_id, office.shift.id, clock.now()))
    greeted = (await chen.get(f"{path}/kiosk/greetings?after=0")).text
    assert "王*兰" in greeted
    assert "王秀兰" not in greeted
    last = greeted.split('data-scan="')[1].split('"')[0]
    assert (await chen.get(f"{path}/kiosk/greetings?after={last}")).status_code == 204
    paper = (await chen.get(f"{path}/signing-sheet")).text
    assert "王秀兰" in paper
    assert "李建国" not in paper


async def test_the_worker_and_the_manifest_are_for_everybody(office):
    nobody = Browser()
    worker = await nobody.get("/sw.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    shell = json.loads(worker.text.split("const SHELL = ")[1].split(";\n")[0])
    for address in shell:
        assert (await nobody.http.get(address)).status_code == 200, address
    manifest = (await nobody.get("/manifest.webmanifest")).json()
    assert manifest["start_url"] == "/"
