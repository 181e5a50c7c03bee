"""Prove plain rows of the books without the ledger's own checks: every rule that they break, in words."""

from collections import defaultdict


def faults(found, house):
    """Return each rule of the books that plain rows break."""
    moves, wrong = _moves(found, house)
    for path, (debits, credited, version) in found.balances.items():
        steps = sorted((number, change, balance) for number, change, balance, _ in moves[path])
        wrong += _account_faults(path, steps, (debits, credited, version))
    if set(moves) - set(found.balances):
        wrong.append("an account keeps no balance")
    return wrong + _lot_faults(found, moves) + _hold_faults(found)


def _moves(found, house):
    """Return what moved each floored account: version, change, running balance, lot."""
    moves, wrong = defaultdict(list), []
    for entry, _, asset, debit, credit, amount, day, *running in found.transfers:
        if asset not in ("points", "minutes") or amount <= 0 or entry not in found.entries:
            wrong.append("a transfer is none")
        for path, change, balance, version in (
            (debit, -amount, *running[:2]),
            (credit, amount, *running[2:]),
        ):
            if path not in house:
                moves[path].append((version, change, balance, day))
            elif balance is not None or version is not None:
                wrong.append(f"{path} keeps a running balance")
    return moves, wrong


def _account_faults(path, steps, counters):
    side = -1 if path.endswith("-owed") else 1
    wrong, total = [], 0
    for place, (number, change, balance) in enumerate(steps, 1):
        total += change * side
        if number != place:
            wrong.append(f"{path}: version {number} where {place} is due")
        if balance != total:
            wrong.append(f"{path}: the running balance breaks at {place}")
    changes = [change for _, change, _ in steps]
    if (*_sums(changes), len(steps)) != counters:
        wrong.append(f"{path} is not the sum of its transfers")
    return wrong + _floor_faults(path, changes, side)


def _lot_faults(found, moves):
    wrong: list[str] = []
    kept: defaultdict[str, int] = defaultdict(int)
    for (path, day), (debits, credited) in found.lots.items():
        kept[path] += credited - debits
        changes = [change for _, change, _, lot in sorted(moves[path]) if lot == day]
        if _sums(changes) != (debits, credited):
            wrong.append(f"lot {day} of {path} is not its transfers")
        wrong += _floor_faults(f"lot {day} of {path}", changes, 1)
    for path, total in kept.items():
        debits, credited, _ = found.balances[path]
        if total != credited - debits:
            wrong.append(f"the lots of {path} are not its balance")
    return wrong


def _hold_faults(found):
    wrong = []
    for number, (_, _, amount, captured, released, *_, ended) in found.holds.items():
        debits, credited, _ = found.balances[f"hold:{number}"]
        left = amount - captured - released
        if credited - debits != left or (ended is None) != (left > 0) or left < 0:
            wrong.append(f"hold {number} is not its account")
    return wrong


def _sums(changes):
    return -sum(n for n in changes if n < 0), sum(n for n in changes if n > 0)


def _floor_faults(name, changes, side):
    total = 0
    for change in changes:
        total += change * side
        if total < 0:
            return [f"{name} was below its floor"]
    return []
