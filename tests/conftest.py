"""Wires the harness into pytest and sets up Hypothesis."""

import gc
import os

from hypothesis import HealthCheck, settings

from tests.harness.orm import remember_models

pytest_plugins = [
    "tests.harness.tally",
    "tests.harness.fixtures",
    "tests.harness.live",
    "tests.harness.chromium",
]

remember_models()

# The names under which tests ask for pages; whoever tests names themselves sets their own.
os.environ.setdefault("CAIHONG_TRUSTED_HOSTS", '["caihong.test", "caihong.example.cn"]')

settings.register_profile(
    "dev", max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
# The same examples every time: a red build can be run again. `make test-all` looks further.
settings.register_profile("ci", settings.get_profile("dev"), derandomize=True, print_blob=True)
settings.register_profile("thorough", settings.get_profile("dev"), max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


def pytest_collection_finish() -> None:
    """Look for garbage among what the tests make only, not among thousands of collected tests."""
    gc.collect()
    gc.freeze()
