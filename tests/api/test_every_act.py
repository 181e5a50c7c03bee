"""What the pages of the shop, the vouchers and the desks can do, a program can do: each act has its operation."""

import inspect
import sys

from fastapi.routing import APIRoute

from api import routes
from api.doors import doors, permissions_of
from people.permissions import Permission
from web import pages

# These act for the shop without asking its room: people's marks and funds, browsers at counters and desks.
ALSO_HERE = {
    *("web.hardship", "web.family", "web.lapsing", "web.partner_desks", "web.desk_turns"),
    *("web.counter_devices", "web.counter_questions", "web.taking_turns", "web.points_rules"),
}
BASKET = "only the basket in this browser's cookie changes: a program keeps its own cart"
LOOKS = "finds somebody, and writes nothing: `members` and `quote_cart` answer a program"
COOKIE = "the browser gets a cookie: a program signs in by `POST /tokens`"
BROWSER = "the browser itself becomes a counter's, by a cookie that it alone keeps"
CONFIRMED = "asks for the password again in this browser before it shows phone numbers"
TWO_AT_ONE_FORM = "two of the staff stand at one form, the second with their own password"

ACTS = {
    "approvals": {
        "approve": "decide_approval",
        "refuse": "decide_approval",
        "withdraw": "withdraw_approval",
    },
    "bindings": {
        "bind": "bind_barcode",
        "confirm": "confirm_barcode",
        "refuse": "refuse_barcode",
    },
    "cases": {"answer": "answer_case"},
    "company_changes": {"ask": "ask_company_change", "take_again": "take_vouchers_again"},
    "counter": {"confirm": "redeem"},
    "counting": {"hand_in": "ask_count", "write_off": "ask_write_off"},
    "day_close": {"close": "close_day"},
    "desk": {"scan": "look_up_voucher", "use": "use_voucher", "undo": "undo_voucher_use"},
    "displays": {
        "open_here": "open_display",
        "pair": "pair_display",
        "make_code": "new_display_code",
        "end": "unpair_display",
    },
    "exchanges": {"ask": "ask_exchange", "move": "move_sale"},
    "family": {
        "allow": "give_consent",
        "withdraw": "withdraw_consent",
        "collect": "make_collect_code",
        "no_code": "cancel_collect_code",
    },
    "funds": {"open_one": "open_fund", "close": "close_fund"},
    "gifts": {"give": "give_points", "give_for": "give_points"},
    "happened": {"seen": "mark_happenings_seen", "not_me": "say_not_me"},
    "hardship": {"mark": "mark_hardship", "end": "end_hardship"},
    "limits": {"set_limits": "set_spending_limits", "allow": "allow_more_today"},
    "lives": {
        "move": "move_flat",
        "move_out": "move_out",
        "come_back": "come_back",
        "leave": "leave_household",
    },
    "member_records": {"decide": "set_passing_rule"},
    "merchant_desk": {
        "scan": "look_up_customer",
        "choose": "look_up_customer",
        "render": "render_service",
        "undo": "undo_service_use",
    },
    "merchants": {
        "enter": "enter_merchant",
        "add": "add_service",
        "agree": "agree_on_service",
        "withdraw": "set_service_state",
    },
    "new_items": {
        "add": "add_new_item",
        "confirm": "confirm_new_item",
        "refuse": "refuse_new_item",
    },
    "opening_times": {
        "add": "add_opening_hours",
        "end": "end_opening_hours",
        "set_day": "set_special_day",
        "set_rule": "set_shop_rule",
    },
    "own_pin": {"set_pin": "set_own_pin"},
    "own_vouchers": {"issue": "issue_voucher", "give_back": "void_voucher"},
    "parking": {"park": "park_sale", "recall": "recall_sale"},
    "partner_desks": {
        "renew_code": "renew_desk_code",
        "set_pin": "set_desk_pin",
        "drop_pin": "drop_desk_pin",
        "revoke": "revoke_desk_browser",
    },
    "passbooks": {"printed": "passbook_printed"},
    "pickups": {"hand_out": "hand_reserved_out", "cancel": "let_reservation_go"},
    "points_rules": {"adopt": "adopt_award_rule"},
    "practice": {"begin": "begin_practice", "end": "end_practice"},
    "queueing": {
        "take": "take_number",
        "call": "call_number",
        "recall": "call_number",
        "give": "give_paper_number",
    },
    "redemptions": {
        "undo": "undo_redemption",
        "take_back": "return_goods",
        "ask_to_take_back": "ask_return",
    },
    "relief": {"hand_out": "hand_out_relief", "undo": "undo_relief"},
    "reserving": {"make": "reserve_goods", "cancel": "cancel_reservation"},
    "settlements": {
        "correct": "correct_voucher_use",
        "sign": "sign_settlement",
        "pay": "pay_settlement",
    },
    "sheet_cases": {"decide": "decide_row"},
    "sheets": {
        "print_pack": "print_sheets",
        "type_in": "type_row_in",
        "put_away": "put_sheet_away",
    },
    "shop_admin": {
        "add_item": "add_item",
        "receive": "receive_lot",
        "set_price": "set_item_price",
        "keep": "keep_item",
        "set_state": "set_item_state",
        "open_shop": "open_shop",
    },
    "shops": {"open_another": "open_shop", "rename": "name_shop"},
    "slip_pictures": {"keep": "keep_slip_picture"},
    "terms": {
        "offer": "offer_voucher",
        "limit_year": "set_voucher_limit",
        "open_company": "enter_company",
    },
}
OF_PAGES_ALONE = {
    "counter": {
        "scan": BASKET,
        "tick": BASKET,
        "choose": BASKET,
        "switch": BASKET,
        "change_line": BASKET,
        "take_last_off": BASKET,
        "clear": BASKET,
    },
    "counter_devices": {"enrol": BROWSER, "revoke": BROWSER},
    "counter_questions": {"recognise": COOKIE, "refuse": COOKIE},
    "desk_turns": {"ask_pin": COOKIE, "take_turn": COOKIE},
    "exchanges": {"begin": BASKET, "found": LOOKS},
    "founding": {"set_up": "there is nobody yet who could sign a program in"},
    "gifts": {"look": LOOKS},
    "lapsing": {"with_phones": CONFIRMED},
    "lives": {"close": TWO_AT_ONE_FORM, "join": TWO_AT_ONE_FORM, "reopen": TWO_AT_ONE_FORM},
    "relief": {"look": LOOKS},
    "shops": {"choose": "the browser remembers the shop in a cookie: a program names it each time"},
    "taking_turns": {"take_turn": COOKIE},
}
# Where a page and its operation do not ask for the same: one of them looks at the work inside.
WIDER = {
    ("approvals", "approve"): Permission.DECIDE_REQUESTS,
    ("approvals", "refuse"): Permission.DECIDE_REQUESTS,
    ("gifts", "give"): Permission.COME_IN,
    ("gifts", "give_for"): Permission.COME_IN,
    ("own_vouchers", "issue"): Permission.COME_IN,
    ("practice", "begin"): Permission.SERVE,
}


def acting_pages() -> dict[tuple[str, str], APIRoute]:
    """Every page route of these rooms that acts."""
    return {
        (route.endpoint.__module__.removeprefix("web."), route.endpoint.__name__): route
        for route in doors(pages.ROUTERS)
        if "POST" in (route.methods or ()) and of_the_shop(route.endpoint.__module__)
    }


def of_the_shop(module: str) -> bool:
    asks = inspect.getsource(sys.modules[module])
    return module in ALSO_HERE or "\nfrom redemption" in asks


def named(table: dict[str, dict[str, str]]) -> dict[tuple[str, str], str]:
    return {(page, act): said for page, acts in table.items() for act, said in acts.items()}


def test_every_act_of_a_page_has_its_operation_or_a_reason_to_have_none():
    done, alone = named(ACTS), named(OF_PAGES_ALONE)
    assert done.keys() | alone.keys() == acting_pages().keys()
    assert not done.keys() & alone.keys()


def test_the_operation_acts_and_asks_for_the_same_work():
    operations = {route.name: route for route in doors(routes.ROUTERS)}
    shown = acting_pages()
    for page, name in named(ACTS).items():
        found, asked = operations[name], permissions_of(shown[page])
        assert (found.methods or {"GET"}) <= {"POST", "PUT", "DELETE"}, page
        if permissions_of(found) != asked:
            assert permissions_of(found) == frozenset({WIDER[page]}), page
