"""The description is honest: every operation told whole, examples that fit, and answers that keep to it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from api import responses
from api.app import create_app
from kernel.settings import settings
from web import security

MOVES_VALUE = {"redeem", "undo_redemption", "return_goods", "issue_voucher", "use_voucher"}
MOVES_VALUE |= {"undo_voucher_use", "pay_settlement", "void_voucher"}
MOVES_VALUE |= {"receive_lot", "hand_out_relief", "undo_relief", "add_new_item"}
MOVES_VALUE |= {"exchange_goods", "move_sale"}
MOVES_VALUE |= {"reserve_goods", "cancel_reservation", "hand_reserved_out", "let_reservation_go"}
MOVES_VALUE |= {"render_service", "undo_service_use", "give_points"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return create_app().openapi()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def schemas_of(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
    for body in bodies:
        for content in body.get("content", {}).values():
            yield content["schema"]


def test_every_operation_is_named_grouped_and_told(document):
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(names) == len(set(names))
    for name in names:
        assert re.fullmatch(r"[a-z_]+", name)
    tags = {tag["name"] for tag in document["tags"]}
    for where, operation in operations(document):
        assert set(operation["tags"]) <= tags, where
        assert operation["description"], where
        declared = {str(status) for status in responses.SAYS}
        assert declared <= operation["responses"].keys(), where


def test_every_operation_but_signing_in_asks_for_a_token(document):
    open_to_all = {
        operation["operationId"]
        for _, operation in operations(document)
        if not operation.get("security")
    }
    assert open_to_all == {"sign_in", "sign_in_by_link", "refresh", "pair_display"}


def test_what_moves_value_at_a_counter_takes_a_key_and_tells_replays(document):
    keyed = set()
    for _, operation in operations(document):
        parameters = operation.get("parameters", [])
        if any(each["name"] == "Idempotency-Key" and each["required"] for each in parameters):
            keyed.add(operation["operationId"])
        told = "Idempotency-Replayed" in operation["responses"].get("409", {}).get("headers", {})
        assert told == (operation["operationId"] in keyed)
    assert keyed == MOVES_VALUE


def test_every_body_and_answer_has_an_example_that_fits(document):
    known = document["components"]["schemas"]
    for where, operation in operations(document):
        for schema in schemas_of(operation):
            named = known[schema["$ref"].rpartition("/")[2]]
            assert named["examples"], where
    for name, schema in known.items():
        root = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        for example in schema.get("examples", []):
            assert not list(Draft202012Validator(root).iter_errors(example)), name


def test_an_id_is_a_string_everywhere(document):
    for name, schema in document["components"]["schemas"].items():
        for field, said in schema.get("properties", {}).items():
            if field.endswith("_id"):
                types = {each.get("type") for each in said.get("anyOf", [said])}
                assert types <= {"string", "null"}, f"{name}.{field}"


async def test_the_description_can_be_read_unless_it_is_switched_off(client, monkeypatch):
    page = await client.http.get("/api/docs")
    assert page.status_code == 200
    assert "swagger-init.js" in page.text
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", page.text)
    assert "unsafe" not in page.headers["content-security-policy"]
    assert security.content_security_policy(scan=False) == page.headers["content-security-policy"]
    assert (await client.http.get("/api/openapi.json")).json()["openapi"].startswith("3.1")


def test_a_house_that_hides_its_description_has_no_such_page(monkeypatch):
    monkeypatch.setenv("CAIHONG_ALLOW_DOCS", "false")
    settings.cache_clear()
    app = create_app()
    paths = {getattr(route, "path", "") for route in app.routes}
    assert not paths & {"/api/docs", "/api/openapi.json"}
    settings.cache_clear()
