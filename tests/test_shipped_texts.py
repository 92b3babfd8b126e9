"""The names a new database comes with, in the company's language: at set-up, and when an administrator asks for them."""

import pytest
from django.test import Client
from django.utils import translation

from zhike.core import company, shipped_texts
from zhike.core.actors import Actor, Via
from zhike.core.company import Company
from zhike.core.entities import registry
from zhike.core.scoring.models import ScoreRule
from zhike.core.shipped_texts import ShippedTexts
from zhike.identity import actions
from zhike.identity.factories import cast
from zhike.identity.models import Role
from zhike.sales.models import Pipeline, Stage

pytestmark = pytest.mark.django_db


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)


def names() -> dict[str, list[str]]:
    return {
        "pipelines": list(Pipeline.objects.values_list("name", flat=True)),
        "stages": list(Stage.objects.order_by("position").values_list("name", flat=True)),
        "roles": list(Role.objects.filter(shipped=True).order_by("pk").values_list("name", flat=True)),
        "told": list(Role.objects.filter(shipped=True).order_by("pk").values_list("description", flat=True)),
        "reasons": list(ScoreRule.objects.order_by("position").values_list("reason", flat=True)),
    }


def test_every_name_that_is_shipped_has_its_text_in_the_language_it_is_stored_in() -> None:
    parts = registry.contributions(ShippedTexts)
    stored = {text for each in names().values() for text in each}
    assert stored == {text for part in parts for text in part.texts}
    with translation.override(shipped_texts.STORED_IN):
        for part in parts:
            for text, msgid in part.texts.items():
                assert translation.gettext(msgid) == text


def test_a_company_set_up_in_english_has_english_names_and_keeps_its_own() -> None:
    Stage.objects.filter(name="商务谈判").update(name="砍价")
    Role.objects.filter(code="salesperson").update(name="Hunter")
    actions.set_up(company_name="ACME", full_name="Ada", password="correct-horse-42", language="en")
    found = names()
    assert found["pipelines"] == ["Standard sales process"]
    assert found["stages"] == ["First contact", "Needs confirmed", "Proposal and price", "砍价", "Won", "Lost"]
    assert found["roles"][0] == "Administrator"
    assert "Hunter" in found["roles"]
    assert "Left a mobile number" in found["reasons"]
    assert not [text for kind in ("roles", "told", "reasons") for text in found[kind] if is_chinese(text)]


def test_a_company_set_up_in_chinese_keeps_every_name_and_writes_nothing() -> None:
    before, versions = names(), set(Stage.objects.values_list("pk", "version"))
    actions.set_up(company_name="知远", full_name="安娜", password="correct-horse-42", language="zh-hans")
    assert names() == before
    assert set(Stage.objects.values_list("pk", "version")) == versions


def test_an_administrator_is_asked_when_the_language_changes_and_nothing_changes_by_itself(client: Client) -> None:
    client.force_login(cast().admin)
    page = "/settings/company/"
    offer = "/settings/company/names/"
    before = names()
    assert offer not in client.get(page).content.decode()
    Company.objects.filter(pk=1).update(name="ACME")
    sent = {"name": "ACME", "currency": "CNY", "time_zone": "Asia/Shanghai", "language": "en", "fiscal_year_start": "1"}
    assert client.post(page, sent).status_code == 302
    assert company.current().language == "en"
    assert names() == before
    shown = client.get(page).content.decode()
    assert offer in shown
    assert "初步接洽 → First contact" in shown

    assert client.post(offer).status_code == 302
    assert names()["stages"][0] == "First contact"
    assert offer not in client.get(page).content.decode()
    Company.objects.filter(pk=1).update(language="zh-hans")
    shipped_texts.reword(Actor.system(), "zh-hans")
    assert names() == before


def test_a_name_that_is_taken_is_kept_and_the_others_change() -> None:
    admin = Actor.of(cast().admin, Via.PAGE)
    pipeline = Pipeline.objects.get()
    Stage.objects.filter(name="商务谈判").update(name="Won")
    done, refused = shipped_texts.reword(admin, "en")
    assert done == 1 + 5 - 1 + 8 + 11
    assert len(refused) == 1
    assert refused[0].startswith("赢单: ")
    assert list(Stage.objects.filter(pipeline=pipeline, status="won").values_list("name", flat=True)) == ["赢单"]


def test_only_parts_that_one_may_change_are_offered() -> None:
    people = cast()
    assert shipped_texts.waiting(Actor.of(people.ana, Via.PAGE), "en") == []
    role = Role.objects.create(name="x", settings=["settings.pipelines", "settings.company"])
    people.ana.user_roles.create(role=role)
    found = shipped_texts.waiting(Actor.of(people.ana, Via.PAGE), "en")
    assert {type(each.row) for each in found} <= {Pipeline, Stage}
