"""The bars of an EAN: which of its modules are dark, for whoever draws a shelf label."""

# Seven modules a digit: odd parity, from which even parity and the right half are made.
ODD = (
    *("0001101", "0011001", "0010011", "0111101", "0100011"),
    *("0110001", "0101111", "0111011", "0110111", "0001011"),
)
# Which of the left six digits have even parity says the first digit, which has no bars of its own.
PARITIES = (
    *("OOOOOO", "OOEOEE", "OOEEOE", "OOEEEO", "OEOOEE"),
    *("OEEOOE", "OEEEOO", "OEOEOE", "OEOEEO", "OEEOEO"),
)
GUARD, MIDDLE = "101", "01010"
SHORT = 8


def bars(code: str) -> str:
    """Return the modules of an EAN-13 or EAN-8 from left to right: 1 is dark. The digits must be right."""
    if len(code) == SHORT:
        left, parities = code[:4], "OOOO"
    else:
        left, parities = code[1:7], PARITIES[int(code[0])]
    right = code[-len(left) :]
    halves = (
        "".join(_left(int(digit), parity) for digit, parity in zip(left, parities, strict=True)),
        "".join(_right(int(digit)) for digit in right),
    )
    return GUARD + MIDDLE.join(halves) + GUARD


def _left(digit: int, parity: str) -> str:
    return ODD[digit] if parity == "O" else _right(digit)[::-1]


def _right(digit: int) -> str:
    return ODD[digit].translate(str.maketrans("01", "10"))
