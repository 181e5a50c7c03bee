"""Minutes to points: quarter hours, rounded down, once."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkin import awards
from kernel.clock import MINUTE

MINUTES = st.integers(min_value=0, max_value=1440)
RATES = st.integers(min_value=0, max_value=1000)
PERCENTS = st.integers(min_value=0, max_value=1000)


@pytest.mark.parametrize(
    ("minutes", "rate", "percent", "counted", "points", "reason"),
    [
        (120, 10, 100, 120, 20, None),
        (119, 10, 100, 105, 17, None),
        (90, 10, 150, 90, 22, None),
        (15, 10, 120, 15, 3, None),
        (14, 10, 100, 0, 0, awards.SHORT_OF_A_QUARTER),
        (0, 10, 100, 0, 0, awards.SHORT_OF_A_QUARTER),
        (15, 3, 100, 15, 0, awards.RULE_GIVES_NONE),
        (60, 10, 0, 60, 0, awards.RULE_GIVES_NONE),
    ],
)
def test_points_are_as_the_rule_says(minutes, rate, percent, counted, points, reason):
    award = awards.award(minutes, rate, percent)
    assert (award.minutes_worked, award.minutes_counted, award.points) == (minutes, counted, points)
    assert award.reason_code == reason


@given(MINUTES, RATES, PERCENTS)
def test_points_are_the_exact_worth_rounded_down_once(minutes, rate, percent):
    award = awards.award(minutes, rate, percent)
    exact = Fraction(award.minutes_counted, 60) * rate * Fraction(percent, 100)
    assert 0 <= exact - award.points < 1
    assert award.minutes_counted % 15 == 0
    assert 0 <= minutes - award.minutes_counted < 15


@given(MINUTES, MINUTES, RATES, PERCENTS)
def test_more_minutes_never_bring_fewer_points(one, more, rate, percent):
    assert awards.award(one, rate, percent).points <= awards.award(one + more, rate, percent).points


@given(MINUTES, st.integers(min_value=0, max_value=MINUTE - 1))
def test_a_started_minute_is_no_minute(minutes, rest):
    assert awards.minutes_between(1000, 1000 + minutes * MINUTE + rest) == minutes


@given(st.integers(min_value=1, max_value=500), MINUTES, RATES, PERCENTS)
def test_a_budget_covers_everybody_for_the_whole_shift(people, minutes, rate, percent):
    whole = awards.award(minutes, rate, percent).points
    budget = awards.budget(people, minutes, rate, percent)
    assert people * whole <= budget <= people * whole * 1.1 + 1


def test_points_expire_at_the_end_of_a_local_month():
    new_year_in_xuzhou = 1_798_732_800_000_000  # 2027-01-01 00:00 there, still December in UTC
    assert awards.expiry(new_year_in_xuzhou, "Asia/Shanghai", 24) == 20290131
    assert awards.expiry(new_year_in_xuzhou, "UTC", 24) == 20281231
    assert awards.expiry(new_year_in_xuzhou, "Asia/Shanghai", 1) == 20270228
