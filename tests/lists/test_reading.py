"""Lists: every page in every order, on both databases, is what sorting in Python gives."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.condition_world import World
from tests.lists.asking import ask, entity_of, ids_of
from zhike.core.actors import Actor
from zhike.core.lists import (
    ListError,
    ListQuery,
    Total,
    available,
    counting,
    matching,
    matching_ids,
    ordered,
    read,
    reading,
)
from zhike.customers.models import Customer
from zhike.sales.models import Opportunity

pytestmark = pytest.mark.django_db
SLUGS = ("opportunities", "customers", "opportunity-lines", "users")


def _forwards(slug: str, actor: Actor, address: str) -> list[list[int]]:
    page = ask(slug, actor, address)
    pages = [ids_of(page)]
    while page.next_link:
        page = ask(slug, actor, page.next_link.removeprefix("?"))
        pages.append(ids_of(page))
    return pages


def _expected(slug: str, actor: Actor, sort: str) -> list[int]:
    """Blanks last both ways, text by code point, ties by id in the direction of the first key."""
    rows: list[Any] = list(matching(ListQuery.make(entity_of(slug), actor)))
    names = sort.split(",")
    rows.sort(key=lambda row: row.pk, reverse=names[0].startswith("-"))
    for name in reversed(names):
        path = entity_of(slug).field(name.removeprefix("-")).sort_path

        def value(row: Any, path: str = path) -> Any:
            for step in path.split("__"):
                row = None if row is None else getattr(row, step)
            return row.encode() if isinstance(row, str) else row

        filled = [row for row in rows if value(row) not in (None, b"")]
        filled.sort(key=value, reverse=name.startswith("-"))
        rows = filled + [row for row in rows if value(row) in (None, b"")]
    return [row.pk for row in rows]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_page_of_every_order_is_found_by_cursor_by_number_and_backwards(
    slug: str, admin: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_DEEP", 20)
    title = entity_of(slug).title
    names = [column.name for column in available(entity_of(slug), admin) if column.sortable]
    sorts = [*names, *(f"-{name}" for name in names), f"{names[-1]},-{names[0]}", f"-{names[0]},{names[-1]}"]
    for sort in sorts:
        if sort.removeprefix("-") == "name" and not _is_required(slug, "name"):
            continue
        expected = _expected(slug, admin, sort)
        pages = _forwards(slug, admin, f"sort={sort}&size=15&columns={title}")
        assert [pk for page in pages for pk in page] == expected, sort
        assert [
            ids_of(ask(slug, admin, f"sort={sort}&size=15&page={n + 1}&columns={title}")) for n in range(len(pages))
        ] == pages, sort
        assert [row.pk for row in ordered(ListQuery.make(entity_of(slug), admin, sort=sort))] == expected, sort
        page = ask(slug, admin, f"sort={sort}&size=15&page={len(pages)}&columns={title}")
        for wanted in reversed(pages[:-1]):
            page = ask(slug, admin, page.previous_link.removeprefix("?"))
            assert ids_of(page) == wanted, sort


def _is_required(slug: str, name: str) -> bool:
    return not entity_of(slug).field(name).model_field.blank


@pytest.mark.parametrize("name", ["admin", "ana", "ben", "cyd", "dan"])
@pytest.mark.parametrize("slug", ["opportunities", "customers", "contacts"])
def test_a_list_shows_exactly_what_its_reader_reaches(slug: str, name: str, world: World) -> None:
    actor = world.cast.actor(name)
    reached = set(entity_of(slug).model._default_manager.all().visible_to(actor).values_list("pk", flat=True))  # type: ignore[attr-defined]
    pages = _forwards(slug, actor, "size=7")
    assert sorted(pk for page in pages for pk in page) == sorted(reached)
    assert ask(slug, actor).total == Total(len(reached), exact=True)
    assert matching_ids(ListQuery.make(entity_of(slug), actor)) == sorted(reached)


def test_statements_do_not_grow_with_rows(admin: Actor, world: World) -> None:
    for actor, most in ((admin, 5), (world.cast.actor("ana"), 6)):
        for size in (2, 30):
            ask("opportunities", actor, f"size={size}")  # warms the options and the organisation
            with CaptureQueriesContext(connection) as captured:
                page = ask("opportunities", actor, f"size={size}")
            assert page.rows
            assert len(captured) <= most, [each["sql"] for each in captured.captured_queries]


def test_only_shown_columns_are_selected(admin: Actor) -> None:
    with CaptureQueriesContext(connection) as captured:
        page = ask("customers", admin, "columns=name,level")
    rows = next(each["sql"] for each in captured.captured_queries if '"customers_customer"."name"' in each["sql"])
    assert '"level"' in rows
    for unwanted in ("description", "phone", "address", "credit_code", "custom"):
        assert f'"{unwanted}"' not in rows
    with CaptureQueriesContext(connection) as captured:
        assert all(row.record.level == row.cells[1].value and row.title == row.record.name for row in page.rows)
    assert len(captured) == 0


def test_a_cursor_is_good_for_its_own_list_and_order_only(admin: Actor) -> None:
    cursor = ask("opportunities", admin, "sort=name&size=5").next_cursor
    assert read(ListQuery.make(entity_of("opportunities"), admin, sort="name", size=5, after=cursor)).rows
    tampered = ("A" if cursor[0] != "A" else "B") + cursor[1:]
    for slug, sort, used in (
        ("opportunities", "-name", cursor),
        ("customers", "name", cursor),
        ("opportunities", "name", tampered),
    ):
        with pytest.raises(ListError):
            read(ListQuery.make(entity_of(slug), admin, sort=sort, size=5, after=used))


def test_rows_that_come_and_go_move_no_cursor(admin: Actor) -> None:
    first = ask("opportunities", admin, "sort=name&size=5")
    expected = ids_of(ask("opportunities", admin, "sort=name&size=5&page=2"))
    gone = Opportunity.objects.get(pk=ids_of(first)[-1])
    gone.deleted_at = gone.updated_at
    gone.save()
    assert ids_of(ask("opportunities", admin, first.next_link.removeprefix("?"))) == expected


def test_a_page_behind_the_end_is_the_last_page(admin: Actor) -> None:
    pages = _forwards("opportunities", admin, "size=7")
    behind = ask("opportunities", admin, "size=7&page=900")
    assert (behind.page, ids_of(behind)) == (len(pages), pages[-1])
    uncounted = read(ListQuery.parse(entity_of("opportunities"), admin, QueryDict("size=7&page=900")), count=False)
    assert ids_of(uncounted) == pages[-1]


def test_page_numbers_show_both_ends_and_the_neighbourhood(admin: Actor) -> None:
    page = ask("opportunities", admin, "size=2&page=9")
    last = page.page_count
    assert [each.number for each in page.numbers] == [1, None, 7, 8, 9, 10, 11, None, last]
    assert [each.number for each in page.numbers if each.current] == [9]
    for each in page.numbers:
        if each.number:
            shown = ask("opportunities", admin, each.link.removeprefix("?"))
            assert (shown.page, shown.first) == (each.number, each.number * 2 - 1)


def test_totals_are_the_exact_sums_in_company_currency(admin: Actor) -> None:
    page = ask("opportunities", admin, "totals=1&columns=name,amount,probability&size=2")
    amounts = Opportunity.objects.filter(deleted_at=None, amount_base__isnull=False).values_list(
        "amount_base", flat=True
    )
    assert page.totals == {"amount": sum(amounts, Decimal(0))}
    Opportunity.objects.update(amount_base=Decimal("1234567890.10"))
    count = Opportunity.objects.filter(deleted_at=None).count()
    assert ask("opportunities", admin, "totals=1&columns=amount").totals == {"amount": Decimal("1234567890.10") * count}
    assert ask("opportunities", admin, "columns=amount").totals == {}


def test_beyond_the_exact_count_the_total_is_an_estimate(admin: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    Customer.objects.bulk_create([Customer(name=f"C{n}", created_at=now, updated_at=now) for n in range(3000)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    monkeypatch.setattr(counting, "EXACT_TO", 100)
    total = ask("customers", admin).total
    assert total is not None
    assert not total.exact
    assert 2500 <= total.value <= 3500
    assert str(Total(1_000_000, exact=False)).endswith("1,000,000")
    assert str(Total(8800, exact=True)) == "8,800"


def test_the_hint_to_walk_the_order_changes_no_row(world: World) -> None:
    for name in ("ana", "ben", "dan"):
        query = ListQuery.make(entity_of("opportunities"), world.cast.actor(name))
        assert set(matching(query, in_order=True)) == set(matching(query))


@pytest.mark.sqlite
@pytest.mark.parametrize(("order", "walked"), [("-updated_at", True), ("name", True), ("level", False)])
def test_sqlite_walks_an_index_that_has_the_order_and_else_reads_the_table_from_end_to_end(
    order: str, walked: bool, admin: Actor
) -> None:
    with CaptureQueriesContext(connection) as asked:
        ask("customers", admin, f"sort={order}")
    statement = next(each["sql"] for each in asked if "sort_0" in each["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
        plan = "\n".join(row[-1] for row in cursor.fetchall())
    assert ("customers_customer USING INDEX" in plan) is walked, plan
