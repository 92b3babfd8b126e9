"""The scope stays one flat OR of indexed columns, also at a million customers and three million contacts."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from zhike.core import overlay
from zhike.core.actors import Actor
from zhike.customers.models import Contact, Customer
from zhike.identity.factories import Cast, cast

pytestmark = [pytest.mark.postgres, pytest.mark.django_db, pytest.mark.serial("plan shape")]

PARENTS, PARTS, OWNERS = 1_000_000, 3_000_000, 2_000
# What the scope and the list's order stand on; the other indexes only make the filling slow.
KEPT = ("_pkey", "_newest", "_of_owner", "_of_department", "_customer_id_")


def fill(table: str, count: int, values: dict[str, str]) -> None:
    """Insert `count` rows; `values` are SQL expressions of n, every other column gets a plain value of its type."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type, is_nullable FROM information_schema.columns WHERE table_name = %s", [table]
        )
        columns = {name: _plain(kind) for name, kind, nullable in cursor.fetchall() if nullable == "NO"} | values
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = %s AND schemaname = current_schema()", [table]
        )
        for (index,) in cursor.fetchall():
            if not any(kept in index for kept in KEPT):
                cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT IF EXISTS "{index}"')
                cursor.execute(f'DROP INDEX IF EXISTS "{index}"')
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        names = ", ".join(f'"{name}"' for name in columns)
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {', '.join(columns.values())} FROM generate_series(1, {count}) AS n"  # noqa: S608  (names of the test itself)
        )
        cursor.execute(f"ANALYZE {table}")


def _plain(kind: str) -> str:
    if "char" in kind or kind == "text":
        return "''"
    if "timestamp" in kind:
        return "now() - n * interval '1 minute'"
    return {"jsonb": "'{}'::jsonb", "boolean": "false", "bigint": "n", "integer": "1", "smallint": "1"}.get(
        kind, "NULL"
    )


@pytest.fixture(scope="module")
def large(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    """The rows, in one transaction that is rolled back at the end. Owners are spread over 2,000 people who need not exist."""
    with django_db_blocker.unblock():
        connection.ensure_connection()
        connection.set_autocommit(False)
        try:
            overlay.forget()
            people = cast()
            first = people.ana.pk
            owner = f"CASE WHEN n % {OWNERS} = 0 THEN {first} ELSE 1000000 + n % {OWNERS} END"
            department = f"CASE WHEN n % {OWNERS} = 0 THEN {people.team.pk} ELSE 1000000 + n % 40 END"
            fill("customers_customer", PARENTS, {"id": "n", "owner_id": owner, "department_id": department})
            owner = owner.replace("n %", f"(n % {PARENTS}) %")
            department = department.replace("n %", f"(n % {PARENTS}) %")
            fill(
                "customers_contact",
                PARTS,
                {
                    "id": "n",
                    "customer_id": f"1 + n % {PARENTS}",
                    "reach_owner_id": owner,
                    "reach_department_id": department,
                },
            )
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE core_teammember")
            yield people
        finally:
            connection.rollback()
            connection.set_autocommit(True)
            overlay.forget()


@pytest.fixture
def people(large: Cast, django_db_blocker: Any) -> Iterator[Cast]:
    with django_db_blocker.unblock():
        yield large


def nodes(rows: "QuerySet[Any]") -> list[dict[str, Any]]:
    """Every node of the plan that PostgreSQL chose."""
    plan = json.loads(rows.explain(format="json"))[0]["Plan"]
    found: list[dict[str, Any]] = []
    waiting = [plan]
    while waiting:
        node = waiting.pop()
        found.append(node)
        waiting += node.get("Plans", [])
    return found


@pytest.mark.parametrize("person", ["ana", "dan"])
@pytest.mark.parametrize("model", [Customer, Contact])
def test_a_scoped_list_reads_by_index_and_evaluates_the_team_once(people: Cast, person: str, model: Any) -> None:
    actor: Actor = people.actor(person)
    rows = model.objects.visible_to(actor).order_by("-updated_at", "-id")[:50]
    plan = nodes(rows)
    tables = {"customers_customer", "customers_contact"}
    whole = [node for node in plan if node["Node Type"] == "Seq Scan" and node.get("Relation Name") in tables]
    assert not whole, whole
    assert not [node for node in plan if node.get("Parent Relationship") == "SubPlan"]
    assert len(list(rows)) == 50
