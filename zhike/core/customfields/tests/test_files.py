"""Fields of files: nothing uploaded is lost, nobody opens what he may not, and a file goes where its record goes."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from zhike.core import conditions, writes
from zhike.core.customfields import actions
from zhike.core.customfields.models import CustomKind, CustomValue
from zhike.core.customfields.tests.world import SYSTEM, change, field
from zhike.core.entities import registry
from zhike.core.files.actions import add_file, add_waiting
from zhike.core.files.jobs import WAITING
from zhike.core.files.models import File
from zhike.core.files.tests.world import EXE, HTML, PDF, PNG, SVG
from zhike.core.jobs import NoArguments
from zhike.core.jobs.worker import run_here
from zhike.core.lists import ListQuery
from zhike.core.pages.tests.world import client_of, text_of
from zhike.core.transfer.checks import importable_names
from zhike.core.transfer.exports import export_csv
from zhike.core.writes import NotReachable, RuleBroken
from zhike.customers.models import Customer, Lead
from zhike.identity.factories import Cast, RoleFactory, give_role, give_token
from zhike.identity.models import UserRole

pytestmark = pytest.mark.django_db
KEY = "cf_licence"
PLACE = f"customers.{KEY}"


@pytest.fixture(autouse=True)
def _store(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def one(people: Cast) -> Any:
    del people
    return field(CustomKind.FILE, key=KEY, label_en="Licence", label_zh="营业执照")


def upload(name: str = "licence.png", contents: bytes = PNG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, contents, content_type="image/png")


def waiting(people: Cast, name: str = "licence.png", *, who: str = "ana", contents: bytes = PNG) -> File:
    return add_waiting(people.actor(who), PLACE, name, [contents])


def customer(people: Cast, *ids: int, who: str = "ana") -> Customer:
    made = Customer(name="浦发银行", owner=getattr(people, who), custom={KEY: list(ids)} if ids else {})
    return writes.create(people.actor(who), made)


def edit(row: Customer, **given: Any) -> dict[str, Any]:
    return {"name": row.name, "owner": row.owner_id or "", "kind": row.kind, "version": row.version} | given


def test_a_form_takes_a_file_shows_it_replaces_it_and_takes_it_out(people: Cast, one: Any) -> None:
    client = client_of(people.ana)
    assert 'enctype="multipart/form-data"' in text_of(client.get("/customers/new/"))
    answer = client.post("/customers/new/", {"name": "浦发", "kind": "organisation", f"{KEY}__new": upload()})
    assert answer.status_code == 302, text_of(answer)
    row = Customer.objects.get()
    [first] = row.custom[KEY]
    page = text_of(client.get(f"/customers/{row.pk}/"))
    assert "licence.png" in page
    assert f'src="/attachments/{first}/preview/"' in page
    assert f"/customers/{row.pk}/inline/{KEY}/" not in page
    assert client.get(f"/customers/{row.pk}/inline/{KEY}/").status_code == 404
    form = text_of(client.get(f"/customers/{row.pk}/edit/"))
    assert f'<input type="hidden" name="{KEY}" value="{first}">' in form
    given = edit(row, **{KEY: first, f"{KEY}__new": upload("new.pdf", PDF)})
    assert client.post(f"/customers/{row.pk}/edit/", given).status_code == 302
    row.refresh_from_db()
    [second] = row.custom[KEY]
    assert File.objects.get(pk=first).deleted_at is not None
    assert (File.objects.get(pk=second).about, File.objects.get(pk=second).field) == (f"customers:{row.pk}", PLACE)
    history = text_of(client.get(f"/customers/{row.pk}/history/"))
    assert "licence.png" in history
    assert "new.pdf" in history
    given = edit(row, **{KEY: second, f"{KEY}__out": second})
    assert client.post(f"/customers/{row.pk}/edit/", given).status_code == 302
    row.refresh_from_db()
    assert KEY not in row.custom
    assert not File.objects.filter(deleted_at=None).exists()


def test_a_fault_elsewhere_loses_no_file(people: Cast, one: Any) -> None:
    client = client_of(people.ana)
    answer = client.post("/customers/new/", {"name": "", "kind": "organisation", f"{KEY}__new": upload("执照.png")})
    assert answer.status_code == 422
    [kept] = File.objects.all()
    assert (kept.about, kept.field, kept.created_by) == ("", PLACE, people.ana)
    assert f'<input type="hidden" name="{KEY}" value="{kept.pk}">' in text_of(answer)
    assert "执照.png" in text_of(answer)
    assert client.post("/customers/new/", {"name": "浦发", "kind": "organisation", KEY: kept.pk}).status_code == 302
    assert Customer.objects.get().custom == {KEY: [kept.pk]}
    other = client.post("/customers/new/", {"name": "别人", "kind": "organisation", KEY: kept.pk})
    assert other.status_code == 422
    assert "Choose it again" in text_of(other)


def test_two_people_who_change_the_file_are_both_shown_by_name(people: Cast, one: Any) -> None:
    row = customer(people, waiting(people).pk)
    mine, version = client_of(people.ana), row.version
    row.custom = {KEY: [waiting(people, "theirs.png").pk]}
    writes.save(people.actor("ana"), row)
    given = edit(row, **{"version": version, f"{KEY}__new": upload("mine.png")})
    answer = mine.post(f"/customers/{row.pk}/edit/", given)
    assert answer.status_code == 409
    page = text_of(answer)
    assert "theirs.png" in page
    assert "mine.png" in page
    kept = File.objects.get(name="mine.png")
    assert f'name="{KEY}" value="{kept.pk}"' in page


def test_a_required_file_is_asked_for_but_not_of_an_import(people: Cast, one: Any) -> None:
    change(one, required=True)
    answer = client_of(people.ana).post("/customers/new/", {"name": "浦发", "kind": "organisation"})
    assert answer.status_code == 422
    assert KEY not in importable_names(registry.get("customers"))


@pytest.mark.parametrize(
    ("name", "contents", "taken"),
    [
        ("look.png", HTML, False),
        ("look.png", EXE, False),
        ("empty.pdf", b"", False),
        ("run.exe", b"hello", False),
        ("drawing.svg", SVG, True),
        ("../../etc/\u202egnp.\u200fpasswd.png", PNG, True),
    ],
)
def test_wicked_files_are_refused_or_shut_in(people: Cast, one: Any, name: str, contents: bytes, taken: bool) -> None:
    client = client_of(people.ana)
    answer = client.post(
        "/customers/new/", {"name": "浦发", "kind": "organisation", f"{KEY}__new": upload(name, contents)}
    )
    if not taken:
        assert answer.status_code == 422
        assert 'class="z-field__errors"' in text_of(answer)
        assert not File.objects.exists()
        return
    row = File.objects.get()
    assert not {"/", "\\", "\u202e", "\u200f"} & set(row.name)
    page = text_of(client.get(f"/customers/{Customer.objects.get().pk}/"))
    assert "\u202e" not in page
    sent = client.get(f"/attachments/{row.pk}/preview/")
    assert "sandbox" in sent["Content-Security-Policy"]
    if contents == SVG:
        assert sent["Content-Disposition"].startswith("attachment")
        assert f'src="/attachments/{row.pk}' not in page


def test_only_ones_own_waiting_file_or_one_of_the_record_comes_into_a_field(people: Cast, one: Any) -> None:
    row, others = customer(people), customer(people)
    own = add_file(people.actor("ana"), f"customers:{row.pk}", "own.pdf", [PDF])
    strange = waiting(people, who="dan")
    held = waiting(people)
    customer(people, held.pk)
    elsewhere = add_file(people.actor("ana"), f"customers:{others.pk}", "else.pdf", [PDF])
    for pk in (strange.pk, held.pk, elsewhere.pk, 987654):
        row.refresh_from_db()
        row.custom = {KEY: [pk]}
        with pytest.raises(NotReachable):
            writes.save(people.actor("ana"), row)
    row.custom = {KEY: [own.pk]}
    writes.save(people.actor("ana"), row)
    assert File.objects.get(pk=own.pk).field == PLACE


def test_the_api_takes_the_id_of_an_upload(people: Cast, one: Any) -> None:
    change(one, several=True)
    client, token = Client(), {"Authorization": f"Bearer {give_token(people.ana).text}"}
    sent = [
        client.post("/api/v1/attachments", {"field": PLACE, "file": upload(name)}, headers=token)
        for name in ("a.png", "b.png")
    ]
    assert [each.status_code for each in sent] == [201, 201]
    ids = [each.json()["id"] for each in sent]
    body = {"name": "浦发", "kind": "organisation", "custom": {KEY: ids}}
    made = client.post("/api/v1/customers", json.dumps(body), "application/json", headers=token)
    assert made.status_code == 201, made.content
    shown = [{"id": pk, "label": name, "reachable": True} for pk, name in zip(ids, ("a.png", "b.png"), strict=True)]
    assert made.json()["custom"][KEY] == shown
    address, version = f"/api/v1/customers/{made.json()['id']}", {"If-Match": made["ETag"]}
    foreign = waiting(people, who="dan").pk
    for wrong, status in (([foreign], 404), ([99999], 404), (["x"], 422)):
        body = {"custom": {KEY: wrong}}
        answer = client.patch(address, json.dumps(body), "application/json", headers=token | version)
        assert answer.status_code == status, answer.content
    assert (
        client.post("/api/v1/attachments", {"field": "customers.cf_no", "file": upload()}, headers=token).status_code
        == 404
    )
    assert client.post("/api/v1/attachments", {"file": upload()}, headers=token).status_code == 404
    both = {"field": PLACE, "about": f"customers:{made.json()['id']}", "file": upload()}
    assert client.post("/api/v1/attachments", both, headers=token).status_code == 409


def test_whom_the_field_is_hidden_from_opens_no_file_by_any_door(people: Cast, one: Any) -> None:
    file = waiting(people, "secret-4711.png")
    row = customer(people, file.pk)
    ordinary = add_file(people.actor("ana"), f"customers:{row.pk}", "plain.pdf", [PDF])
    UserRole.objects.filter(user=people.ana).delete()
    grants = {
        slug: dict.fromkeys(("view", "create", "edit", "export", "delete"), "all")
        for slug in ("customers", "attachments")
    }
    role = RoleFactory.create(grants=grants, fields={"customers": {KEY: "hidden"}})
    give_role(people.ana, role)
    for mode in ("hidden", "masked"):
        role.fields = {"customers": {KEY: mode}}
        role.save()
        client = client_of(people.ana)
        token = {"Authorization": f"Bearer {give_token(people.ana).text}"}
        for address in ("", "download/", "preview/", "edit/"):
            assert client.get(f"/attachments/{file.pk}/{address}").status_code == 404, (mode, address)
        assert Client().get(f"/api/v1/attachments/{file.pk}/content", headers=token).status_code == 404
        pages = [
            f"/customers/{row.pk}/",
            f"/customers/{row.pk}/history/",
            "/attachments/",
            "/search/?q=secret-4711",
            "/customers/",
        ]
        pages += [f"/customers/{row.pk}/edit/", f"/customers/{row.pk}/timeline/", "/customers/?columns=name," + KEY]
        texts = [text_of(client.get(page)).replace("q=secret-4711", "") for page in pages]
        texts += [
            Client().get(f"/api/v1/{each}", headers=token).content.decode() for each in ("customers", "attachments")
        ]
        said = "".join(texts).replace('value="secret-4711"', "")
        assert "secret-4711.png" not in said, mode
        assert client.get(f"/attachments/{ordinary.pk}/download/").status_code == 200


def test_a_file_in_a_field_is_not_deleted_behind_its_record(people: Cast, one: Any) -> None:
    file = waiting(people)
    row = customer(people, file.pk)
    file.refresh_from_db()
    with pytest.raises(RuleBroken, match="Take it out there"):
        writes.delete(SYSTEM, file)
    writes.delete(SYSTEM, row)
    file.refresh_from_db()
    assert file.deleted_at is not None
    writes.restore(SYSTEM, Customer.objects.get(pk=row.pk))
    assert File.objects.get(pk=file.pk).deleted_at is None
    assert client_of(people.ana).get(f"/attachments/{file.pk}/download/").status_code == 200
    writes.erase(SYSTEM, Customer.objects.get(pk=row.pk))
    assert not File.objects.exists()
    assert not CustomValue.objects.exists()


def test_the_reach_of_a_file_follows_its_record(people: Cast, one: Any) -> None:
    file = waiting(people)
    assert (
        client_of(people.dan).get(f"/attachments/{file.pk}/download/").status_code == 404
    )  # only its uploader, so far
    row = customer(people, file.pk)
    assert client_of(people.dan).get(f"/attachments/{file.pk}/download/").status_code == 200
    assert client_of(people.cyd).get(f"/attachments/{file.pk}/download/").status_code == 404
    row.owner = people.cyd
    row.department = people.cyd.department
    writes.save(SYSTEM, row)
    assert client_of(people.cyd).get(f"/attachments/{file.pk}/download/").status_code == 200


def test_lists_name_filter_and_export_files(people: Cast, one: Any) -> None:
    change(one, several=True)
    files = [waiting(people, name) for name in ("a.png", "b.png")]
    row, blank = customer(people, *(each.pk for each in files)), customer(people)
    client = client_of(people.ana)
    page = text_of(client.get(f"/customers/?columns=name,{KEY}"))
    assert f'<a href="/attachments/{files[0].pk}/">a.png</a>' in page
    assert f"{KEY}.is_empty" in text_of(client.get("/customers/filters/"))
    actor, entity = people.actor("ana"), registry.get("customers")
    for operator, found in (("is_empty", blank), ("not_empty", row)):
        condition = conditions.parse(entity, {"field": KEY, "op": operator})
        assert [each.pk for each in Customer.objects.filter(conditions.to_q(condition, actor))] == [found.pk]
        assert [each.pk for each in (row, blank) if conditions.matches(condition, each, actor)] == [found.pk]
    with pytest.raises(conditions.ConditionError):
        conditions.parse(entity, {"field": KEY, "op": "eq", "value": 1})
    columns = ListQuery.make(entity, actor, columns=f"name,{KEY}").columns
    rows = Customer.objects.order_by("pk")
    assert '"a.png, b.png"' in b"".join(export_csv(SYSTEM, entity, columns, rows)).decode()


def test_one_file_or_several_as_the_setting_says(people: Cast, one: Any) -> None:
    ids = [waiting(people).pk for _ in range(2)]
    with pytest.raises(Exception, match="takes one file"):
        customer(people, *ids)
    change(one, several=True)
    customer(people, *ids)
    with pytest.raises(RuleBroken, match="several files"):
        change(one, several=False)
    with pytest.raises(RuleBroken):
        change(one, default="1")


def test_a_retired_field_keeps_its_files_and_their_rights(people: Cast, one: Any) -> None:
    file = waiting(people)
    row = customer(people, file.pk)
    actions.retire_field(SYSTEM, "customers", KEY)
    assert "licence.png" not in text_of(client_of(people.ana).get(f"/customers/{row.pk}/edit/"))
    actions.restore_field(SYSTEM, "customers", KEY)
    assert "licence.png" in text_of(client_of(people.ana).get(f"/customers/{row.pk}/"))


def test_what_nobody_saved_is_gone_after_a_day(people: Cast, one: Any) -> None:
    old, new, held = (waiting(people) for _ in range(3))
    customer(people, held.pk)
    File.objects.exclude(pk=new.pk).update(created_at=timezone.now() - timedelta(days=2))
    run_here(SYSTEM, WAITING, NoArguments())
    assert set(File.objects.values_list("pk", flat=True)) == {new.pk, held.pk}
    assert old.pk not in set(File.objects.values_list("pk", flat=True))
    assert Customer.objects.get().custom == {KEY: [held.pk]}


def test_a_converted_lead_hands_on_a_copy(people: Cast, one: Any) -> None:
    from zhike.sales.actions import convert_lead

    field(CustomKind.FILE, "leads", key="cf_paper", label_en="Licence", label_zh="营业执照")
    file = add_waiting(people.actor("ana"), "leads.cf_paper", "licence.png", [PNG])
    lead = writes.create(
        people.actor("ana"), Lead(name="王", company_name="浦江", owner=people.ana, custom={"cf_paper": [file.pk]})
    )
    convert_lead(people.actor("ana"), lead, customer_mode="new", opportunity_mode="none")
    [copy] = Customer.objects.get().custom[KEY]
    assert copy != file.pk
    row = File.objects.get(pk=copy)
    assert (row.about, row.field, row.name) == (f"customers:{Customer.objects.get().pk}", PLACE, "licence.png")
    file.refresh_from_db()
    assert file.about == f"leads:{lead.pk}"
    assert client_of(people.ana).get(f"/attachments/{copy}/download/").status_code == 200
