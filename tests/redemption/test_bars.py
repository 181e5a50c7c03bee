"""The bars of shelf labels, held against what a printed code says and against the digits they stand for."""

from hypothesis import given
from hypothesis import strategies as st

from redemption import barcodes
from redemption.bars import ODD, PARITIES, bars

RIGHT = {"".join("10"[int(bit)] for bit in odd): digit for digit, odd in enumerate(ODD)}
EVEN = {code[::-1]: digit for code, digit in RIGHT.items()}
LEFT = {odd: (digit, "O") for digit, odd in enumerate(ODD)} | {
    code: (digit, "E") for code, digit in EVEN.items()
}


def read(modules: str) -> str:
    """What a scanner makes of an EAN-13."""
    assert (modules[:3], modules[45:50], modules[92:]) == ("101", "01010", "101")
    left = [LEFT[modules[3 + 7 * at : 10 + 7 * at]] for at in range(6)]
    right = [RIGHT[modules[50 + 7 * at : 57 + 7 * at]] for at in range(6)]
    first = PARITIES.index("".join(parity for _, parity in left))
    return "".join(map(str, [first, *(digit for digit, _ in left), *right]))


def test_a_known_code_has_the_bars_that_are_printed_of_it():
    assert bars("4006381333931") == (
        "101"
        "000110101001110101111011110100010010110011"
        "01010"
        "100001010000101000010111010010000101100110"
        "101"
    )


@given(st.integers(0, barcodes.IN_STORE_NUMBERS - 1))
def test_the_bars_of_the_shops_own_codes_are_read_back(number):
    code = barcodes.in_store(number)
    assert barcodes.valid_ean(code)
    assert read(bars(code)) == code


def test_a_short_code_has_its_bars_too():
    modules = bars("96385074")
    assert len(modules) == 67
    assert (modules[:3], modules[31:36], modules[64:]) == ("101", "01010", "101")
