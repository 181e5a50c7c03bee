"""The leaf of version 1 is what it always was, whatever stands in an entry."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.leaf import ENTRY_FIELDS, TRANSFER_FIELDS, VERSION, leaf_of, leaf_of_values

ENTRY = {
    "book_id": 814_000_000_000_000_001,
    "id": 814_000_000_000_000_002,
    "kind": "POINTS_GRANTED",
    "actor_id": 1,
    "approver_id": None,
    "document_type": "attendance",
    "document_id": 814_000_000_000_000_003,
    "reason_code": None,
    "reason_hash": None,
    "rule_version": None,
    "reverses_id": None,
    "occurred_at": 1_795_000_000_000_000,
    "booked_on": 20_261_125,
    "posted_at": 1_795_000_000_000_000,
}
LINE = {
    "line": 1,
    "asset": "points",
    "debit_id": 814_000_000_000_000_004,
    "credit_id": 814_000_000_000_000_005,
    "amount": 50,
    "expires_on": 20_281_130,
    "debit_balance": None,
    "debit_version": None,
    "credit_balance": 500,
    "credit_version": 12,
}
ODD = ENTRY | {
    "reason_code": "soup",
    "reason_hash": bytes(range(32)),
    "occurred_at": -5,
    "kind": "积分",
}

# Computed once and written down: books that are sealed with these leaves must be proved for ever.
GOLDEN = [
    (ENTRY, [LINE], "efd498e447f0954e3af5997d04c8ee30980989cb15e71fc87653456ee3e9069c"),
    (
        *(ODD, [LINE, LINE | {"line": 2, "amount": 7}]),
        "f06c4557b931ae94eb99f9343482a5093a4860e1fd692829a4659fbedb4150fc",
    ),
]

values = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.text(max_size=12),
    st.binary(max_size=12),
)


def written_out(entry, lines):
    """The form of version 1 as docs/seals.md describes it, field by field."""
    text = b"\x00\x00\x01"
    fields = [entry[name] for name in ENTRY_FIELDS]
    for line in sorted(lines, key=lambda each: each["line"]):
        fields += [line[name] for name in TRANSFER_FIELDS]
    for value in fields:
        if value is None:
            text += b"n"
        elif isinstance(value, int):
            text += b"i" + value.to_bytes(9, "big", signed=True)
        else:
            data = value.encode() if isinstance(value, str) else value
            mark = b"s" if isinstance(value, str) else b"b"
            text += mark + len(data).to_bytes(4, "big") + data
    return hashlib.sha256(text).digest()


@pytest.mark.parametrize(("entry", "lines", "leaf"), GOLDEN)
def test_the_leaf_of_version_1_never_changes(entry, lines, leaf):
    assert VERSION == 1
    assert leaf_of(entry, lines).hex() == leaf
    assert leaf_of(entry, lines[::-1]).hex() == leaf


@given(
    st.fixed_dictionaries(dict.fromkeys(ENTRY_FIELDS, values)),
    st.lists(st.fixed_dictionaries(dict.fromkeys(TRANSFER_FIELDS, values)), max_size=3),
)
def test_any_values_are_written_as_described(entry, lines):
    lines = [line | {"line": number} for number, line in enumerate(lines)]

    leaf = leaf_of(entry, lines)

    assert leaf == written_out(entry, lines)
    by_place = [[line[name] for name in TRANSFER_FIELDS] for line in lines]
    assert leaf == leaf_of_values([entry[name] for name in ENTRY_FIELDS], by_place)


@given(values, values)
def test_two_values_have_two_leaves(one, other):
    leaves = {leaf_of(ENTRY | {"reason_code": each}, [LINE]) for each in (one, other)}

    assert (len(leaves) == 1) == (type(one) is type(other) and one == other)


def test_text_that_moves_between_fields_changes_the_leaf():
    one = ENTRY | {"document_type": "ab", "reason_code": "c"}
    other = ENTRY | {"document_type": "a", "reason_code": "bc"}

    assert leaf_of(one, [LINE]) != leaf_of(other, [LINE])
