"""The search index over real records: kept by every write, scoped inside the SQL, ordered alike on both databases."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from zhike.core import modules, writes
from zhike.core.actors import Actor
from zhike.core.entities import registry
from zhike.core.scoping.team import grant
from zhike.core.search import index, query, store
from zhike.core.search.models import SearchEntry
from zhike.core.search.ranking import MatchClass
from zhike.core.search.tokens import TOKENIZER
from zhike.customers.models import Contact, Customer
from zhike.identity.factories import Cast, RoleFactory, cast, give_role
from zhike.identity.models import Role
from zhike.sales.models import Pipeline

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()
CUSTOMERS = registry.get("customers")


@pytest.fixture
def people() -> Cast:
    return cast()


def customer(name: str, owner: Any = None, **values: Any) -> Customer:
    row = Customer(name=name, owner=owner, **values)
    return writes.create(SYSTEM, row)


def names(actor: Actor, text: str, **options: Any) -> list[str]:
    return [hit.label for hit in query.search(actor, text, **options)]


def in_list(actor: Actor, text: str) -> set[str]:
    rows = Customer.objects.visible_to(actor).filter(query.matching(actor, CUSTOMERS, text))
    return set(rows.values_list("name", flat=True))


@pytest.mark.parametrize(
    "text", ["pfyh", "浦发", "浦發", "pufa", "PuFaYinHang", "浦东发展", "上海 银行", "0013 8000", "138", "info@spdb"]
)
def test_a_customer_is_found_by_the_box_and_in_its_list(text: str) -> None:
    customer("上海浦东发展银行股份有限公司", short_name="浦发银行", phone="13800138000", email="info@spdb.example")
    customer("招商银行股份有限公司", short_name="招商银行", phone="13911112222")
    assert names(SYSTEM, text) == ["上海浦东发展银行股份有限公司"]
    assert in_list(SYSTEM, text) == {"上海浦东发展银行股份有限公司"}


def test_the_best_match_comes_first_then_the_last_active() -> None:
    for name in ("平方远海", "中国移动浦发营业厅", "浦发银行", "浦发", "浦发租赁"):
        customer(name)
    assert names(SYSTEM, "浦发") == ["浦发", "浦发租赁", "浦发银行", "中国移动浦发营业厅"]
    first = Customer.objects.get(name="浦发银行")
    first.address = "中山东一路"
    writes.save(SYSTEM, first)
    assert names(SYSTEM, "浦发")[:3] == ["浦发", "浦发银行", "浦发租赁"]
    assert query.search(SYSTEM, "pfy")[0].matched is MatchClass.INITIALS


def test_every_write_keeps_the_index() -> None:
    row = customer("远洋物流")
    row.name = "近海物流"
    writes.save(SYSTEM, row)
    assert (names(SYSTEM, "远洋"), names(SYSTEM, "近海")) == ([], ["近海物流"])
    writes.delete(SYSTEM, row)
    assert (names(SYSTEM, "近海"), in_list(SYSTEM, "近海")) == ([], set())
    writes.restore(SYSTEM, Customer.objects.get(pk=row.pk))
    assert names(SYSTEM, "近海") == ["近海物流"]
    _fail_after_creating("不存在的公司")
    assert names(SYSTEM, "不存在") == []


def _fail_after_creating(name: str) -> None:
    with suppress(ZeroDivisionError), transaction.atomic():
        customer(name)
        raise ZeroDivisionError


def test_removing_an_entry_removes_its_tokens() -> None:
    row = customer("远洋物流")
    index.remove(CUSTOMERS, [row.pk])
    assert in_list(SYSTEM, "远洋") == set()
    SearchEntry.objects.all().delete()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM core_searchtokens")
            assert cursor.fetchone() == (0,)


def test_each_person_finds_what_he_may_see_and_nothing_else(people: Cast) -> None:
    mine = customer("安娜的客户", owner=people.ana)
    customer("他人的客户", owner=people.cyd)
    writes.create(SYSTEM, Contact(customer=mine, name="安娜的联系人", mobile="13800138000"))
    for name in ("ana", "ben", "cyd", "dan", "eve", "admin"):
        actor = people.actor(name)
        seen = {
            *Customer.objects.visible_to(actor).values_list("name", flat=True),
            *Contact.objects.visible_to(actor).values_list("name", flat=True),
        }
        assert {*names(actor, "客户"), *names(actor, "联系人")} == seen, name
    assert names(people.actor("ana"), "客户") == ["安娜的客户"]
    assert names(people.actor("eve"), "客户") == []


def test_a_team_mate_finds_the_record_and_its_parts(people: Cast) -> None:
    row = customer("安娜的客户", owner=people.ana)
    writes.create(SYSTEM, Contact(customer=row, name="王建国"))
    assert names(people.actor("cyd"), "安娜") == []
    grant("customers", [(row.pk, people.cyd.pk)], reason="manual")
    assert names(people.actor("cyd"), "安娜") == ["安娜的客户"]
    assert names(people.actor("cyd"), "wangjg") == names(people.actor("cyd"), "wjg") or names(
        people.actor("cyd"), "wjg"
    )
    assert names(people.actor("cyd"), "wjg") == ["王建国"]


def test_parts_follow_their_anchor_to_its_new_owner(people: Cast) -> None:
    row = customer("安娜的客户", owner=people.ana)
    writes.create(SYSTEM, Contact(customer=row, name="王建国"))
    row.owner, row.department = people.cyd, people.elsewhere
    writes.save(SYSTEM, row)
    assert names(people.actor("ana"), "王建国") == []
    assert names(people.actor("cyd"), "王建国") == ["王建国"]


def test_a_reader_with_masked_telephones_finds_nobody_by_them(people: Cast) -> None:
    customer("安娜的客户", owner=people.ana, phone="13800138000", email="ana@example.com")
    Role.objects.filter(code="salesperson").update(fields={"customers": {"phone": "masked"}})
    give_role(people.ana, "salesperson")
    actor = people.actor("ana")
    assert (names(actor, "13800138000"), names(actor, "8000"), names(actor, "ana@example")) == ([], [], [])
    assert in_list(actor, "8000") == set()
    assert names(actor, "安娜") == ["安娜的客户"]


def test_a_hidden_name_neither_finds_nor_shows(people: Cast) -> None:
    customer("机密公司", short_name="机密", owner=people.ana, credit_code="91110000600037341L")
    customer("公开公司", short_name="公开", owner=people.ana)
    role = RoleFactory.create(
        grants={"customers": {"view": "own"}}, fields={"customers": {"short_name": "hidden", "credit_code": "hidden"}}
    )
    people.ana.user_roles.all().delete()
    give_role(people.ana, role)
    actor = people.actor("ana")
    assert names(actor, "9111") == []
    assert in_list(actor, "9111") == set()
    assert names(actor, "机密公司") == ["机密公司"]
    assert in_list(actor, "机密公司") == {"机密公司"}
    role.fields = {"customers": {"name": "hidden"}}
    role.save()
    give_role(people.ana, role)
    assert names(people.actor("ana"), "公开公") == []
    assert all("公司" not in hit.label for hit in query.search(people.actor("ana"), "公开"))


def test_a_module_that_is_off_is_not_searched() -> None:
    writes.create(SYSTEM, Pipeline(name="远洋流程"))
    assert names(SYSTEM, "远洋") == ["远洋流程"]
    modules.switch("sales", on=False)
    assert names(SYSTEM, "远洋") == []


def test_a_contact_is_shown_with_its_customer() -> None:
    row = customer("远洋物流")
    writes.create(SYSTEM, Contact(customer=row, name="王建国"))
    (hit,) = query.search(SYSTEM, "王建国")
    assert (hit.entity, hit.label, hit.subtitle) == ("contacts", "王建国", "远洋物流")
    (hit,) = query.search(SYSTEM, "远洋", entities=["customers"])
    assert hit.subtitle == row.number


def test_a_search_costs_few_statements_whatever_it_finds() -> None:
    for place in range(30):
        customer(f"远洋物流{place}")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert len(query.search(SYSTEM, "yywl")) == 20
    assert len(queries) <= 6


HOSTILE = [
    "",
    "   ",
    "。，",
    "\x00",
    "'",
    '"',
    "'); DROP TABLE",
    "a OR b",
    "open:x",
    "NEAR(",
    "*",
    "浦" * 5000,
    "\\",
    "%",
    "\ud800",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_is_typed_gives_an_answer(text: str) -> None:
    customer("远洋物流")
    assert names(SYSTEM, text) == []
    assert in_list(SYSTEM, text) == ({"远洋物流"} if not text.strip() else set())


def test_a_query_that_is_too_long_says_so() -> None:
    assert query.find(SYSTEM, "浦发银行" * 50).notice
    assert query.find(SYSTEM, "浦发银行").notice is None


def test_a_rebuild_mends_the_index_and_tells_how_far_it_is() -> None:
    row, gone = customer("远洋物流"), customer("近海物流")
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {store.TABLE} SET label = 'wrong' WHERE record_id = %s", [row.pk])  # noqa: S608 - our names
    Customer.objects.filter(pk=gone.pk).update(name="改名物流")
    SearchEntry.objects.create(
        pk=store.key_of("customers", 999_999), record_id=999_999, label="ghost", number="", heads="", active_at=0
    )
    told: list[tuple[str, int, int]] = []
    index.rebuild(progress=lambda slug, done, total: told.append((slug, done, total)))
    assert ("customers", 2, 2) in told
    assert set(names(SYSTEM, "物流")) == {"远洋物流", "改名物流"}
    assert not SearchEntry.objects.filter(record_id=999_999).exists()


def test_all_entities_have_numbers_of_their_own() -> None:
    assert sorted(store.slugs_by_number().values()) == sorted(entity.slug for entity in registry.all())
    assert all(store.slug_of(store.key_of(entity.slug, 7)) == entity.slug for entity in registry.all())
    with pytest.raises(OverflowError):
        store.key_of("customers", 1 << 40)


class _Statements:
    """What the migration needs of a schema editor; SQLite's own refuses to work inside a test's transaction."""

    connection = connection

    def execute(self, statement: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_index_can_be_taken_back_and_made_again() -> None:
    customer("远洋物流")
    migration = import_module("zhike.core.migrations.0002_search_index")
    migration._unmake(apps, _Statements())
    migration._make(apps, _Statements())
    assert names(SYSTEM, "远洋") == []
    index.rebuild("customers")
    assert names(SYSTEM, "远洋") == ["远洋物流"]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [store.TOKENS])
            assert TOKENIZER in cursor.fetchone()[0]
