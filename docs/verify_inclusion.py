"""Is an entry in Caihong's sealed books? python verify_inclusion.py PROOF.json CHECKPOINT.json PUBLIC_KEY.pem"""

# ruff: noqa: E401, E501, E701, I001, T201
# fmt: off
import hashlib, json, pathlib, sys
from struct import pack
from cryptography.hazmat.primitives.serialization import load_pem_public_key
ENTRY = "book_id id kind actor_id approver_id document_type document_id reason_code reason_hash rule_version reverses_id occurred_at booked_on posted_at"
LINE = "line asset debit_id credit_id amount expires_on debit_balance debit_version credit_balance credit_version"
raw, sha256 = bytes.fromhex, lambda *parts: hashlib.sha256(b"".join(parts)).digest()
def encoded(mark, value):  # i:5 is a number, s:word a text, b:00ff bytes, n: nothing
    if mark == "i": return b"i" + int(value).to_bytes(9, "big", signed=True)
    data = raw(value) if mark == "b" else value.encode()
    return mark.encode() + (len(data).to_bytes(4, "big") if mark != "n" else b"") + data
def climb(top, place, last, path):  # RFC 6962: from a leaf to the root of its tree
    steps = [raw(step) for step in path]
    while last > 0:
        if place % 2: top = sha256(b"\1", steps.pop(0), top)
        elif place < last: top = sha256(b"\1", top, steps.pop(0))
        place, last = place // 2, last // 2
    return top.hex() if place == 0 and not steps else "a path that does not fit"
proof, signed, key = [pathlib.Path(name).read_bytes() for name in sys.argv[1:4]]
proof, signed = json.loads(proof), json.loads(signed)
load_pem_public_key(key).verify(raw(signed["signature"]), signed["statement"].encode())  # or it raises InvalidSignature
says, head, rows = json.loads(signed["statement"]), proof["block"], [proof["entry"], *proof["lines"]]
leaf = sha256(b"\0\0\1", *(encoded(*field.split(":", 1)) for row in rows for field in row.values()))
block = sha256(b"\2", pack(">hqq", head["format_version"], int(head["book"]), head["number"]), raw(head["previous_hash"]),
    raw(head["root"]), pack(">qq", head["entries"], head["entries_total"]), raw(head["totals_hash"]), pack(">q", head["sealed_at"]))
holds = {"fields": [" ".join(row) for row in rows] == [ENTRY] + [LINE] * len(proof["lines"]),
    "leaf": leaf.hex() == proof["leaf"], "block": block.hex() == head["hash"],
    "root": climb(leaf, proof["place"], head["entries"] - 1, proof["path"]) == head["root"],
    "book": proof["entry"]["book_id"] == "i:" + head["book"] == "i:" + says["book"],
    "checkpoint": climb(block, head["number"] - 1, says["block"] - 1, proof["blocks_path"]) == says["blocks_root"]}
sys.exit(print("Proved.", proof["entry"]["id"], "block", head["number"]) if all(holds.values()) else f"NOT PROVED: {holds}")
