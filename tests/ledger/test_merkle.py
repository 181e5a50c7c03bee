"""The Merkle tree has the shape of RFC 6962, and its proofs hold for what they prove and for nothing else."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import merkle

# The leaves and roots with which Certificate Transparency tests its own trees (data, not leaves: they hash to leaves).
CT_DATA = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]  # fmt: skip
CT_LEAVES = [hashlib.sha256(b"\x00" + bytes.fromhex(each)).digest() for each in CT_DATA]
CT_ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}

sizes = st.integers(1, 40)
junk = st.binary(min_size=32, max_size=32)


def leaves(count):
    return [hashlib.sha256(b"\x00" + bytes([number])).digest() for number in range(count)]


def by_definition(row):
    """RFC 6962, 2.1, word for word."""
    if len(row) == 1:
        return row[0]
    half = 1
    while half * 2 < len(row):
        half *= 2
    return merkle.node(by_definition(row[:half]), by_definition(row[half:]))


@pytest.mark.parametrize(("size", "root"), CT_ROOTS.items())
def test_roots_are_those_of_certificate_transparency(size, root):
    assert merkle.root_of(CT_LEAVES[:size]).hex() == root


@given(sizes)
def test_roots_and_a_growing_tree_follow_the_definition(size):
    grown = merkle.Growing()
    for leaf in leaves(size):
        grown.add(leaf)

    assert by_definition(leaves(size)) == merkle.root_of(leaves(size)) == grown.root


def test_an_empty_tree_has_the_hash_of_nothing():
    assert merkle.Growing().root == merkle.EMPTY == merkle.root_of([])


@given(sizes, st.data(), junk)
def test_a_path_proves_one_leaf_at_one_place(size, data, other):
    place = data.draw(st.integers(0, size - 1))
    row = leaves(size)
    path = merkle.inclusion_path(row, place)
    root = merkle.root_of(row)

    assert merkle.root_from(row[place], place, size, path) == root
    assert merkle.root_from(other, place, size, path) != root
    assert merkle.root_from(row[place], place, size, [*path, other]) is None
    assert path == [] or merkle.root_from(row[place], place, size, path[:-1]) is None
    for at in range(len(path)):
        changed = [*path[:at], other, *path[at + 1 :]]
        assert merkle.root_from(row[place], place, size, changed) != root
    for elsewhere in {*range(-1, size + 2)} - {place}:
        assert merkle.root_from(row[place], elsewhere, size, path) != root


@given(sizes, st.data(), junk)
def test_a_longer_tree_is_proved_to_begin_with_a_shorter_one(later, data, other):
    earlier = data.draw(st.integers(1, later))
    row = leaves(later)
    old, new = merkle.root_of(row[:earlier]), merkle.root_of(row)
    path = merkle.consistency_path(row, earlier)

    assert merkle.is_consistent(earlier, old, later, new, path)
    assert not merkle.is_consistent(earlier, other, later, new, path)
    assert not merkle.is_consistent(earlier, old, later, other, path)
    assert not merkle.is_consistent(earlier, old, later, new, [*path, other])
    assert not path or not merkle.is_consistent(earlier, old, later, new, path[:-1])
    assert not merkle.is_consistent(later + 1, old, later, new, path)
    assert not merkle.is_consistent(0, old, later, new, path)
    for at in range(len(path)):
        changed = [*path[:at], other, *path[at + 1 :]]
        assert not merkle.is_consistent(earlier, old, later, new, changed)


def test_an_inner_node_is_no_leaf():
    row = leaves(4)
    inner = [merkle.node(*row[:2]), merkle.node(*row[2:])]

    # The same root would stand for two nodes as leaves, were leaves not marked by a prefix of their own.
    assert merkle.root_of(inner) == merkle.root_of(row)
    assert merkle.NODE_PREFIX != b"\x00"
