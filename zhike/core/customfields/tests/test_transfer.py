"""What is exported of custom fields comes back by import, kind by kind."""

from pathlib import Path

import pytest

from zhike.core import writes
from zhike.core.customfields.tests.world import LINKS, SAMPLES, SYSTEM, Sample, field
from zhike.core.entities import registry
from zhike.core.lists import ListQuery
from zhike.core.transfer.exports import export_csv
from zhike.core.transfer.plans import run_plan
from zhike.core.transfer.report import Outcome
from zhike.customers.models import Customer
from zhike.identity.factories import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.kind.value)
def test_an_export_is_read_back_as_it_was(people: Cast, sample: Sample, tmp_path: Path) -> None:
    field(sample.kind)
    parent = writes.create(SYSTEM, Customer(name="Parent Ltd"))
    links = {"user": people.ana.pk, "department": people.team.pk, "record": parent.pk}
    value = links[sample.kind.value] if sample.kind in LINKS else sample.value
    row = writes.create(SYSTEM, Customer(name="浦发银行", custom={sample.key: value}))
    columns = ListQuery.make(registry.get("customers"), SYSTEM, columns=f"name,{sample.key}").columns
    pieces = export_csv(SYSTEM, registry.get("customers"), columns, Customer.objects.filter(pk=row.pk))
    (tmp_path / "rows.csv").write_bytes(b"".join(pieces))
    writes.delete(SYSTEM, row)
    (tmp_path / "plan.toml").write_text(
        '[plan]\nname = "back"\nsystem = "old"\n[[step]]\nfile = "rows.csv"\nentity = "customers"\nkey = "{name}"\n'
        f'columns = {{name = "Name", {sample.key} = "My {sample.kind.value}"}}\n'.replace('"Name"', '"name"')
    )
    report = run_plan(tmp_path / "plan.toml", SYSTEM)
    assert report.steps[-1].counts[Outcome.CREATED] == 1, report.steps[-1]
    back = Customer.objects.get(name="浦发银行", deleted_at__isnull=True)
    assert back.custom == row.custom
