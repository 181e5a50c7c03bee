"""Every operation × every role: who may ask, and that another community's papers are simply not there."""

from typing import Any

import httpx
import pytest

from api.app import create_app
from people.models import Role
from tests.api.town import Client, Town, fresh_key, make_town, problem

VOLUNTEER, ORGANISER, CLERK, DESK, AUDITOR, ADMIN = (role.value for role in Role)
ALL = {role.value for role in Role}

# operation id: who may ask
WHO: dict[str, set[str]] = {
    "me": ALL,
    "my_balance": ALL,
    "my_statement": ALL,
    "my_attendances": ALL,
    "activities": ALL,
    "plan_activity": {ORGANISER, ADMIN},
    "coming_shifts": ALL,
    "plan_shift": {ORGANISER, ADMIN},
    "one_shift": ALL,
    "venue_code": {ORGANISER, ADMIN},
    "my_openings": {VOLUNTEER},
    "my_sign_ups": {VOLUNTEER},
    "sign_up": {VOLUNTEER},
    "withdraw": {VOLUNTEER},
    "sign_up_sheet": {ORGANISER, ADMIN},
    "sign_somebody_up": {ORGANISER, ADMIN},
    "withdraw_somebody": {ORGANISER, ADMIN},
    "set_capacity": {ORGANISER, ADMIN},
    "read_group_list": {ORGANISER, ADMIN},
    "group_text": {ORGANISER, ADMIN},
    "due_tomorrow": {ORGANISER, ADMIN},
    "weekly_plans": {ORGANISER, ADMIN},
    "plan_weekly": {ORGANISER, ADMIN},
    "make_shifts": {ORGANISER, ADMIN},
    "end_weekly": {ORGANISER, ADMIN},
    "join_crew": {ORGANISER, ADMIN},
    "leave_crew": {ORGANISER, ADMIN},
    "skipped_days": {ORGANISER, ADMIN},
    "skip_days": {ORGANISER, ADMIN},
    "keep_day": {ORGANISER, ADMIN},
    "attendances": {ORGANISER, ADMIN, AUDITOR},
    "begin_attendance": {VOLUNTEER},
    "end_attendance": {VOLUNTEER},
    "verify_attendance": {ORGANISER, ADMIN},
    "take_verification_back": {ORGANISER, ADMIN},
    "reject_attendance": {ORGANISER, ADMIN},
    "correct_attendance": {ORGANISER, ADMIN},
    "award_rules": ALL,
    "adopt_award_rule": {ADMIN},
    "back_fill_attendance": {ORGANISER, ADMIN},
    "say_when_left": {VOLUNTEER},
    "dispute_award": {ORGANISER, ADMIN},
    "settle_dispute": {ORGANISER, ADMIN},
    "call_roll": {ORGANISER, ADMIN},
    "check_one_out": {ORGANISER, ADMIN},
    "check_everybody_out": {ORGANISER, ADMIN},
    "device_roster": {ORGANISER, ADMIN},
    "store_scans": {ORGANISER, ADMIN},
    "doubtful_scans": {ORGANISER, ADMIN},
    "settle_scan": {ORGANISER, ADMIN},
    "set_code_mode": {ORGANISER, ADMIN},
    "lend_screen": {ORGANISER, ADMIN},
    "take_screen": ALL,
    "shops": ALL,
    "items": ALL,
    "members": {CLERK, ORGANISER, ADMIN},
    "quote_cart": {CLERK},
    "redeem": {CLERK},
    "one_redemption": ALL,
    "undo_redemption": {CLERK},
    "return_goods": {CLERK},
    "add_item": {ORGANISER, ADMIN},
    "receive_lot": {ORGANISER, ADMIN},
    "lots_of_item": {CLERK, ORGANISER, ADMIN},
    "ask_count": {CLERK, ORGANISER, ADMIN},
    "ask_write_off": {CLERK, ORGANISER, ADMIN},
    "donors": {ORGANISER, ADMIN},
    "bind_barcode": {CLERK},
    "waiting_barcodes": {ORGANISER, ADMIN},
    "confirm_barcode": {ORGANISER, ADMIN},
    "refuse_barcode": {ORGANISER, ADMIN},
    "show_stock_month": {AUDITOR, ORGANISER, ADMIN},
    "mark_hardship": {ORGANISER, ADMIN},
    "end_hardship": {ORGANISER, ADMIN},
    "hand_out_relief": {CLERK},
    "undo_relief": {CLERK},
    "voucher_offers": ALL,
    "list_vouchers": {VOLUNTEER},
    "issue_voucher": {VOLUNTEER},
    "look_up_voucher": {DESK},
    "use_voucher": {DESK},
    "voucher_uses_today": {DESK},
    "undo_voucher_use": {DESK},
    "list_approvals": ALL - {VOLUNTEER},
    "one_approval": ALL - {VOLUNTEER},
    "decide_approval": {ORGANISER, ADMIN},
    "trial_balance": {AUDITOR, ORGANISER, ADMIN},
    "account_totals": {AUDITOR, ORGANISER, ADMIN},
    "balance_at_version": {AUDITOR, ORGANISER, ADMIN},
    "account_statement": {AUDITOR, ORGANISER, ADMIN},
    "journal_entry": {AUDITOR, ORGANISER, ADMIN},
    "checks": {AUDITOR, ORGANISER, ADMIN},
    "list_periods": {AUDITOR, ORGANISER, ADMIN},
    "show_period": {AUDITOR, ORGANISER, ADMIN},
    "close_period": {ADMIN},
}
OPEN = {"sign_in", "sign_in_by_link", "refresh"}


@pytest.fixture
async def world(database):
    """Two towns and a client of the first, whose volunteers and staff have one role each."""
    here, there = await make_town(), await make_town()
    transport = httpx.ASGITransport(create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        yield Client(http, here), here, there


def operations() -> list[tuple[str, str, str]]:
    """Every operation: its id, method and path."""
    paths = create_app().openapi()["paths"]
    return [
        (operation["operationId"], method.upper(), path.removeprefix("/api/v1"))
        for path, methods in paths.items()
        for method, operation in methods.items()
    ]


def test_the_table_knows_every_operation():
    assert {name for name, _, _ in operations()} == WHO.keys() | OPEN | {"sign_out"}


def filled(path: str, town: Town) -> str:
    """A path with the ids of one town's papers."""
    ids = {
        "shift_id": town.shift.id,
        "attendance_id": town.attendance.id,
        "redemption_id": town.receipt.redemption_id,
        "voucher_id": town.voucher.id,
        "use_id": town.use.id,
        "entry_id": town.receipt.entry_id,
        "account_id": town.account_id,
        "approval_id": town.approval.id,
        "template_id": town.template.id,
        "person_id": town.people["other"],
        "day": "2027-02-06",
        "scan_id": town.attendance.id,
        "month": "2020-01",
        "version": 1,
    }
    for name, value in ids.items():
        path = path.replace("{" + name + "}", str(value))
    return path


def bodies(town: Town, code: str) -> dict[str, dict[str, Any]]:
    """A body that would be taken from somebody who may ask."""
    world = town.world
    lines = [{"item_id": str(world.rice.id), "quantity_pieces": 1}]
    cart: dict[str, Any] = {
        "shop_id": str(world.shop.id),
        "person_id": str(town.member),
        "lines": lines,
    }
    times = {"starts_at": "2027-01-05T12:00:00Z", "ends_at": "2027-01-05T13:00:00Z"}
    back = [{"line_id": str(town.receipt.lines[0].line_id), "quantity_pieces": 1}]
    return {
        "plan_activity": {"title": "夜间巡逻", "category": "安全"},
        "plan_shift": {"activity_id": str(town.shift.activity_id), **times},
        "sign_somebody_up": {"person_id": str(town.member)},
        "set_capacity": {"capacity": 3},
        "read_group_list": {"text": "1. 王秀兰\n2. 李建国"},
        "plan_weekly": {
            "activity_id": str(town.shift.activity_id),
            "weekdays": [5],
            "starts_minute": 540,
            "minutes": 120,
        },
        "join_crew": {"card": "1"},
        "skip_days": {"first": "2027-02-06", "last": "2027-02-07"},
        "begin_attendance": {"code": code},
        "end_attendance": {"code": code},
        "reject_attendance": {"reason": "没有来"},
        "correct_attendance": {"checked_in_at": "2027-01-05T12:00:00Z", "reason": "忘记"},
        "adopt_award_rule": {"in_force_on": "2099-01-01", "points_per_hour": 10},
        "back_fill_attendance": {
            "person_id": str(town.member),
            "checked_in_at": "2027-01-05T12:00:00Z",
            "checked_out_at": "2027-01-05T13:00:00Z",
            "reason": "纸质签到表",
        },
        "say_when_left": {"left_at": "2027-01-05T13:00:00Z"},
        "dispute_award": {"reason": "没有来"},
        "call_roll": {"code": "1"},
        "store_scans": {"sent_at": "2027-01-05T12:00:00Z", "scans": []},
        "settle_scan": {"take": False},
        "set_code_mode": {"mode": "queue"},
        "take_screen": {"token": "none"},
        "quote_cart": cart,
        "redeem": cart,
        "return_goods": {"lines": back},
        "issue_voucher": {"offer_id": str(world.offer.id), "company_id": str(world.company)},
        "look_up_voucher": {"code": town.voucher.serial},
        "use_voucher": {"amount_fen": 100},
        "decide_approval": {"outcome": "approved", "digest": town.approval.digest},
        "close_period": {"month": "2020-01"},
    }


async def ask(client: Client, operation: tuple[str, str, str], town: Town, who: str | None):
    name, method, path = operation
    query = {"take_verification_back": {"reason": "错"}, "members": {"query": "王"}}.get(name)
    body = bodies(town, town.code()).get(name)
    return await client(method, filled(path, town), who, json=body, params=query, key=fresh_key())


async def test_every_operation_asks_for_its_roles_and_for_a_token(world):
    client, here, _ = world
    before = await here.books()
    for operation in operations():
        name = operation[0]
        if name in OPEN or name == "sign_out":
            continue
        anonymous = await ask(client, operation, here, None)
        assert problem(anonymous) == (401, "sign-in-needed"), name
        for role in sorted(ALL - WHO[name]):
            answer = await ask(client, operation, here, role)
            assert problem(answer) == (403, "role-needed"), (name, role)
    assert await here.books() == before


async def test_whoever_has_the_role_is_let_in(world):
    client, here, _ = world
    for operation in operations():
        name = operation[0]
        if name in OPEN or name == "sign_out":
            continue
        for role in sorted(WHO[name]):
            answer = await ask(client, operation, here, role)
            assert answer.status_code not in (401, 403, 405, 500), (name, role, answer.text)
            assert answer.status_code < 500, (name, role)


PAPERS = (
    "one_shift",
    "venue_code",
    "sign_up",
    "withdraw",
    "sign_up_sheet",
    "sign_somebody_up",
    "withdraw_somebody",
    "set_capacity",
    "group_text",
    "plan_weekly",
    "make_shifts",
    "end_weekly",
    "join_crew",
    "leave_crew",
    "verify_attendance",
    "take_verification_back",
    "reject_attendance",
    "correct_attendance",
    "back_fill_attendance",
    "say_when_left",
    "dispute_award",
    "settle_dispute",
    "call_roll",
    "check_one_out",
    "check_everybody_out",
    "device_roster",
    "store_scans",
    "doubtful_scans",
    "settle_scan",
    "set_code_mode",
    "lend_screen",
    "quote_cart",
    "redeem",
    "one_redemption",
    "undo_redemption",
    "return_goods",
    "plan_shift",
    "issue_voucher",
    "look_up_voucher",
    "use_voucher",
    "undo_voucher_use",
    "one_approval",
    "decide_approval",
    "account_totals",
    "balance_at_version",
    "account_statement",
    "journal_entry",
)


async def test_what_belongs_to_another_community_is_not_here_and_does_not_change(world):
    client, here, there = world
    known = {operation[0]: operation for operation in operations()}
    before = await here.books(), await there.books()
    for name in PAPERS:
        answer = await ask(client, known[name], there, "everything")
        assert problem(answer)[0] == 404, name
    # A person of another community is nobody here, wherever they are named.
    cart = bodies(here, "")["redeem"] | {"person_id": str(there.member)}
    for path in ("/redemptions", "/quotes"):
        assert problem(await client.post(path, "clerk", json=cart))[0] == 404
    offer = bodies(here, "")["issue_voucher"] | {"person_id": str(there.member)}
    assert problem(await client.post("/vouchers", "clerk", json=offer))[0] == 404
    shift = bodies(here, "")["plan_shift"] | {"leader_id": str(there.member)}
    assert problem(await client.post("/shifts", "organiser", json=shift))[0] == 404
    company = bodies(here, "")["issue_voucher"] | {"company_id": str(there.world.company)}
    assert problem(await client.post("/vouchers", "volunteer", json=company))[0] == 404
    code = {"code": there.code()}
    assert problem(await client.post("/attendances", "volunteer", json=code)) == (
        409,
        "shift-of-another-community",
    )
    seen = await client.get(f"/attendances?shift_id={there.shift.id}", "organiser")
    assert seen.json()["items"] == []
    assert problem(await client.get(f"/items?shop_id={there.world.shop.id}", "clerk"))[0] == 404
    assert (await here.books(), await there.books()) == before


async def test_a_voucher_of_another_company_is_not_at_this_desk(world):
    client, here, _ = world
    offer, company = str(here.world.offer.id), str(here.world.rival)
    had = await client.post(
        "/vouchers", "volunteer", json={"offer_id": offer, "company_id": company}
    )
    voucher = had.json()
    seen = await client.post("/voucher-lookups", "property_desk", json={"code": voucher["serial"]})
    assert problem(seen) == (404, "voucher-not-found")
    path = f"/vouchers/{voucher['voucher_id']}/uses"
    assert problem(await client.post(path, "property_desk", json={}))[0] == 404
