"""The import in the browser, without any script: upload, columns, trial, replacements, import, failed rows back."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from zhike.core.jobs import Job, files
from zhike.core.jobs.worker import work_once
from zhike.core.transfer.readers import open_table
from zhike.customers.models import Customer
from zhike.identity.factories import Cast, cast, give_role
from zhike.identity.models import Role, User

pytestmark = pytest.mark.django_db
TABLE = "客户编号,客户名称,客户级别,员工人数,Remark\nA1,甲公司,重点客户,12,x\nA2,乙公司,金牌,7,y\nA1,丙公司,普通,,\n"


@pytest.fixture
def people() -> Cast:
    return cast()


def client_of(user: User, language: str = "en") -> Client:
    User.objects.filter(pk=user.pk).update(language=language)
    client = Client()
    client.force_login(user)
    return client


def upload(client: Client, content: str | bytes = TABLE, name: str = "客户 2024.csv", **more: str) -> Any:
    data = content.encode("gb18030") if isinstance(content, str) else content
    return client.post("/customers/import/", {"file": SimpleUploadedFile(name, data), **more}, follow=True)


def fields_of(html: str) -> dict[str, str]:
    """What a browser would send back from the page's form."""
    found = dict(re.findall(r'<input type="hidden" name="(file)" value="([^"]*)"', html))
    for name, body in re.findall(r'<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', body) or re.search(r'<option value="([^"]*)"', body)
        found[name] = chosen[1] if chosen else ""
    return found


def text_of(response: Any) -> str:
    return str(response.content.decode())


def test_a_table_comes_in_step_by_step(people: Cast) -> None:
    client = client_of(people.dan)
    assert 'type="file"' in text_of(client.get("/customers/import/"))
    page = upload(client)
    html = text_of(page)
    assert page.status_code == 200
    sent = fields_of(html)
    assert [sent[f"to_{place}"] for place in range(5)] == ["number", "name", "level", "employees", "description"]
    assert sent["key"] == "客户编号"
    assert "甲公司" in html
    tried = client.post("/customers/import/columns/", sent, follow=True)
    assert "/imports/" in tried.redirect_chain[-1][0]
    assert work_once(("long",))
    trial = Job.objects.latest("pk")
    html = text_of(client.get(f"/imports/{trial.pk}/"))
    assert not Customer.objects.exists()
    assert "What would happen" in html
    assert "金牌" in html
    assert "“A1” is already in row 2." in html
    again = client.post(f"/imports/{trial.pk}/go-on/", {"alias_0": "重点客户", "again": "1"})
    assert work_once(("long",))
    second = Job.objects.latest("pk")
    assert again.headers["Location"] == f"/imports/{second.pk}/"
    assert not Customer.objects.exists()
    client.post(f"/imports/{second.pk}/go-on/", {"import": "1"})
    assert work_once(("long",))
    done = Job.objects.latest("pk")
    html = text_of(client.get(f"/imports/{done.pk}/"))
    assert "What happened" in html
    assert set(Customer.objects.values_list("number", "name", "level", "employees")) == {
        ("A1", "甲公司", "key", 12), ("A2", "乙公司", "key", 7),
    }  # fmt: skip
    assert 'name="import"' not in html
    # The next file with these headings is mapped as this one was.
    assert fields_of(text_of(upload(client)))["to_2"] == "level"


def test_failed_rows_are_given_back_as_a_file(people: Cast) -> None:
    client = client_of(people.dan)
    client.post("/customers/import/columns/", fields_of(text_of(upload(client))))
    work_once(("long",))
    client.post(f"/imports/{Job.objects.latest('pk').pk}/go-on/", {"import": "1"})
    work_once(("long",))
    job = Job.objects.latest("pk")
    assert f"/jobs/{job.pk}/result/" in text_of(client.get(f"/imports/{job.pk}/"))
    given_back = open_table(files.path_of(job.result_file))
    assert [row.cells[1] for row in given_back.rows()] == ["乙公司"]
    answer = client.get(f"/jobs/{job.pk}/result/")
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_record_that_is_here_already_is_recognised_by_its_number(people: Cast) -> None:
    from zhike.core import writes

    writes.create(people.actor("admin"), Customer(name="旧名", number="A1"))
    client = client_of(people.dan)
    client.post("/customers/import/columns/", fields_of(text_of(upload(client))))
    work_once(("long",))
    client.post(f"/imports/{Job.objects.latest('pk').pk}/go-on/", {"import": "1"})
    work_once(("long",))
    assert Customer.objects.get(number="A1").name == "甲公司"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "The submitted file is empty|Choose a file first|file is empty"),
    (b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe\x80", "cannot be recognised"),
     (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 99, "old Excel file"), (b"\n\n", "file is empty")],
)  # fmt: skip
def test_a_file_that_is_no_table_is_refused_and_not_kept(people: Cast, content: bytes, sentence: str) -> None:
    before = set(files.folder().iterdir())
    answer = upload(client_of(people.dan), content)
    assert answer.status_code == 422
    assert re.search(sentence, text_of(answer))
    assert set(files.folder().iterdir()) == before


def test_a_choice_that_does_not_fit_keeps_what_was_chosen(people: Cast) -> None:
    client = client_of(people.dan)
    sent = fields_of(text_of(upload(client)))
    answer = client.post("/customers/import/columns/", sent | {"to_0": "name"})
    assert answer.status_code == 422
    assert "Two columns go to “name”" in text_of(answer)
    assert fields_of(text_of(answer))["to_2"] == "level"
    nothing = {name: "" for name in sent if name.startswith("to_")}
    assert "Choose a field for at least one column" in text_of(
        client.post("/customers/import/columns/", sent | nothing)
    )
    assert not Job.objects.filter(kind="import").exists()


def test_fields_that_are_not_offered_cannot_be_sent(people: Cast) -> None:
    client = client_of(people.dan)
    sent = fields_of(text_of(upload(client)))
    client.post("/customers/import/columns/", sent | {"to_0": "created_by", "to_4": "version", "key": "客户名称"})
    assert set(Job.objects.get(kind="import").arguments["columns"]) == {"name", "level", "employees"}


def test_only_who_may_import_gets_the_pages(people: Cast) -> None:
    for name in ("ana", "cyd"):
        client = client_of(getattr(people, name))
        for path in ("", "template/", "columns/"):
            assert client.get(f"/customers/import/{path}").status_code == 403
        assert upload(client).status_code == 403
    assert Client().get("/customers/import/").status_code == 302
    assert client_of(people.admin).get("/roles/import/").status_code == 404


def test_an_upload_and_its_report_belong_to_one_person(people: Cast) -> None:
    dan, admin = client_of(people.dan), client_of(people.admin)
    sent = fields_of(text_of(upload(dan)))
    assert admin.post("/customers/import/columns/", sent).status_code == 422
    assert dan.get("/contacts/import/columns/", {"file": sent["file"]}).status_code == 422
    assert dan.get("/customers/import/columns/", {"file": sent["file"] + "x"}).status_code == 422
    dan.post("/customers/import/columns/", sent)
    job = Job.objects.get(kind="import")
    assert admin.get(f"/imports/{job.pk}/").status_code == 404
    assert admin.post(f"/imports/{job.pk}/go-on/", {"import": "1"}).status_code == 404
    assert dan.get("/imports/99999999999999999999999/").status_code == 404
    assert Job.objects.filter(kind="import").count() == 1


def test_masked_and_hidden_fields_are_not_offered(people: Cast) -> None:
    role = Role.objects.create(
        name="careful",
        grants={"*": {"*": "all"}},
        denies={},
        settings=[],
        fields={"customers": {"level": "masked", "phone": "hidden"}},
    )
    people.cyd.user_roles.all().delete()
    give_role(people.cyd, role)
    client = client_of(people.cyd)
    html = text_of(upload(client))
    assert 'value="level"' not in html
    assert 'value="phone"' not in html
    assert 'value="name"' in html


def test_the_template_holds_headings_that_are_guessed_again(people: Cast) -> None:
    client = client_of(people.dan, "zh-hans")
    template = client.get("/customers/import/template/")
    assert template.headers["Content-Disposition"] == 'attachment; filename="customers-template.csv"'
    filled = (
        template.content.decode("utf-8-sig").strip()
        + "\r\n"
        + ",".join(["1"] * len(template.content.decode().split(",")))
    )
    sent = fields_of(text_of(upload(client, filled.encode())))
    assert all(sent[name] for name in sent if name.startswith("to_"))


def test_a_name_with_path_and_markup_is_only_a_name(people: Cast) -> None:
    html = text_of(upload(client_of(people.dan), name="..\\..\\<img src=x onerror=alert(1)>.csv"))
    assert "<img src=x" not in html
    assert "&lt;img src=x" in html


def test_dangerous_headings_and_cells_are_text(people: Cast) -> None:
    client = client_of(people.dan)
    table = "<script>alert(1)</script>,{客户名称}\n<b>x</b>,甲\n"
    html = text_of(upload(client, table))
    assert "<script>alert(1)" not in html
    assert "(客户名称)" in html
    client.post("/customers/import/columns/", fields_of(html) | {"to_0": "level", "to_1": "name", "key": "(客户名称)"})
    work_once(("long",))
    job = Job.objects.latest("pk")
    assert (job.state, job.error) == ("done", "")
    assert "<b>x</b>" not in text_of(client.get(f"/imports/{job.pk}/"))


def test_choices_are_offered_beside_unknown_values(people: Cast) -> None:
    client = client_of(people.dan)
    client.post("/customers/import/columns/", fields_of(text_of(upload(client))))
    work_once(("long",))
    html = text_of(client.get(f"/imports/{Job.objects.latest('pk').pk}/"))
    assert '<datalist id="known-0">' in html
    assert '<option value="key account">' in html
    assert 'list="known-0"' in html
