"""What may be asked of a list: filters, tabs, words, columns; and what is said of what may not."""

from typing import Any

import pytest
from django.http import QueryDict

from tests.condition_world import World
from tests.lists.asking import ask, entity_of, ids_of
from zhike.core.actors import Actor, FieldMode, Via
from zhike.core.lists import (
    ListError,
    ListQuery,
    matching_ids,
    read,
    tabs_of,
)
from zhike.core.scoping.team import TeamMember
from zhike.core.search import index
from zhike.customers.models import Contact, Customer
from zhike.identity.factories import UserFactory, give_role
from zhike.identity.models import Role

pytestmark = pytest.mark.django_db


def test_related_records_show_their_label_and_a_link_only_within_reach(world: World) -> None:
    ana = world.cast.actor("ana")
    customers = dict(Customer.objects.values_list("pk", "name"))
    reached = set(Customer.objects.all().visible_to(ana).values_list("pk", flat=True))
    cells = [row.cells[0] for row in ask("opportunities", ana, "columns=customer&size=200").rows]
    related = [cell.related for cell in cells if cell.related is not None]
    assert {each.reachable for each in related} == {True, False}
    for each in related:
        assert (each.label, each.reachable, each.slug) == (customers[each.id], each.id in reached, "customers")
    assert all(cell.related is None for cell in cells if cell.value is None)


def test_a_title_that_is_a_relation_shows_its_label(admin: Actor) -> None:
    page = ask("opportunity-lines", admin)
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
    page = ask("customers", actor)
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
            ask("customers", actor, address)


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
        by_address = ListQuery.parse(entity_of("opportunities"), actor, QueryDict(address))
        by_condition = ListQuery.make(entity_of("opportunities"), actor, condition=raw)
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
        ask("opportunities", admin, address)
    assert str(caught.value)
    assert caught.value.parameter == parameter


def test_a_page_survives_bad_parameters_but_never_shows_more_than_was_asked(admin: Actor) -> None:
    def lenient(address: str) -> ListQuery:
        return ListQuery.parse(
            entity_of("opportunities"), admin, QueryDict(address), page_own=frozenset({"open"}), strict=False
        )

    bad_filter = lenient("status=half&open=5")
    assert [each.parameter for each in bad_filter.mistakes] == ["status"]
    assert read(bad_filter).rows == ()
    bad_sort = lenient("sort=nope&page=x&size=0&columns=nope")
    assert {each.parameter for each in bad_sort.mistakes} == {"sort", "page", "size", "columns"}
    assert ids_of(read(bad_sort)) == ids_of(ask("opportunities", admin))


def test_links_keep_what_was_asked(admin: Actor) -> None:
    query = ListQuery.parse(entity_of("opportunities"), admin, QueryDict("status=won&status=lost&q=a&page=3&sort=name"))
    assert query.link(page=2) == "?status=won&status=lost&q=a&sort=name&page=2"
    assert query.link(sort="-name") == "?status=won&status=lost&q=a&sort=-name"
    assert query.sort_link("name") == query.link(sort="-name")
    assert query.sort_link("amount") == query.link(sort="amount")
    assert query.without(query.filters[0]) == "?q=a&sort=name"


def test_tabs_narrow_to_mine_my_subordinates_and_where_i_work_along(world: World) -> None:
    dan, ben = world.cast.actor("dan"), world.cast.actor("ben")
    assert [tab.name for tab in tabs_of(entity_of("customers"), dan)] == ["all", "mine", "subordinates", "shared"]
    assert [tab.name for tab in tabs_of(entity_of("customers"), ben)] == ["all", "mine", "shared"]
    assert tabs_of(entity_of("stages"), dan) == ()

    def found(actor: Actor, slug: str, tab: str) -> set[int]:
        return set(matching_ids(ListQuery.make(entity_of(slug), actor, tab=tab)))

    live = Customer.objects.filter(deleted_at=None)
    team = set(TeamMember.objects.filter(entity="customers", user=world.cast.ben).values_list("record_id", flat=True))
    assert found(dan, "customers", "mine") == set(live.filter(owner=world.cast.dan).values_list("pk", flat=True))
    anas = Customer.objects.all().visible_to(dan).filter(owner=world.cast.ana)
    assert found(dan, "customers", "subordinates") == set(anas.values_list("pk", flat=True))
    assert found(ben, "customers", "shared") == set(live.filter(pk__in=team).values_list("pk", flat=True))
    contacts = Contact.objects.filter(deleted_at=None, customer__in=team)
    assert found(ben, "contacts", "shared") == set(contacts.values_list("pk", flat=True))


def test_search_words_narrow_the_list(admin: Actor) -> None:
    index.rebuild("customers")
    page = ask("customers", admin, "q=浦发")
    assert {row.title for row in page.rows} == {"浦发银行", "上海浦发"}
