"""Every operation × every role: who may ask, and that another community's papers are simply not there."""

from typing import Any

import httpx
import pytest

from tests.api.town import Client, Town, fresh_key, make_town, problem
from tests.api.who_may import ALL, WHO
from tests.harness.application import the_app

OPEN = {"sign_in", "sign_in_by_link", "refresh", "pair_display", "paired_display"}


@pytest.fixture
async def world(database):
    """Two towns and a client of the first, whose volunteers and staff have one role each."""
    here, there = await make_town(reserving=True), await make_town(reserving=True)
    transport = httpx.ASGITransport(the_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        yield Client(http, here), here, there


def operations() -> list[tuple[str, str, str]]:
    """Every operation: its id, method and path."""
    paths = the_app().openapi()["paths"]
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
        "company_id": town.world.company,
        "use_id": town.use.id,
        "entry_id": town.receipt.entry_id,
        "account_id": town.account_id,
        "approval_id": town.approval.id,
        "template_id": town.template.id,
        "person_id": town.people["other"],
        "day": "2027-02-06",
        "scan_id": town.attendance.id,
        "bonus_id": town.attendance.id,
        "card_id": town.card.id,
        "shop_id": town.world.shop.id,
        "reservation_id": town.reserved.id,
        "opening_id": town.opening.id,
        "month": "2020-01",
        "version": 1,
        "item_id": town.world.rice.id,
        "consent_id": town.card.id,
        "code_id": town.card.id,
        "browser_id": town.card.id,
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
        "cancel_shift": {"reason": "暴雨"},
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
        "give_bonus": {"points": 5, "reason": "暴雨应急"},
        "call_roll": {"code": "1"},
        "store_scans": {"sent_at": "2027-01-05T12:00:00Z", "scans": []},
        "settle_scan": {"take": False},
        "set_code_mode": {"mode": "queue"},
        "begin_errand": {"activity_id": str(town.shift.activity_id), "whom": "李奶奶"},
        "end_errand": {},
        "show_card": {"code": town.card.number},
        "give_word": {"agrees": True},
        "confirm_errand": {"note": "电话问过"},
        "make_service_card": {"kind": "place", "label": "食堂"},
        "take_screen": {"token": "none"},
        "set_item_price": {"price_points": 30},
        "keep_item": {"category": "食品"},
        "set_item_state": {"state": "on_sale"},
        "offer_voucher": {"face_fen": 5000, "price_points": 100},
        "enter_company": {"name": "安和物业"},
        "set_spending_limits": {"points_without_pin": 100, "points_with_pin": 300},
        "allow_more_today": {"points": 400},
        "set_passing_rule": {"passes_to": "lapse"},
        "move_flat": {"flat": "3-2-601"},
        "give_consent": {"spender_id": str(town.people["other"]), "points_a_month": 100},
        "make_collect_code": {"points_limit": 50},
        "set_own_pin": {"pin": "2749"},
        "tell_display": cart,
        "ask_return": {"lines": back, "reason": "米里有虫"},
        "quote_cart": cart,
        "redeem": cart,
        "return_goods": {"lines": back},
        "issue_voucher": {"offer_id": str(world.offer.id), "company_id": str(world.company)},
        "look_up_voucher": {"code": town.voucher.serial},
        "use_voucher": {"amount_fen": 100},
        "set_voucher_limit": {"fen_a_year": 30000},
        "pay_settlement": {"reference": "ICBC20261102001"},
        "correct_voucher_use": {"reason": "扣错了户"},
        "ask_company_change": {"before_id": str(world.company), "after_id": str(world.rival)},
        "set_desk_pin": {"pin": "4071"},
        "decide_approval": {"outcome": "approved", "digest": town.approval.digest},
        "close_period": {"month": "2020-01"},
        "reserve_goods": {"shop_id": str(world.shop.id), "lines": lines},
        "hand_reserved_out": {},
        "add_opening_hours": {"weekday": 5, "opens": "00:00", "closes": "23:59"},
        "set_special_day": {"day": "2099-01-01", "reason": "盘点"},
        "set_shop_rule": {"reservation_days": 3},
        "call_number": {},
    }


async def ask(client: Client, operation: tuple[str, str, str], town: Town, who: str | None):
    name, method, path = operation
    query = {
        "take_verification_back": {"reason": "错"},
        "take_bonus_back": {"reason": "错"},
        "members": {"query": "王"},
        "goods_to_prepare": {"shop_id": str(town.world.shop.id)},
        "find_reservation": {"code": town.reserved.number},
    }.get(name)
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
    "cancel_shift",
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
    "bonuses_of_attendance",
    "give_bonus",
    "take_bonus_back",
    "call_roll",
    "check_one_out",
    "check_everybody_out",
    "device_roster",
    "store_scans",
    "doubtful_scans",
    "settle_scan",
    "set_code_mode",
    "lend_screen",
    "begin_errand",
    "end_errand",
    "show_card",
    "give_word",
    "confirm_errand",
    "stop_service_card",
    "check_leader_in",
    "check_leader_out",
    "quote_cart",
    "redeem",
    "reserve_goods",
    "cancel_reservation",
    "hand_reserved_out",
    "let_reservation_go",
    "find_reservation",
    "shop_opening",
    "add_opening_hours",
    "end_opening_hours",
    "set_special_day",
    "shop_rule",
    "set_shop_rule",
    "shop_queue",
    "take_number",
    "give_paper_number",
    "call_number",
    "one_redemption",
    "undo_redemption",
    "return_goods",
    "ask_return",
    "tell_display",
    "purses_of_family",
    "withdraw_consent",
    "cancel_collect_code",
    "set_item_price",
    "keep_item",
    "set_item_state",
    "allow_more_today",
    "move_flat",
    "move_out",
    "come_back",
    "leave_household",
    "desk_browsers",
    "revoke_desk_browser",
    "withdraw_approval",
    "plan_shift",
    "issue_voucher",
    "look_up_voucher",
    "use_voucher",
    "undo_voucher_use",
    "void_voucher",
    "one_settlement",
    "sign_settlement",
    "pay_settlement",
    "correct_voucher_use",
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
