"""Every act that takes two persons, of every room."""

from people import pin_acts, point_acts, role_acts
from people.two_persons import Acts, by_name
from redemption import (
    company_changes,
    counts,
    exchange_acts,
    return_acts,
    settlement_acts,
    write_offs,
)

ACTS: Acts = by_name(
    *point_acts.ACTS,
    *role_acts.ACTS,
    *pin_acts.ACTS,
    *return_acts.ACTS,
    *exchange_acts.ACTS,
    *settlement_acts.ACTS,
    *counts.ACTS,
    *company_changes.ACTS,
    *write_offs.ACTS,
)
