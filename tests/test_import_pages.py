"""The import in the browser, without any script: who may, what is refused, what belongs to whom."""

import re

import pytest
from django.test import Client

from tests.import_steps import Steps, client_of, text_of
from zhike.core import writes
from zhike.core.jobs import Job, files
from zhike.core.transfer.models import TableImport
from zhike.core.transfer.readers import open_table
from zhike.customers.models import Customer
from zhike.identity.factories import Cast, cast, give_role
from zhike.identity.models import Role

pytestmark = pytest.mark.django_db
TABLE = "客户编号,客户名称,客户级别,员工人数,Remark\nA1,甲公司,重点客户,12,x\nA2,乙公司,金牌,7,y\nA1,丙公司,普通,,\n"


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def dan(people: Cast) -> Steps:
    return Steps(client_of(people.dan))


def test_a_table_comes_in_step_by_step(dan: Steps) -> None:
    assert 'type="file"' in text_of(dan.client.get("/customers/import/"))
    dan.upload(TABLE)
    sent = dan.fields
    assert [sent[f"to_{place}"] for place in range(5)] == ["number", "name", "level", "employees", "description"]
    assert "甲公司" in dan.text
    dan.send("columns")
    assert "金牌" in dan.text
    assert "1 row (row 3)" in dan.text
    dan.send("values", do_0_0="use", to_0_0="重点客户")
    assert dan.fields["key"] == ["客户编号"]
    assert dan.fields["match"] == ["number"]
    dan.send("doubles").work()
    assert not Customer.objects.exists()
    assert "What would happen" in dan.text
    assert "“A1” is already in row 2." in dan.text
    dan.send("trial").work()
    assert "The import is done." in dan.text
    assert set(Customer.objects.values_list("number", "name", "level", "employees")) == {
        ("A1", "甲公司", "key", 12), ("A2", "乙公司", "key", 7),
    }  # fmt: skip
    assert 'name="import"' not in dan.text


def test_every_step_can_be_left_and_is_as_it_was(dan: Steps) -> None:
    dan.upload(TABLE).send("columns", to_4="")
    dan.send("values", do_0_0="use", to_0_0="重点客户")
    dan.send("doubles", key=["客户名称"], when="skip", blanks="clear")
    again = Steps(dan.client)
    assert again.open("columns/").fields["to_4"] == ""
    assert again.open("values/").fields["to_0_0"] == "重点客户"
    fields = again.open("doubles/").fields
    assert (fields["key"], fields["when"], fields["blanks"]) == (["客户名称"], "skip", ["clear"])
    listed = text_of(dan.client.get("/customers/import/"))
    assert "Imports you have not finished" in listed
    assert "客户 2024.csv" in listed
    assert f"/imports/{dan.row.pk}/" in text_of(dan.client.get("/imports/"))


def test_the_next_file_with_the_same_headings_is_mapped_as_this_one_was(dan: Steps) -> None:
    dan.upload(TABLE).send("columns", to_4="short_name")
    dan.send("values", do_0_0="use", to_0_0="普通客户")
    dan.send("doubles", key=["客户名称"]).work().send("trial").work()
    dan.upload(TABLE)
    assert "You imported a file with these headings before" in dan.text
    assert dan.fields["to_4"] == "short_name"
    assert dan.send("columns").fields["to_0_0"] == "普通客户"
    assert dan.send("values").fields["key"] == ["客户名称"]


def test_failed_rows_are_given_back_as_a_file_that_can_be_mended_and_brought_again(dan: Steps) -> None:
    dan.upload(TABLE).through()
    job = dan.row.run
    assert job is not None
    assert f"/jobs/{job.pk}/result/" in dan.text
    given_back = open_table(files.path_of(job.result_file))
    assert [row.cells[1] for row in given_back.rows()] == ["乙公司"]
    answer = dan.client.get(f"/jobs/{job.pk}/result/")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    mended = b"".join(answer.streaming_content).decode("utf-8-sig").replace("金牌", "重点客户")  # type: ignore[attr-defined]
    dan.upload(mended.encode())
    assert "You imported a file with these headings before" in dan.text
    dan.through()
    assert Customer.objects.get(number="A2").level == "key"


def test_a_record_that_is_here_already_is_recognised_by_its_number(people: Cast, dan: Steps) -> None:
    writes.create(people.actor("admin"), Customer(name="旧名", number="A1"))
    dan.upload(TABLE).through()
    assert Customer.objects.get(number="A1").name == "甲公司"


def test_records_are_recognised_by_name_and_phone_together(people: Cast, dan: Steps) -> None:
    writes.create(people.actor("admin"), Customer(name="甲公司", phone="021-58881234"))
    dan.upload("名称,电话,级别\n甲公司,02158881234,重点客户\n甲公司,02199990000,重点客户\n".encode())
    dan.send("columns").send("doubles", key=["名称", "电话"], match=["name", "phone"]).work().send("trial").work()
    assert sorted(Customer.objects.values_list("level", flat=True)) == ["key", "key"]
    assert Customer.objects.count() == 2


def test_rows_can_be_pasted(dan: Steps) -> None:
    dan.page = dan.client.post("/customers/import/", {"pasted": "名称\t员工人数\n甲公司\t12\n乙公司\t7\n"}, follow=True)
    dan.through()
    assert set(Customer.objects.values_list("name", "employees")) == {("甲公司", 12), ("乙公司", 7)}
    assert set(Customer.objects.values_list("owner__username", flat=True)) == {"dan"}


def test_an_import_can_be_given_up_and_its_file_goes(dan: Steps) -> None:
    dan.upload(TABLE)
    path = files.path_of(dan.row.upload)
    assert path.is_file()
    dan.client.post(f"/imports/{dan.row.pk}/drop/")
    assert not TableImport.objects.exists()
    assert not path.exists()


def test_a_file_that_is_gone_can_be_brought_anew_and_the_choices_stand(dan: Steps) -> None:
    dan.upload(TABLE).send("columns", to_4="short_name")
    files.remove(dan.row.upload)
    dan.open("columns/")
    assert "Upload it again; what you chose is kept." in dan.text
    dan.upload(TABLE, again=str(dan.row.pk))
    assert TableImport.objects.count() == 1
    assert dan.fields["to_4"] == "short_name"


def test_the_import_is_undone_from_its_page(dan: Steps) -> None:
    dan.upload(TABLE).through()
    assert "Undo the import" in dan.text
    dan.page = dan.client.post(f"/imports/{dan.row.pk}/undo/", follow=True)
    dan.work()
    assert "This import was undone." in dan.text
    assert "1 record was moved to the recycle bin." in dan.text
    assert not Customer.objects.filter(deleted_at=None).exists()


def test_pressing_import_twice_imports_once(dan: Steps) -> None:
    dan.upload(TABLE).send("columns").send("values").send("doubles").work()
    pk = dan.row.pk
    for _press in range(2):
        dan.client.post(f"/imports/{pk}/trial/")
    assert Job.objects.filter(kind="import", arguments__dry_run=False).count() == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "The submitted file is empty|Choose a file first|file is empty"),
    (b"name,level\n", "names of columns, but no rows below them"), (b"%PDF-1.7\n1 0 obj", "This file is no table"),
    (b"<html><table><tr><td>name</td></tr></table>", "web page or XML under the name of a table"),
    (b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe\x80", "This file is no table"),
    (b"\x89XNG\r\n\x1a\n\x00\x00\xff\xfe\x80", "cannot be recognised"),
     (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 99, "old Excel file"), (b"\n\n", "file is empty"),
     (",".join(f"c{number}" for number in range(2_000)).encode(), "has 2000 columns; at most 500 can be read"),
     ],
)  # fmt: skip
def test_a_file_that_is_no_table_is_refused_and_not_kept(dan: Steps, content: bytes, sentence: str) -> None:
    before = set(files.folder().iterdir())
    dan.upload(content)
    assert dan.page.status_code == 422
    assert re.search(sentence, dan.text)
    assert set(files.folder().iterdir()) == before
    assert not TableImport.objects.exists()


def test_names_of_columns_that_come_again_in_a_row_are_no_record(dan: Steps) -> None:
    dan.upload("客户名称,客户级别\n客户名称,客户级别\n甲,重点客户\n").send("columns")
    assert dan.row.look is not None
    assert dan.row.look.report["strange"] == []
    dan.send("doubles").work()
    assert "This row repeats the names of the columns; it is no record." in dan.text
    dan.send("trial").work()
    assert list(Customer.objects.values_list("name", flat=True)) == ["甲"]


def test_a_cell_of_ten_megabytes_is_refused_with_a_sentence(dan: Steps) -> None:
    dan.upload(b"name,level\n" + b"x" * 10_000_000 + b",key\n")
    assert dan.page.status_code == 422
    assert "One line of the file is longer than 2 MB" in dan.text


def test_a_choice_that_does_not_fit_keeps_what_was_chosen(dan: Steps) -> None:
    dan.upload(TABLE).send("columns", to_0="name")
    assert dan.page.status_code == 422
    assert "Two columns go to “name”" in dan.text
    assert dan.fields["to_2"] == "level"
    dan.send("columns", **{f"to_{place}": "" for place in range(5)})
    assert "Choose a field for at least one column" in dan.text
    assert not Job.objects.filter(kind="import").exists()


def test_fields_that_are_not_offered_cannot_be_sent(dan: Steps) -> None:
    dan.upload(TABLE).send("columns", to_0="created_by", to_4="version").send("values")
    dan.send("doubles", key=["客户名称", "nonsense"], match=["version"])
    arguments = Job.objects.get(kind="import").arguments
    assert set(arguments["columns"]) == {"name", "level", "employees"}
    assert (arguments["key"], arguments["match"]) == ("{客户名称}", "")


def test_only_who_may_import_gets_the_pages(people: Cast) -> None:
    for name in ("ana", "cyd"):
        client = client_of(getattr(people, name))
        for path in ("", "template/"):
            assert client.get(f"/customers/import/{path}").status_code == 403
        assert Steps(client).upload(TABLE).page.status_code == 403
    assert Client().get("/customers/import/").status_code == 302
    assert client_of(people.admin).get("/roles/import/").status_code == 404


def test_an_import_belongs_to_one_person_in_every_step(people: Cast, dan: Steps) -> None:
    dan.upload(TABLE).through()
    pk, admin = dan.row.pk, client_of(people.admin)
    for step in ("", "columns/", "values/", "doubles/", "trial/", "run/"):
        assert admin.get(f"/imports/{pk}/{step}").status_code == 404
    for step in ("columns", "values", "doubles", "trial", "drop"):
        assert admin.post(f"/imports/{pk}/{step}/", {"key": "x"}).status_code == 404
    assert admin.get(f"/imports/job/{dan.row.run_id}/").status_code == 404
    assert dan.client.get("/imports/99999999999999999999999/").status_code == 404
    assert dan.client.get(f"/imports/job/{dan.row.run_id}/").headers["Location"] == f"/imports/{pk}/"
    assert client_of(people.ana).post(f"/imports/{pk}/undo/").status_code == 404
    # Who keeps the imports sees that it was, and may undo it.
    assert "客户 2024.csv" in text_of(admin.get("/imports/"))
    assert admin.post(f"/imports/{pk}/undo/").status_code == 302


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
    html = Steps(client_of(people.cyd)).upload(TABLE).text
    assert 'value="level"' not in html
    assert 'value="phone"' not in html
    assert 'value="name"' in html


def test_the_template_holds_headings_that_are_guessed_again(people: Cast) -> None:
    client = client_of(people.dan, "zh-hans")
    template = client.get("/customers/import/template/")
    assert template.headers["Content-Disposition"] == 'attachment; filename="customers-template.csv"'
    headings = template.content.decode("utf-8-sig").strip()
    filled = headings + "\r\n" + ",".join(["1"] * len(headings.split(",")))
    sent = Steps(client).upload(filled.encode()).fields
    assert all(sent[name] for name in sent if name.startswith("to_"))


def test_a_name_with_path_and_markup_is_only_a_name(dan: Steps) -> None:
    html = str(dan.upload(TABLE, name="..\\..\\<img src=x onerror=alert(1)>.csv").page.content.decode())
    assert "<img src=x" not in html
    assert "&lt;img src=x" in html


def test_dangerous_headings_and_cells_are_text(dan: Steps) -> None:
    table = "<script>alert(1)</script>,{客户名称}\n<b>x</b>,甲\n"
    html = str(dan.upload(table).page.content.decode())
    assert "<script>alert(1)" not in html
    assert "(客户名称)" in html
    dan.send("columns", to_0="level", to_1="name")
    assert "<b>x</b>" not in str(dan.page.content.decode())
    dan.send("values").send("doubles", key=["(客户名称)"]).work()
    job = dan.row.trial
    assert job is not None
    assert (job.state, job.error) == ("done", "")
    assert "<b>x</b>" not in str(dan.page.content.decode())


def test_choices_are_offered_beside_unknown_values(dan: Steps) -> None:
    assert '<option value="key account">' in dan.upload(TABLE).send("columns").text


def test_a_replacement_that_is_not_known_either_is_refused(dan: Steps) -> None:
    dan.upload(TABLE).send("columns").send("values", do_0_0="use", to_0_0="银牌")
    assert dan.page.status_code == 422
    assert "“银牌” is not known." in dan.text
    assert not Job.objects.filter(kind="import").exists()
