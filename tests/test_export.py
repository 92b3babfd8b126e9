"""Exports hold what the reader may see, safe to open, logged, and come back as they were."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.utils import translation

from zhike.core import writes
from zhike.core.actors import Actor, Via
from zhike.core.entities import registry
from zhike.core.events.models import Event
from zhike.core.lists import available
from zhike.core.transfer.exports import export_csv, export_workbook
from zhike.core.transfer.plans import run_plan
from zhike.core.transfer.readers import open_table
from zhike.customers.models import Contact, Customer
from zhike.identity.factories import Cast, cast, give_role
from zhike.identity.models import Role

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system(Via.SHELL)
DANGEROUS = "=cmd|' /C calc'!A0"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def customers(people: Cast) -> list[Customer]:
    made = [
        Customer(
            name=DANGEROUS, level="key", phone="+86 138 0013 8000", annual_revenue=Decimal("1234.50"), employees=7,
            owner=people.ana,
            description="一,二\n“三”", country="US", industry="I",
        ),
        Customer(name="Hers", owner=people.cyd),
        Customer(name="Nobody's", founded_in=1999),
    ]  # fmt: skip
    for each in made:
        writes.create(SYSTEM, each)
    writes.create(SYSTEM, Customer(name="Daughter", parent=made[0], owner=people.ana))
    return made


def exported(actor: Actor, folder: Path, slug: str = "customers") -> tuple[Path, list[dict[str, Any]]]:
    entity = registry.get(slug)
    path = folder / f"{slug}.csv"
    rows = entity.model._default_manager.all().visible_to(actor, "export").order_by("pk")  # type: ignore[attr-defined]
    path.write_bytes(b"".join(export_csv(actor, entity, available(entity, actor), rows)))
    table = open_table(path)
    return path, [dict(zip(table.columns, row.cells, strict=True)) for row in table.rows()]


def test_values_are_written_as_people_read_them(customers: list[Customer], tmp_path: Path) -> None:
    _path, rows = exported(SYSTEM, tmp_path)
    first, daughter = rows[0], rows[3]
    assert (first["name"], first["level"], first["owner"], first["country"]) == (
        DANGEROUS,
        "key account",
        "Ana",
        "United States",
    )
    assert (first["annual revenue"], first["annual revenue: currency"], first["employees"]) == ("1234.50", "CNY", "7")
    assert first["description"] == "一,二\n“三”"
    assert daughter["parent company"] == DANGEROUS
    assert rows[2]["owner"] == ""


def test_no_cell_of_an_export_is_a_formula(customers: list[Customer], tmp_path: Path) -> None:
    path, _rows = exported(SYSTEM, tmp_path)
    assert f",{DANGEROUS}" not in path.read_text(encoding="utf-8-sig")
    entity, target = registry.get("customers"), tmp_path / "customers.xlsx"
    rows = Customer.objects.order_by("pk")
    assert export_workbook(SYSTEM, entity, available(entity, SYSTEM), rows, target) == 4
    page = openpyxl.load_workbook(target).active
    assert page is not None
    assert "f" not in {cell.data_type for row in page.iter_rows() for cell in row}
    assert page.title == "customers"


def test_a_person_exports_within_his_reach_and_it_is_logged(
    people: Cast, customers: list[Customer], tmp_path: Path
) -> None:
    actor = people.actor("dan")
    _path, rows = exported(actor, tmp_path)
    assert {row["name"] for row in rows} == {DANGEROUS, "Nobody's", "Daughter"}
    event = Event.objects.get(verb="export")
    assert (event.actor, event.entity, event.record_id, event.changes["count"]) == (
        people.dan,
        "customers",
        0,
        [None, 3],
    )


def test_a_wider_set_of_rows_does_not_widen_the_export(people: Cast, customers: list[Customer], tmp_path: Path) -> None:
    entity = registry.get("customers")
    everything = Customer.objects.order_by("pk")
    pieces = b"".join(export_csv(people.actor("dan"), entity, available(entity, people.actor("dan")), everything))
    assert b"Hers" not in pieces


def test_who_may_not_export_is_refused_before_the_first_byte(people: Cast, customers: list[Customer]) -> None:
    entity, actor = registry.get("customers"), people.actor("ana")
    with pytest.raises(writes.NotAllowed):
        export_csv(actor, entity, available(entity, actor), Customer.objects.all())
    assert not Event.objects.filter(verb="export").exists()


def test_masked_fields_are_masked_and_hidden_ones_absent(
    people: Cast, customers: list[Customer], tmp_path: Path
) -> None:
    role = Role.objects.create(
        name="careful", grants={"*": {"*": "all"}}, denies={}, settings=[],
        fields={"customers": {"phone": "masked", "owner": "masked", "level": "hidden"}},
    )  # fmt: skip
    people.cyd.user_roles.all().delete()
    give_role(people.cyd, role)
    path, rows = exported(people.actor("cyd"), tmp_path)
    assert "****" in rows[0]["phone"]
    assert "8000" not in rows[0]["phone"].replace("****8000", "")
    assert rows[0]["owner"] == ""
    assert "level" not in rows[0]
    assert "key account" not in path.read_text(encoding="utf-8-sig")


def test_an_export_is_a_stream(customers: list[Customer]) -> None:
    Customer.objects.bulk_create(
        [
            Customer(
                name=f"公司{number}",
                number=f"X{number}",
                created_at=customers[0].created_at,
                updated_at=customers[0].updated_at,
            )
            for number in range(3_000)
        ]
    )
    entity = registry.get("customers")
    pieces = export_csv(SYSTEM, entity, available(entity, SYSTEM), Customer.objects.order_by("pk"))
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]  # a generator; the reader hangs up
    count = Event.objects.get(verb="export").changes["count"][1]
    assert 0 < count < 3_000


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_imported_again_changes_nothing(customers: list[Customer], tmp_path: Path, kind: str) -> None:
    entity = registry.get("customers")
    columns = [column for column in available(entity, SYSTEM) if column.name in entity.fields]
    target = tmp_path / f"customers.{kind}"
    if kind == "csv":
        target.write_bytes(b"".join(export_csv(SYSTEM, entity, columns, Customer.objects.order_by("pk"))))
    else:
        export_workbook(SYSTEM, entity, columns, Customer.objects.order_by("pk"), target)
    names = {column.name: str(column.label) for column in columns} | {
        "annual_revenue_currency": "annual revenue: currency"
    }
    mapping = ", ".join(f'{name} = "{label}"' for name, label in names.items())
    (tmp_path / "plan.toml").write_text(
        '[plan]\nname = "back"\nsystem = "back"\n[[step]]\nentity = "customers"\nkey = "{customer number}"\nmatch = "number"\n'
        f'file = "{target.name}"\ncolumns = {{{mapping}}}\n'
    )
    before = list(Customer.objects.order_by("pk").values())
    (step,) = run_plan(tmp_path / "plan.toml", SYSTEM).steps
    assert (step.counts["unchanged"], step.counts["failed"], step.rows) == (4, 0, [])
    assert list(Customer.objects.order_by("pk").values()) == before


def test_parts_name_the_record_they_belong_to(customers: list[Customer], tmp_path: Path) -> None:
    writes.create(SYSTEM, Contact(name="王建国", customer=customers[2], birthday=date(1980, 2, 3)))
    _path, (row,) = exported(SYSTEM, tmp_path, "contacts")
    assert (row["name"], row["customer"], row["birthday"]) == ("王建国", "Nobody's", "1980-02-03")
