"""Files: what is taken, who gets them back, and that nothing in them or in their names is ever run."""

import os
import re
import time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from zhike.core import writes
from zhike.core.actors import Actor, Via
from zhike.core.files import store
from zhike.core.files.jobs import SWEEP
from zhike.core.files.models import File
from zhike.core.files.tests.world import EXE, PDF, PNG, add, blobs, body_of, browser, customer_of, post
from zhike.core.jobs import NoArguments
from zhike.core.jobs.worker import run_here
from zhike.core.record_keys import key_of
from zhike.core.scoping import team
from zhike.identity.factories import Cast, give_role, give_token
from zhike.identity.models import Role

pytestmark = pytest.mark.django_db


def test_a_file_comes_back_byte_for_byte_as_a_download(people: Cast) -> None:
    row = add(people, "合同 2026.pdf", PDF)
    assert (row.size, row.content_type) == (len(PDF), "application/pdf")
    answer = browser(people.ana).get(f"/attachments/{row.pk}/download/")
    assert body_of(answer) == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%90%88")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_the_name_on_the_disk_is_random_and_nobody_elses_to_read(people: Cast) -> None:
    row = add(people, "note.txt")
    [path] = blobs()
    assert re.fullmatch(r"[0-9a-f]{32}", path.name)
    assert "note" not in str(path.relative_to(store.folder()))
    assert path.parent.parent.parent == store.folder()
    assert path.stat().st_mode & 0o077 == 0
    assert row.sha256 == "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"


@pytest.mark.parametrize("page", ["download", "preview"])
def test_nobody_fetches_a_file_of_a_record_he_does_not_reach(people: Cast, page: str) -> None:
    row = add(people, "secret.png", PNG)
    for name in ("cyd", "ben", "eve"):
        assert browser(getattr(people, name)).get(f"/attachments/{row.pk}/{page}/").status_code in (403, 404)
    assert Client().get(f"/attachments/{row.pk}/{page}/").status_code == 302
    assert browser(people.dan).get(f"/attachments/{row.pk}/{page}/").status_code == 200
    missing = browser(people.cyd).get(f"/attachments/987654321/{page}/")
    foreign = browser(people.cyd).get(f"/attachments/{row.pk}/{page}/")
    assert missing.status_code == foreign.status_code == 404


def test_a_file_goes_with_the_reach_of_its_record(people: Cast) -> None:
    row = add(people)
    about = row.about.partition(":")[2]
    team.grant("customers", [(int(about), people.cyd.pk)], reason="manual")
    cyd = browser(people.cyd)
    assert cyd.get(f"/attachments/{row.pk}/download/").status_code == 200
    team.withdraw("customers", [(int(about), people.cyd.pk)], reason="manual")
    assert cyd.get(f"/attachments/{row.pk}/download/").status_code == 404


def test_a_file_of_a_kind_of_record_one_may_not_see_is_not_there(people: Cast) -> None:
    row = add(people)
    role = Role.objects.create(name="no customers", name_key="n", denies={"customers": {"actions": ["*"]}})
    give_role(people.dan, role)
    dan = browser(people.dan)
    assert dan.get(f"/attachments/{row.pk}/download/").status_code == 404
    assert "note.txt" not in dan.get("/attachments/").content.decode()


def test_nobody_adds_a_file_to_a_record_he_does_not_reach(people: Cast) -> None:
    about = key_of(customer_of(people.ana))
    for key in (about, "customers:987654321", "users:1", "nonsense", "attachments:1", ""):
        assert post(browser(people.cyd), key, ("a.txt", b"a")).status_code == 404
    assert not File.objects.exists()
    assert blobs() == []


def test_who_may_only_look_adds_nothing(people: Cast) -> None:
    reader = people.cyd
    reader.user_roles.all().delete()
    give_role(reader, "read_only")
    about = key_of(customer_of(people.ana))
    assert post(browser(reader), about, ("a.txt", b"a")).status_code == 403
    assert blobs() == []


def test_several_files_come_at_once_without_script(people: Cast) -> None:
    customer = customer_of(people.ana)
    answer = post(browser(people.ana), key_of(customer), ("a.txt", b"a"), ("b.txt", b"b"))
    assert (answer.status_code, answer["Location"]) == (302, f"/customers/{customer.pk}/")
    page = browser(people.ana).get(f"/customers/{customer.pk}/?tab=files").content.decode()
    assert sorted(File.objects.values_list("name", flat=True)) == ["a.txt", "b.txt"]
    assert page.count("z-file__name") in (0, 2)


def test_a_script_gets_each_answer_in_json(people: Cast) -> None:
    about = key_of(customer_of(people.ana))
    ana = browser(people.ana)
    answer = post(ana, about, ("a.txt", b"a"), accept="application/json")
    assert (answer.status_code, answer.json()["added"][0]["name"]) == (201, "a.txt")
    refused = post(ana, about, ("a.exe", EXE), accept="application/json")
    assert refused.status_code == 409
    assert "can start programs" in refused.json()["refused"][0]


def test_a_file_whose_bytes_are_gone_says_so(people: Cast) -> None:
    row = add(people, "lost.txt")
    store.remove(row.stored_name)
    for page in ("download", "preview"):
        answer = browser(people.ana).get(f"/attachments/{row.pk}/{page}/")
        assert answer.status_code == 404
        assert "its contents are missing on the server" in answer.content.decode()


def test_a_disk_that_refuses_is_told_and_leaves_no_row(people: Cast, monkeypatch: Any) -> None:
    about = key_of(customer_of(people.ana))

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        answer = post(browser(people.ana), about, ("a.txt", b"a"))
    assert answer.status_code == 409
    assert "disk refused it" in answer.content.decode()
    assert not File.objects.exists()
    assert blobs() == []


def test_a_file_goes_to_the_bin_and_comes_back_with_its_record(people: Cast) -> None:
    row = add(people)
    dan, system = browser(people.dan), Actor.system(Via.SHELL)
    from zhike.core.record_keys import find

    customer = find(system, row.about)
    writes.delete(system, customer)
    assert dan.get(f"/attachments/{row.pk}/download/").status_code == 404
    assert len(blobs()) == 1
    writes.restore(system, customer)
    assert dan.get(f"/attachments/{row.pk}/download/").status_code == 200


def test_bytes_that_no_file_names_are_swept_after_a_day(people: Cast) -> None:
    kept, gone = add(people), add(people)
    store.put([b"an upload that broke off"], limit=100)
    (blobs()[0].parent / ("f" * 32 + ".part")).write_bytes(b"half")
    File.objects.filter(pk=gone.pk).delete()
    system = Actor.system(Via.JOB)
    run_here(system, SWEEP, NoArguments())
    assert len(blobs()) == 4, "nothing young is touched"
    old = time.time() - 25 * 3600
    for path in blobs():
        os.utime(path, (old, old))
    writes.delete(system, kept)
    run_here(system, SWEEP, NoArguments())
    assert [path.name for path in blobs()] == [kept.stored_name], "what lies in the recycle bin is kept"


def test_a_file_cannot_be_made_without_bytes_and_keeps_its_ending(people: Cast) -> None:
    row = add(people, "a.txt")
    with pytest.raises(writes.RuleBroken, match="Choose a file"):
        writes.create(people.actor("ana"), File(name="b.txt", about=row.about))
    ana = browser(people.ana)
    sent = {"name": "b.exe", "description": "", "version": "1"}
    assert ana.post(f"/attachments/{row.pk}/edit/", sent).status_code in (409, 422)
    assert ana.post(f"/attachments/{row.pk}/edit/", sent | {"name": "../b.txt"}).status_code == 302
    row.refresh_from_db()
    assert row.name == "b.txt"


def test_what_stands_in_the_store_is_not_a_persons_to_choose(people: Cast) -> None:
    row = add(people, "a.txt")
    token = {"Authorization": f"Bearer {give_token(people.ana).text}"}
    for name, value in (("stored_name", "f" * 32), ("content_type", "text/html"), ("size", 1), ("sha256", "0")):
        answer = Client().patch(f"/api/v1/attachments/{row.pk}", {name: value}, "application/json", headers=token)
        assert answer.status_code == 422
    again = File.objects.get(pk=row.pk)
    assert (again.stored_name, again.content_type) == (row.stored_name, row.content_type)
    assert row.stored_name not in Client().get(f"/api/v1/attachments/{row.pk}", headers=token).content.decode()


def test_an_upload_sent_twice_under_one_key_is_one_file(people: Cast) -> None:
    about = key_of(customer_of(people.ana))
    headers = {"Authorization": f"Bearer {give_token(people.ana).text}", "Idempotency-Key": "k1"}

    def sent(content: bytes, **more: str) -> Any:
        # Every request draws a boundary of its own, so no two bodies are alike.
        given = SimpleUploadedFile("a.png", content)
        return Client().post("/api/v1/attachments", {"about": about, "file": given, **more}, headers=headers)

    first, again = sent(PNG), sent(PNG)
    assert (first.status_code, again.status_code) == (201, 201), again.content
    assert again.json() == first.json()
    assert again.headers["Idempotent-Replay"] == "true"
    assert File.objects.filter(about=about).count() == 1
    assert (sent(PNG + b"x").status_code, sent(PNG, description="other").status_code) == (422, 422)
    headers["Idempotency-Key"] = "k2"
    assert sent(b"").status_code >= 400
    assert sent(PNG).status_code == 201, "what was refused keeps no key"
    assert File.objects.filter(about=about).count() == 2


def test_a_programme_uploads_and_downloads(people: Cast) -> None:
    about = key_of(customer_of(people.ana))
    token = {"Authorization": f"Bearer {give_token(people.ana).text}"}
    given = SimpleUploadedFile("a.png", PNG, content_type="text/html")
    answer = Client().post("/api/v1/attachments", {"about": about, "file": given, "description": "d"}, headers=token)
    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert (body["name"], body["description"], body["size"]) == ("a.png", "d", len(PNG))
    assert body_of(Client().get(f"/api/v1/attachments/{body['id']}/content", headers=token)) == PNG
    strange = {"Authorization": f"Bearer {give_token(people.cyd).text}"}
    assert Client().get(f"/api/v1/attachments/{body['id']}/content", headers=strange).status_code == 404
    refused = Client().post(
        "/api/v1/attachments", {"about": about, "file": SimpleUploadedFile("b.txt", b"b")}, headers=strange
    )
    assert refused.status_code == 404
    assert Client().post("/api/v1/attachments", {"about": about}, headers=token).status_code == 409
    looking = {"Authorization": f"Bearer {give_token(people.ana, read_only=True).text}"}
    assert Client().post("/api/v1/attachments", {"about": about, "file": given}, headers=looking).status_code == 401
