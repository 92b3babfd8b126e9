"""What may be uploaded, what a browser is shown of it, and names that lie: every refusal is a sentence and leaves nothing."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from zhike.core.files import actions, store
from zhike.core.files.models import File
from zhike.core.files.names import LONGEST, clean_name, ending_of
from zhike.core.files.sniffing import is_disguised, sniff
from zhike.core.files.tests.world import EXE, HTML, PDF, PNG, SVG, add, blobs, body_of, browser, customer_of, post
from zhike.core.record_keys import key_of
from zhike.identity.factories import Cast, give_token

pytestmark = pytest.mark.django_db


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
