"""Lists: every page in every order, on both databases, is what sorting in Python gives."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.condition_world import World, build
from zhike.core.actors import Actor, FieldMode, Via
from zhike.core.entities import Entity, registry
from zhike.core.lists import (
    ListError,
    ListPage,
    ListQuery,
    Total,
    available,
    counting,
    matching,
    matching_ids,
    ordered,
    read,
    reading,
    tabs_of,
)
from zhike.core.scoping.team import TeamMember
from zhike.core.search import index
from zhike.customers.models import Contact, Customer
from zhike.identity.factories import UserFactory, give_role
from zhike.identity.models import Role
from zhike.sales.models import Opportunity

pytestmark = pytest.mark.django_db
SLUGS = ("opportunities", "customers", "opportunity-lines", "users")


@pytest.fixture
def world(db: None) -> World:
    return build()


@pytest.fixture
def admin(world: World) -> Actor:
    return world.actors[0]


def _entity(slug: str) -> Entity:
    return registry.get(slug)


def _ask(slug: str, actor: Actor, address: str = "") -> ListPage:
    return read(ListQuery.parse(_entity(slug), actor, QueryDict(address)))


def _ids(page: ListPage) -> list[int]:
    return [row.id for row in page.rows]


def _forwards(slug: str, actor: Actor, address: str) -> list[list[int]]:
    page = _ask(slug, actor, address)
    pages = [_ids(page)]
    while page.next_link:
        page = _ask(slug, actor, page.next_link.removeprefix("?"))
        pages.append(_ids(page))
    return pages


def _expected(slug: str, actor: Actor, sort: str) -> list[int]:
    """Blanks last both ways, text by code point, ties by id in the direction of the first key."""
    rows: list[Any] = list(matching(ListQuery.make(_entity(slug), actor)))
    names = sort.split(",")
    rows.sort(key=lambda row: row.pk, reverse=names[0].startswith("-"))
    for name in reversed(names):
        path = _entity(slug).field(name.removeprefix("-")).sort_path

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
    title = _entity(slug).title
    names = [column.name for column in available(_entity(slug), admin) if column.sortable]
    sorts = [*names, *(f"-{name}" for name in names), f"{names[-1]},-{names[0]}", f"-{names[0]},{names[-1]}"]
    for sort in sorts:
        if sort.removeprefix("-") == "name" and not _is_required(slug, "name"):
            continue
        expected = _expected(slug, admin, sort)
        pages = _forwards(slug, admin, f"sort={sort}&size=15&columns={title}")
        assert [pk for page in pages for pk in page] == expected, sort
        assert [
            _ids(_ask(slug, admin, f"sort={sort}&size=15&page={n + 1}&columns={title}")) for n in range(len(pages))
        ] == pages, sort
        assert [row.pk for row in ordered(ListQuery.make(_entity(slug), admin, sort=sort))] == expected, sort
        page = _ask(slug, admin, f"sort={sort}&size=15&page={len(pages)}&columns={title}")
        for wanted in reversed(pages[:-1]):
            page = _ask(slug, admin, page.previous_link.removeprefix("?"))
            assert _ids(page) == wanted, sort


def _is_required(slug: str, name: str) -> bool:
    return not _entity(slug).field(name).model_field.blank


@pytest.mark.parametrize("name", ["admin", "ana", "ben", "cyd", "dan"])
@pytest.mark.parametrize("slug", ["opportunities", "customers", "contacts"])
def test_a_list_shows_exactly_what_its_reader_reaches(slug: str, name: str, world: World) -> None:
    actor = world.cast.actor(name)
    reached = set(_entity(slug).model._default_manager.all().visible_to(actor).values_list("pk", flat=True))  # type: ignore[attr-defined]
    pages = _forwards(slug, actor, "size=7")
    assert sorted(pk for page in pages for pk in page) == sorted(reached)
    assert _ask(slug, actor).total == Total(len(reached), exact=True)
    assert matching_ids(ListQuery.make(_entity(slug), actor)) == sorted(reached)


def test_statements_do_not_grow_with_rows(admin: Actor, world: World) -> None:
    for actor, most in ((admin, 5), (world.cast.actor("ana"), 6)):
        for size in (2, 30):
            _ask("opportunities", actor, f"size={size}")  # warms the options and the organisation
            with CaptureQueriesContext(connection) as captured:
                page = _ask("opportunities", actor, f"size={size}")
            assert page.rows
            assert len(captured) <= most, [each["sql"] for each in captured.captured_queries]


def test_only_shown_columns_are_selected(admin: Actor) -> None:
    with CaptureQueriesContext(connection) as captured:
        page = _ask("customers", admin, "columns=name,level")
    rows = next(each["sql"] for each in captured.captured_queries if '"customers_customer"."name"' in each["sql"])
    assert '"level"' in rows
    for unwanted in ("description", "phone", "address", "credit_code", "custom"):
        assert f'"{unwanted}"' not in rows
    with CaptureQueriesContext(connection) as captured:
        assert all(row.record.level == row.cells[1].value and row.title == row.record.name for row in page.rows)
    assert len(captured) == 0


def test_related_records_show_their_label_and_a_link_only_within_reach(world: World) -> None:
    ana = world.cast.actor("ana")
    customers = dict(Customer.objects.values_list("pk", "name"))
    reached = set(Customer.objects.all().visible_to(ana).values_list("pk", flat=True))
    cells = [row.cells[0] for row in _ask("opportunities", ana, "columns=customer&size=200").rows]
    related = [cell.related for cell in cells if cell.related is not None]
    assert {each.reachable for each in related} == {True, False}
    for each in related:
        assert (each.label, each.reachable, each.slug) == (customers[each.id], each.id in reached, "customers")
    assert all(cell.related is None for cell in cells if cell.value is None)


def test_a_title_that_is_a_relation_shows_its_label(admin: Actor) -> None:
    page = _ask("opportunity-lines", admin)
    assert {row.title for row in page.rows} <= {f"P{number}" for number in range(6)}


def _with_field_rights(world: World, **modes: FieldMode) -> Actor:
    role = Role.objects.create(
        name="Half blind",
        grants={"*": {"view": "all"}},
        fields={"customers": {name: str(mode) for name, mode in modes.items()}},
    )
    blind = UserFactory.create(username="blind")
    give_role(blind, role)
    return Actor.of(blind, Via.PAGE)


def test_hidden_columns_are_gone_and_masked_ones_masked(world: World) -> None:
    Customer.objects.update(phone="13800138000")
    actor = _with_field_rights(world, level=FieldMode.HIDDEN, phone=FieldMode.MASKED, owner=FieldMode.MASKED)
    page = _ask("customers", actor)
    assert "level" not in {column.name for column in page.columns}
    for row in page.rows:
        shown = {cell.column.name: cell for cell in row.cells}
        assert (shown["phone"].value, shown["phone"].masked) == ("138****8000", True)
        assert (shown["owner"].value, shown["owner"].related) == ("", None)
    for address in (
        "columns=level",
        "sort=level",
        "sort=phone",
        "sort=owner",
        "level=key",
        "owner=$me",
        "level.is_empty=1",
    ):
        with pytest.raises(ListError):
            _ask("customers", actor, address)


@pytest.mark.parametrize(
    ("address", "raw"),
    [
        ("status=won", {"field": "status", "op": "eq", "value": "won"}),
        ("status=won&status=lost", {"field": "status", "op": "in", "value": ["won", "lost"]}),
        ("status.in=won,lost", {"field": "status", "op": "in", "value": ["won", "lost"]}),
        ("status.not_in=won", {"field": "status", "op": "not_in", "value": ["won"]}),
        ("amount.gte=1000", {"field": "amount", "op": "gte", "value": 1000}),
        ("amount.between=1,1000", {"field": "amount", "op": "between", "value": [1, 1000]}),
        ("amount.is_empty=1", {"field": "amount", "op": "is_empty"}),
        ("amount.is_empty=0", {"field": "amount", "op": "not_empty"}),
        ("name.contains=浦发", {"field": "name", "op": "contains", "value": "浦发"}),
        ("name.in=ACME&name.in=a_b", {"field": "name", "op": "in", "value": ["ACME", "a_b"]}),
        ("closes_on.within=P7D", {"field": "closes_on", "op": "within", "value": {"ago": "P7D"}}),
        ("closes_on.within=in:P7D", {"field": "closes_on", "op": "within", "value": {"in": "P7D"}}),
        ("closes_on.gte=ago:P5D:workday", {"field": "closes_on", "op": "gte", "value": {"ago": "P5D", "unit": "workday"}}),
        ("owner=$me", {"field": "owner", "op": "eq", "value": "$me"}),
        ("customer.region.under=440000", {"field": "customer.region", "op": "under", "value": "440000"}),
        ("customer.region=440000&status=", {"field": "customer.region", "op": "eq", "value": "440000"}),
        (
            "status=won&amount.gt=1",
            {"all": [{"field": "status", "op": "eq", "value": "won"}, {"field": "amount", "op": "gt", "value": 1}]},
        ),
    ],
)  # fmt: skip
def test_plain_filters_mean_the_same_as_conditions(address: str, raw: dict[str, Any], world: World) -> None:
    for actor in (world.cast.actor("admin"), world.cast.actor("dan")):
        by_address = ListQuery.parse(_entity("opportunities"), actor, QueryDict(address))
        by_condition = ListQuery.make(_entity("opportunities"), actor, condition=raw)
        assert matching_ids(by_address) == matching_ids(by_condition)


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("nope=1", "nope"),
        ("owner__password=1", "owner__password"),
        ("owner.password=1", "owner.password"),
        ("amount.regex=1", "amount.regex"),
        ("amount.gte=much", "amount.gte"),
        ("amount.gte=1&amount.gte=2", "amount.gte"),
        ("status=half", "status"),
        ("name.gt=a", "name.gt"),
        ("closes_on.within=7", "closes_on.within"),
        ("name=%00", "name"),
        ("condition={", "condition"),
        ('condition={"field":"x"}', "condition"),
        ("condition=[]", "condition"),
        ("sort=nope", "sort"),
        ("sort=description", "sort"),
        ("sort=--name", "sort"),
        ("sort=name,amount,stage,owner", "sort"),
        ("sort=customer__name", "sort"),
        ("columns=nope", "columns"),
        ("columns=password", "columns"),
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=x", "page"),
        ("page=1000000000", "page"),
        ("page=٣", "page"),
        ("size=0", "size"),
        ("size=201", "size"),
        ("size=1000000000", "size"),
        ("tab=theirs", "tab"),
        ("after=rubbish", "after"),
        ("before=" + "x" * 5000, "before"),
        ("q=%00", "q"),
        ("q=" + "x" * 500, "q"),
        ("&".join(f"nope{number}=1" for number in range(70)), ""),
    ],
)
def test_a_bad_parameter_gets_a_sentence(address: str, parameter: str, admin: Actor) -> None:
    with pytest.raises(ListError) as caught:
        _ask("opportunities", admin, address)
    assert str(caught.value)
    assert caught.value.parameter == parameter


def test_a_page_survives_bad_parameters_but_never_shows_more_than_was_asked(admin: Actor) -> None:
    def lenient(address: str) -> ListQuery:
        return ListQuery.parse(
            _entity("opportunities"), admin, QueryDict(address), page_own=frozenset({"open"}), strict=False
        )

    bad_filter = lenient("status=half&open=5")
    assert [each.parameter for each in bad_filter.mistakes] == ["status"]
    assert read(bad_filter).rows == ()
    bad_sort = lenient("sort=nope&page=x&size=0&columns=nope")
    assert {each.parameter for each in bad_sort.mistakes} == {"sort", "page", "size", "columns"}
    assert _ids(read(bad_sort)) == _ids(_ask("opportunities", admin))


def test_a_cursor_is_good_for_its_own_list_and_order_only(admin: Actor) -> None:
    cursor = _ask("opportunities", admin, "sort=name&size=5").next_cursor
    assert read(ListQuery.make(_entity("opportunities"), admin, sort="name", size=5, after=cursor)).rows
    tampered = ("A" if cursor[0] != "A" else "B") + cursor[1:]
    for slug, sort, used in (
        ("opportunities", "-name", cursor),
        ("customers", "name", cursor),
        ("opportunities", "name", tampered),
    ):
        with pytest.raises(ListError):
            read(ListQuery.make(_entity(slug), admin, sort=sort, size=5, after=used))


def test_rows_that_come_and_go_move_no_cursor(admin: Actor) -> None:
    first = _ask("opportunities", admin, "sort=name&size=5")
    expected = _ids(_ask("opportunities", admin, "sort=name&size=5&page=2"))
    gone = Opportunity.objects.get(pk=_ids(first)[-1])
    gone.deleted_at = gone.updated_at
    gone.save()
    assert _ids(_ask("opportunities", admin, first.next_link.removeprefix("?"))) == expected


def test_a_page_behind_the_end_is_the_last_page(admin: Actor) -> None:
    pages = _forwards("opportunities", admin, "size=7")
    behind = _ask("opportunities", admin, "size=7&page=900")
    assert (behind.page, _ids(behind)) == (len(pages), pages[-1])
    uncounted = read(ListQuery.parse(_entity("opportunities"), admin, QueryDict("size=7&page=900")), count=False)
    assert _ids(uncounted) == pages[-1]


def test_links_keep_what_was_asked(admin: Actor) -> None:
    query = ListQuery.parse(_entity("opportunities"), admin, QueryDict("status=won&status=lost&q=a&page=3&sort=name"))
    assert query.link(page=2) == "?status=won&status=lost&q=a&sort=name&page=2"
    assert query.link(sort="-name") == "?status=won&status=lost&q=a&sort=-name"
    assert query.sort_link("name") == query.link(sort="-name")
    assert query.sort_link("amount") == query.link(sort="amount")
    assert query.without(query.filters[0]) == "?q=a&sort=name"


def test_page_numbers_show_both_ends_and_the_neighbourhood(admin: Actor) -> None:
    page = _ask("opportunities", admin, "size=2&page=9")
    last = page.page_count
    assert [each.number for each in page.numbers] == [1, None, 7, 8, 9, 10, 11, None, last]
    assert [each.number for each in page.numbers if each.current] == [9]
    for each in page.numbers:
        if each.number:
            shown = _ask("opportunities", admin, each.link.removeprefix("?"))
            assert (shown.page, shown.first) == (each.number, each.number * 2 - 1)


def test_tabs_narrow_to_mine_my_subordinates_and_where_i_work_along(world: World) -> None:
    dan, ben = world.cast.actor("dan"), world.cast.actor("ben")
    assert [tab.name for tab in tabs_of(_entity("customers"), dan)] == ["all", "mine", "subordinates", "shared"]
    assert [tab.name for tab in tabs_of(_entity("customers"), ben)] == ["all", "mine", "shared"]
    assert tabs_of(_entity("stages"), dan) == ()

    def found(actor: Actor, slug: str, tab: str) -> set[int]:
        return set(matching_ids(ListQuery.make(_entity(slug), actor, tab=tab)))

    live = Customer.objects.filter(deleted_at=None)
    team = set(TeamMember.objects.filter(entity="customers", user=world.cast.ben).values_list("record_id", flat=True))
    assert found(dan, "customers", "mine") == set(live.filter(owner=world.cast.dan).values_list("pk", flat=True))
    anas = Customer.objects.all().visible_to(dan).filter(owner=world.cast.ana)
    assert found(dan, "customers", "subordinates") == set(anas.values_list("pk", flat=True))
    assert found(ben, "customers", "shared") == set(live.filter(pk__in=team).values_list("pk", flat=True))
    contacts = Contact.objects.filter(deleted_at=None, customer__in=team)
    assert found(ben, "contacts", "shared") == set(contacts.values_list("pk", flat=True))


def test_totals_are_the_exact_sums_in_company_currency(admin: Actor) -> None:
    page = _ask("opportunities", admin, "totals=1&columns=name,amount,probability&size=2")
    amounts = Opportunity.objects.filter(deleted_at=None, amount_base__isnull=False).values_list(
        "amount_base", flat=True
    )
    assert page.totals == {"amount": sum(amounts, Decimal(0))}
    Opportunity.objects.update(amount_base=Decimal("1234567890.10"))
    count = Opportunity.objects.filter(deleted_at=None).count()
    assert _ask("opportunities", admin, "totals=1&columns=amount").totals == {
        "amount": Decimal("1234567890.10") * count
    }
    assert _ask("opportunities", admin, "columns=amount").totals == {}


def test_beyond_the_exact_count_the_total_is_an_estimate(admin: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    now = timezone.now()
    Customer.objects.bulk_create([Customer(name=f"C{n}", created_at=now, updated_at=now) for n in range(3000)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    monkeypatch.setattr(counting, "EXACT_TO", 100)
    total = _ask("customers", admin).total
    assert total is not None
    assert not total.exact
    assert 2500 <= total.value <= 3500
    assert str(Total(1_000_000, exact=False)).endswith("1,000,000")
    assert str(Total(8800, exact=True)) == "8,800"


def test_search_words_narrow_the_list(admin: Actor) -> None:
    index.rebuild("customers")
    page = _ask("customers", admin, "q=浦发")
    assert {row.title for row in page.rows} == {"浦发银行", "上海浦发"}


def test_the_hint_to_walk_the_order_changes_no_row(world: World) -> None:
    for name in ("ana", "ben", "dan"):
        query = ListQuery.make(_entity("opportunities"), world.cast.actor(name))
        assert set(matching(query, in_order=True)) == set(matching(query))


@pytest.mark.sqlite
@pytest.mark.parametrize(("order", "walked"), [("-updated_at", True), ("name", True), ("level", False)])
def test_sqlite_walks_an_index_that_has_the_order_and_else_reads_the_table_from_end_to_end(
    order: str, walked: bool, admin: Actor
) -> None:
    with CaptureQueriesContext(connection) as asked:
        _ask("customers", admin, f"sort={order}")
    statement = next(each["sql"] for each in asked if "sort_0" in each["sql"])
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
        plan = "\n".join(row[-1] for row in cursor.fetchall())
    assert ("customers_customer USING INDEX" in plan) is walked, plan
