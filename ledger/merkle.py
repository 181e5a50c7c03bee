"""A Merkle tree as RFC 6962 (Certificate Transparency) builds it: of hashes that are there already, the leaves.

One root stands for all of its leaves in their order. A short path proves that one leaf is among them, another that a
longer list only adds to a shorter one. Leaves are hashes of something marked with another prefix than NODE_PREFIX, so
that no inner node can pass for one. Pure: it knows no book.
"""

import hashlib
from collections.abc import Sequence

NODE_PREFIX = b"\x01"
EMPTY = hashlib.sha256(b"").digest()


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(NODE_PREFIX + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root (32 bytes) of some leaves in their order."""
    if not leaves:
        return EMPTY
    row = list(leaves)
    while len(row) > 1:
        row = _row_above(row)
    return row[0]


def _row_above(row: list[bytes]) -> list[bytes]:
    """Pair the nodes of a row; an odd one at the end rises as it is, which is the shape RFC 6962 asks for."""
    sha256 = hashlib.sha256
    above = [
        sha256(NODE_PREFIX + left + right).digest()
        for left, right in zip(row[::2], row[1::2], strict=False)
    ]
    if len(row) % 2:
        above.append(row[-1])
    return above


class Growing:
    """A tree that leaves are added to one by one, keeping only the roots of its complete parts."""

    def __init__(self) -> None:
        """Begin without leaves."""
        self.size = 0
        self.parts: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Add a leaf: it closes as many parts as the old size has ones at its end."""
        size = self.size
        while size % 2:
            leaf, size = node(self.parts.pop(), leaf), size // 2
        self.parts.append(leaf)
        self.size += 1

    @property
    def root(self) -> bytes:
        """Return the root of all leaves so far."""
        if not self.parts:
            return EMPTY
        root = self.parts[-1]
        for part in reversed(self.parts[:-1]):
            root = node(part, root)
        return root


def inclusion_path(leaves: Sequence[bytes], place: int) -> list[bytes]:
    """Return the hashes that lead from the leaf at a place (from 0) to the root, from below."""
    row, path = list(leaves), []
    while len(row) > 1:
        beside = place ^ 1
        if beside < len(row):
            path.append(row[beside])
        row, place = _row_above(row), place // 2
    return path


def root_from(leaf: bytes, place: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that a leaf at a place of so many leads to by a path, or None if the path does not fit."""
    if not 0 <= place < size:
        return None
    steps, hashed, last = list(path), leaf, size - 1
    while last:
        if place % 2 or place < last:
            if not steps:
                return None
            beside = steps.pop(0)
            hashed = node(beside, hashed) if place % 2 else node(hashed, beside)
        place, last = place // 2, last // 2
    return None if steps else hashed


def consistency_path(leaves: Sequence[bytes], earlier: int) -> list[bytes]:
    """Return the hashes that prove that the first so many leaves (at least one) had a root of their own."""
    return _consistency(leaves, earlier, whole=True)


def _consistency(leaves: Sequence[bytes], earlier: int, *, whole: bool) -> list[bytes]:
    if earlier == len(leaves):
        return [] if whole else [root_of(leaves)]
    half = 1 << ((len(leaves) - 1).bit_length() - 1)
    if earlier <= half:
        return [*_consistency(leaves[:half], earlier, whole=whole), root_of(leaves[half:])]
    return [*_consistency(leaves[half:], earlier - half, whole=False), root_of(leaves[:half])]


def is_consistent(
    earlier: int, earlier_root: bytes, later: int, later_root: bytes, path: Sequence[bytes]
) -> bool:
    """Say whether a tree of `later` leaves begins with the `earlier` leaves of another one (RFC 9162, 2.1.4.2)."""
    if not 0 < earlier <= later:
        return False
    if earlier == later:
        return not path and earlier_root == later_root
    # A complete earlier tree is itself the first node on the way up.
    steps = [earlier_root, *path] if earlier & (earlier - 1) == 0 else list(path)
    place, last = earlier - 1, later - 1
    while place % 2:
        place, last = place // 2, last // 2
    if not steps:
        return False
    old = new = steps.pop(0)
    while last and steps:
        step = steps.pop(0)
        if place % 2 or place == last:
            old, new = node(step, old), node(step, new)
            place, last = _up_to_the_right(place, last)
        else:
            new = node(new, step)
        place, last = place // 2, last // 2
    return not (last or steps) and (old, new) == (earlier_root, later_root)


def _up_to_the_right(place: int, last: int) -> tuple[int, int]:
    """Rise past the rows in which a node stands alone at the end."""
    while place and not place % 2:
        place, last = place // 2, last // 2
    return place, last
