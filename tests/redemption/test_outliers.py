"""Figures of a clerk that are unlike the others': when one stands out, and when small numbers stay silent."""

import pytest

from redemption.clerk_figures import counted
from redemption.outliers import ClerkDays, Figure, StandsOut, outliers, per_hundred


def clerk(who, sales, undos):
    return ClerkDays(who, sales, {Figure.UNDOS: undos})


@pytest.mark.parametrize(
    ("clerks", "found"),
    [
        ([], []),
        ([(1, 100, 50)], []),  # nobody to compare with
        ([(1, 100, 9), (2, 100, 3)], [(1, 9, 3)]),
        ([(1, 100, 8), (2, 100, 3)], []),  # not quite three times
        ([(1, 100, 12), (2, 200, 4), (3, 100, 4)], [(1, 12, 4)]),  # the median of 2 and 4 in 100
        ([(1, 40, 4), (2, 400, 4)], []),  # ten times, of four cases
        ([(1, 40, 5), (2, 400, 0)], [(1, 5, None)]),  # the others have none
        ([(1, 9, 9), (2, 400, 4)], []),  # too few sales to say anything
        ([(1, 100, 30), (2, 100, 30), (3, 100, 1)], []),  # two alike are the usual way
    ],
)
def test_a_figure_stands_out_from_the_median_of_the_others(clerks, found):
    said = outliers(clerk(*each) for each in clerks)
    assert said == [StandsOut(who, Figure.UNDOS, count, times) for who, count, times in found]


def sale(clerk_id, person_id, recognised="code", *, pin=False):
    return {
        "id": 1,
        "number": 1,
        "person_id": person_id,
        "clerk_id": clerk_id,
        "at": 5,
        "points": 8,
        "recognised": recognised,
        "with_pin": pin,
    }


def later(clerk_id, kind, undone_at=None):
    return {**sale(clerk_id, 7), "kind": kind, "undone_at": undone_at}


def test_receipts_are_sorted_by_who_served_and_by_who_took_back():
    clerks, behind = counted(
        [
            *(sale(1, 7), sale(1, 7, "card"), sale(1, 8, "name"), sale(1, 9, "number", pin=True)),
            sale(2, 8),
        ],
        [
            *(later(2, "REVERSAL", 5), later(2, "GOODS_RETURNED"), later(2, "GOODS_EXCHANGED")),
            *(later(3, "SALE_MOVED"), later(2, "GOODS_RETURNED", 5)),
        ],
    )
    assert [(each.clerk_id, each.sales) for each in clerks] == [(1, 4), (2, 1), (3, 0)]
    assert clerks[0].counts == {
        Figure.BY_NAME: 2,
        Figure.WITHOUT_PIN: 2,
        Figure.SAME_MEMBER: 2,
    }
    assert clerks[1].counts == {
        Figure.UNDOS: 2,
        Figure.REFUNDS: 1,
        Figure.SWAPS: 1,
        Figure.SAME_MEMBER: 1,
    }
    assert [each.person_id for each in behind[1][Figure.SAME_MEMBER]] == [7, 7]
    assert per_hundred(clerks[0].share(Figure.BY_NAME)) == 50
