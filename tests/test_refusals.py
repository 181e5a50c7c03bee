"""The rooms' refusals live in one house: each rule has a name of its own, and words for its reader."""

import importlib

from kernel.errors import DomainError

ROOMS = ("ledger", "people", "checkin", "redemption", "web")


def test_every_rule_of_every_room_has_a_name_of_its_own():
    for room in ROOMS:
        importlib.import_module(f"{room}.errors")
    assert "not-a-member" in DomainError.by_slug
    assert "person-not-a-member" in DomainError.by_slug


def test_a_refusal_says_what_happened_and_what_to_do():
    for rule in DomainError.by_slug.values():
        assert rule.title, rule
        assert rule.detail.endswith((".", "?")) or "%(" in rule.detail, rule
