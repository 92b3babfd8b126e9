"""Files: what is taken, who gets them back, and that nothing in them or in their names is ever run."""

import os
import re
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from zhike.core import writes
from zhike.core.actors import Actor, Via
from zhike.core.files import actions, store
from zhike.core.files.jobs import SWEEP
from zhike.core.files.models import File
from zhike.core.files.names import LONGEST, clean_name, ending_of
from zhike.core.files.sniffing import is_disguised, sniff
from zhike.core.jobs import NoArguments
from zhike.core.jobs.worker import run_here
from zhike.core.record_keys import key_of
from zhike.core.scoping import team
from zhike.core.testing import samples
from zhike.identity.factories import Cast, cast, give_role, give_token
from zhike.identity.models import Role, User

pytestmark = pytest.mark.django_db
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d4944415478da63fcffff3f030005fe02fea7359681"
    "0000000049454e44ae426082"
)
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!DOCTYPE html><script>alert(1)</script>"


@pytest.fixture
def people(settings: Any, tmp_path: Path) -> Iterator[Cast]:
    settings.DATA_DIR = tmp_path
    with translation.override("en"):
        made = cast()
        User.objects.update(language="en")
        yield made


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def customer_of(user: User) -> Any:
    return samples.make("customers", user, f"acme-{samples.serial()}")


def add(people: Cast, name: str = "note.txt", contents: bytes = b"hello", *, owner: str = "ana") -> File:
    about = key_of(customer_of(getattr(people, owner)))
    return actions.add_file(people.actor(owner), about, name, [contents])


def post(client: Client, about: str, *files: tuple[str, bytes], **headers: str) -> Any:
    given = [SimpleUploadedFile(name, contents) for name, contents in files]
    return client.post(f"/attachments/upload/?about={about}", {"file": given}, headers=headers)


def blobs() -> list[Path]:
    return [path for path in store.folder().rglob("*") if path.is_file()]


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


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


@pytest.mark.parametrize(
    ("name", "contents", "sentence"),
    [
        ("empty.txt", b"", "is empty"),
        ("tool.exe", b"text", "can start programs"),
        ("tool.ExE", b"text", "can start programs"),
        ("report.pdf.exe", b"text", "can start programs"),
        ("report.exe. .", b"text", "can start programs"),
        ("page.pHaR", b"text", "can start programs"),
        ("report.pdf", EXE, "it is a program"),
        ("photo", b"\x7fELF\x02\x01\x01\x00", "it is a program"),
        ("photo.png", HTML, "it is something else"),
        ("photo.jpg", SVG, "it is something else"),
        ("report.pdf", HTML, "it is something else"),
        ("table.xlsx", PDF, "it is something else"),
        ("notes.txt", PNG, "it is something else"),
    ],
)
def test_what_is_empty_dangerous_or_disguised_is_refused_with_a_sentence_and_leaves_nothing(
    people: Cast, name: str, contents: bytes, sentence: str
) -> None:
    customer = customer_of(people.ana)
    answer = post(browser(people.ana), key_of(customer), (name, contents))
    assert answer.status_code == 409
    assert sentence in answer.content.decode()
    assert not File.objects.exists()
    assert blobs() == []


def test_a_file_one_byte_too_large_is_refused_and_leaves_nothing(people: Cast, settings: Any) -> None:
    settings.FILE_LIMIT_MB = 1
    about = key_of(customer_of(people.ana))
    ana = browser(people.ana)
    assert post(ana, about, ("a.txt", b"a" * 1024**2)).status_code == 302
    answer = post(ana, about, ("b.txt", b"a" * (1024**2 + 1)))
    assert answer.status_code == 409
    assert "larger than 1 MB" in answer.content.decode()
    assert len(blobs()) == 1


def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_read(people: Cast, settings: Any) -> None:
    settings.FILE_LIMIT_MB = 1
    about = key_of(customer_of(people.ana))
    token = give_token(people.ana).text

    class Unread(BytesIO):
        def read(self, *_args: Any) -> bytes:
            raise AssertionError("the body was read")

    address = f"/attachments/upload/?about={about}"
    huge: Any = {"CONTENT_LENGTH": str(10**10), "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    answer = browser(people.ana).generic("POST", address, b"", **(huge | {"wsgi.input": Unread()}))
    assert answer.status_code == 413
    headers = {"Authorization": f"Bearer {token}"}
    more: Any = {**huge, "wsgi.input": Unread()}
    api = Client().generic("POST", "/api/v1/attachments", b"", headers=headers, **more)
    assert api.status_code == 413


def test_the_upload_asks_for_the_csrf_token_all_the_same(people: Cast) -> None:
    about = key_of(customer_of(people.ana))
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people.ana)
    assert post(strict, about, ("a.txt", b"a")).status_code == 403
    assert not File.objects.exists()


def test_all_files_together_and_those_of_an_hour_have_a_limit(people: Cast, settings: Any) -> None:
    about = key_of(customer_of(people.ana))
    settings.FILES_QUOTA_MB = 1
    add(people, "a.txt", b"a" * 900_000)
    answer = post(browser(people.ana), about, ("b.txt", b"b" * 900_000))
    assert "limit of 1 MB for all files" in answer.content.decode()
    settings.FILES_QUOTA_MB, settings.FILES_PER_HOUR = 0, 1
    assert "within an hour" in post(browser(people.ana), about, ("c.txt", b"c")).content.decode()
    assert len(blobs()) == 1


@pytest.mark.parametrize(
    ("name", "contents"),
    [
        ("page.html", HTML),
        ("picture.svg", SVG),
        ("data.xml", b"<?xml version='1.0'?><a/>"),
        ("page.mht", HTML),
        ("x", SVG),
    ],
)
def test_what_a_browser_would_run_is_never_shown_inline(people: Cast, name: str, contents: bytes) -> None:
    row = add(people, name, contents)
    for page in ("download", "preview"):
        answer = browser(people.ana).get(f"/attachments/{row.pk}/{page}/")
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["Content-Type"] == "application/octet-stream"
        assert "sandbox" in answer["Content-Security-Policy"]
    assert "/preview/" not in browser(people.ana).get(f"/attachments/{row.pk}/").content.decode()


def test_a_picture_is_shown_inline_shut_in(people: Cast) -> None:
    row = add(people, "a.png", PNG)
    answer = browser(people.ana).get(f"/attachments/{row.pk}/preview/")
    assert (answer["Content-Type"], body_of(answer)) == ("image/png", PNG)
    assert answer["Content-Disposition"].startswith("inline")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_text_is_shown_as_text_whatever_it_was_saved_in(people: Cast) -> None:
    for contents in ("联系人：王".encode("gb18030"), "联系人：王".encode(), "联系人：王".encode("utf-16")):
        row = add(people, "a.txt", contents)
        answer = browser(people.ana).get(f"/attachments/{row.pk}/preview/")
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        assert "王" in body_of(answer).decode()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system.ini", "system.ini"),
        ("C:\\Users\\a\\b.txt", "b.txt"),
        ("/absolute/x.txt", "x.txt"),
        ("a\x00b\r\nSet-Cookie: x.txt", "abSet-Cookie_ x.txt"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("zero\u200bwidth.txt", "zerowidth.txt"),
        ('q"uo<t>e.txt', "q_uo_t_e.txt"),
        ("...", "file"),
        ("", "file"),
        ("con.txt", "_con.txt"),
        ("  spaced   name .txt  ", "spaced name .txt"),
        ("合同（终稿）.docx", "合同（终稿）.docx"),
        ("%2e%2e%2fetc", "%2e%2e%2fetc"),
    ],
)
def test_names_lose_paths_and_everything_that_steers(given: str, kept: str) -> None:
    with translation.override("en"):
        assert clean_name(given) == kept


def test_a_long_name_keeps_its_ending_and_fits_any_disk() -> None:
    for given in ("a" * 300 + ".pdf", "合" * 300 + ".pdf"):
        name = clean_name(given)
        assert name.endswith(".pdf")
        assert len(name) <= LONGEST
        assert len(name.encode()) <= 255
    assert ending_of("a.tar.GZ") == "gz"


def test_a_name_is_text_on_every_page(people: Cast) -> None:
    about = customer_of(people.ana)
    row = actions.add_file(people.actor("ana"), key_of(about), "x.txt", [b"x"])
    File.objects.filter(pk=row.pk).update(name="<img src=x onerror=alert(1)>.txt", description="<script>1</script>")
    ana = browser(people.ana)
    for address in (f"/customers/{about.pk}/", "/attachments/", f"/attachments/{row.pk}/", "/search/?q=onerror"):
        text = ana.get(address).content.decode()
        assert "<img src=x" not in text
        assert "<script>1" not in text


def test_a_name_cannot_add_a_header_to_a_download(people: Cast) -> None:
    row = add(people)
    File.objects.filter(pk=row.pk).update(name='a"\r\nX-Evil: 1.txt')
    answer = browser(people.ana).get(f"/attachments/{row.pk}/download/")
    assert "X-Evil" not in answer.headers
    assert "\n" not in answer["Content-Disposition"]


@pytest.mark.parametrize("name", ["../../../etc/passwd", "/etc/passwd", "a" * 31, "A" * 32, "", ".", "ab/" + "c" * 29])
def test_the_store_opens_nothing_but_names_of_its_own(people: Cast, name: str) -> None:
    row = add(people)
    File.objects.filter(pk=row.pk).update(stored_name=name)
    with pytest.raises(ValueError, match="not the name"):
        store.path_of(name)
    assert browser(people.ana).get(f"/attachments/{row.pk}/download/").status_code == 404


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


@pytest.mark.parametrize(
    ("head", "ending", "content_type"),
    [
        (PNG, "png", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp", "image/webp"),
        (b"PK\x03\x04\x14\x00", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (b"PK\x03\x04\x14\x00", "zip", "application/zip"),
        (b"MZ stands for a name", "txt", "text/plain"),
        (b"  \n<!doctype html>", "txt", "text/html"),
        (b"\xef\xbb\xbf<SVG ", "txt", "image/svg+xml"),
        ("你好".encode()[:-1], "txt", "text/plain"),
        (bytes(range(256)), "bin", "application/octet-stream"),
    ],
)
def test_a_file_is_what_its_bytes_say(head: bytes, ending: str, content_type: str) -> None:
    assert sniff(head, ending).content_type == content_type
    assert not is_disguised(sniff(head, ending), ending)
