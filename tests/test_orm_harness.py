"""What the harness remembers of the models is what Tortoise makes of them."""

import pytest
from tortoise.apps import Apps
from tortoise.context import require_context

from kernel.database import connected
from redemption.models import Redemption
from tests.harness import orm
from tests.harness.databases import DIALECTS, scratch_database


def seen(apps: Apps) -> dict[str, object]:
    """What of each model differs between dialects, in words."""
    told: dict[str, object] = {}
    for model in apps.get_models_iterable():
        meta = model._meta
        # Operators that Tortoise wraps are equal to none but themselves; their words are alike.
        filters = {
            name: (str(how["operator"]), how.get("field")) for name, how in meta.filters.items()
        }
        kinds = [meta.db_native_fields, meta.db_default_fields, meta.db_complex_fields]
        fields = [sorted(str(each) for each in kind) for kind in kinds]
        told[meta.full_name] = (filters, str(meta.basequery_all_fields), fields)
    return told


@pytest.mark.parametrize("kind", DIALECTS)
async def test_what_is_put_back_is_what_would_be_made_anew(kind):
    other = next(each for each in DIALECTS if each != kind)
    with scratch_database(kind) as here, scratch_database(other) as there:
        async with connected(here.url):
            pass
        async with connected(there.url):
            pass
        async with connected(here.url):
            apps = require_context().apps
            assert apps
            put_back = seen(apps)
            rows = await Redemption.filter(number__gt=0, person_id__in=[1, 2]).limit(1)
            orm._build(apps)
            assert (seen(apps), rows) == (put_back, [])
