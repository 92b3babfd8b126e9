"""The configuration as a file: what goes out comes in again, elsewhere too, and what cannot be is refused with its place."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings

from zhike.config.cli import main
from zhike.core import configfile, layouts, menu, modules, numbering, options, overlay
from zhike.core.actors import Actor, Via
from zhike.core.configfile import ConfigRefused
from zhike.core.configfile.views import departments_by_path
from zhike.core.configuration import actions as configuration
from zhike.core.configuration import menu_actions, option_actions
from zhike.core.configuration.option_actions import Words
from zhike.core.customfields import actions as fields
from zhike.core.customfields.actions import Part, Setting
from zhike.core.customfields.checking import Draft
from zhike.core.entities import registry
from zhike.core.events.models import Event
from zhike.core.saved_views import actions as views
from zhike.core.saved_views.models import SavedView
from zhike.core.saved_views.reading import visible_views
from zhike.core.scoring import actions as scoring
from zhike.core.scoring.actions import RuleDraft
from zhike.core.writes import NotAllowed
from zhike.identity.actions import create_role, edit_role
from zhike.identity.factories import Cast, cast, give_role
from zhike.identity.models import Role
from zhike.sales.models import Pipeline, Stage

pytestmark = pytest.mark.django_db


SOURCE = {"field": "source", "op": "eq", "value": "website"}


def role_with(settings: list[str]) -> Role:
    """A role with these rights outside entities, and no other."""
    return Role.objects.create(name=", ".join(settings), settings=settings)


@pytest.fixture
def people() -> Cast:
    return cast()


@pytest.fixture
def admin(people: Cast) -> Actor:
    return Actor.of(people.admin, Via.PAGE)


def arrange_a_company(actor: Actor) -> None:
    """Something of everything that a file can hold."""
    from zhike.core import writes

    fields.create_field(
        actor,
        "customers",
        Draft(kind="choice", label_zh="行业地位", label_en="Standing", required=False),
        key="cf_standing",
    )
    option_actions.add_option(actor, "customers-cf_standing", Words(label_zh="龙头", label_en="Leader", colour="green"))
    fields.change_field(
        actor,
        "customers",
        "cf_standing",
        Draft(kind="choice", label_zh="行业地位", label_en="Standing", default="leader"),
    )
    fields.create_field(
        actor,
        "customers",
        Draft(kind="date", label_zh="年检日期", shown_if={"field": "cf_standing", "op": "eq", "value": "leader"}),
        key="cf_checked",
    )
    fields.create_field(actor, "contacts", Draft(kind="text", label_en="Old"), key="cf_old")
    fields.retire_field(actor, "contacts", "cf_old")
    fields.set_field(
        actor, "customers", "description", Setting(label_zh="备忘", help_zh="写下重要的事。", required=True)
    )
    names = layouts.form_names(registry.get("customers"))
    fields.arrange(actor, "customers", [Part(names=names[:3]), Part(names=names[3:], title_zh="其他", title_en="More")])
    fields.rename_entity(actor, "opportunities", one_zh="项目", one_en="project", many_en="projects")
    option_actions.switch_option(actor, "source", next(iter(options.entries("source"))), on=False)
    configuration.change_number_rule(actor, "customer", pattern="K{yyyy}-{seq:5}", reset="year")
    menu_actions.arrange_menu(actor, ["opportunities", "customers"], ["funnel"])
    role = Role.objects.get(code="salesperson")
    edit_role(actor, role, role.version, {"name": "业务员", "fields": {"customers": {"cf_standing": "read_only"}}})
    create_role(actor, name="审计", grants={"*": {"view": "all"}}, settings=["settings.views"])
    pipeline = writes.create(actor, Pipeline(name="渠道 “合作”", position=5))
    writes.create(actor, Stage(pipeline=pipeline, name="接洽", position=1, requires=["customer"], guidance="一\n二"))
    writes.create(actor, Stage(pipeline=pipeline, name="赢单", position=2, status="won", days_allowed=3))
    scoring.add_rule(actor, "leads", RuleDraft(reason="来自官网", points=20, condition=SOURCE))
    scoring.add_rule(
        actor, "leads", RuleDraft(reason="无电话", points=-5, condition={"field": "phone", "op": "is_empty"})
    )
    scoring.change_model(actor, "leads", is_active=True, passing_mark=15)
    state = {"condition": {"field": "cf_standing", "op": "eq", "value": "leader"}, "sort": "name"}
    views.create_view(actor, registry.get("customers"), name="龙头客户", state=state, shared="everyone")
    configuration.switch_module(actor, "sales", on=False)


def configured(actor: Actor) -> dict[str, Any]:
    """What such a company exports; afterwards it is as before."""
    with overlay.trial():
        arrange_a_company(actor)
        return configfile.export(actor)


@pytest.mark.parametrize("form", ["toml", "json"])
def test_what_one_company_exports_another_one_becomes(admin: Actor, form: str) -> None:
    wanted = configured(admin)
    assert configfile.export(admin) != wanted
    text = configfile.write_document(wanted, form)

    configfile.bring_in(admin, configfile.read_document(text.encode(), form))

    assert configfile.export(admin) == wanted
    assert configfile.write_document(configfile.export(admin), form) == text


def test_what_came_in_works(admin: Actor) -> None:
    configfile.bring_in(admin, configured(admin))

    customers = registry.get("customers")
    assert layouts.form_names(customers)[-1] == "cf_checked"
    assert layouts.defaults(customers)["cf_standing"] == "leader"
    assert [entry.text() for entry in options.entries("customers-cf_standing").values()] == ["龙头"]
    assert numbering.current("customer") == ("K{yyyy}-{seq:5}", "year")
    assert not modules.is_on("sales")
    assert "funnel" not in {item.name for item in menu.shown()}
    assert Stage.objects.get(name="接洽").requires == ["customer"]


def test_a_module_is_switched_on_before_its_parts_are_written(admin: Actor) -> None:
    wanted = configfile.export(admin)
    wanted["stages"][next(iter(wanted["stages"]))]["试用"] = {"position": 90}
    configuration.switch_module(admin, "sales", on=False)

    configfile.bring_in(admin, wanted)

    assert modules.is_on("sales")
    assert Stage.objects.filter(name="试用").exists()


def test_parts_of_a_module_that_stays_off_are_refused_with_what_to_do(admin: Actor) -> None:
    wanted = configfile.export(admin)
    wanted["stages"][next(iter(wanted["stages"]))]["试用"] = {"position": 90}
    wanted["modules"]["sales"] = False
    configuration.switch_module(admin, "sales", on=False)
    with pytest.raises(ConfigRefused) as refused:
        configfile.bring_in(admin, wanted)
    assert "modules" in refused.value.problems[0].sentence


@pytest.mark.parametrize("form", ["toml", "json"])
def test_bringing_in_ones_own_export_changes_nothing(admin: Actor, form: str) -> None:
    arrange_a_company(admin)
    text = configfile.write_document(configfile.export(admin), form)
    events = Event.objects.count()

    assert configfile.bring_in(admin, configfile.read_document(text.encode(), form), prune=True) == []
    assert Event.objects.count() == events


def test_bringing_in_twice_changes_nothing_the_second_time(admin: Actor) -> None:
    wanted = configured(admin)
    assert configfile.bring_in(admin, wanted)
    assert configfile.bring_in(admin, wanted) == []


def test_a_rehearsal_says_what_would_change_and_changes_nothing(admin: Actor) -> None:
    wanted = configured(admin)
    before = configfile.export(admin)

    found = configfile.rehearse(admin, wanted)

    assert {"fields.customers.cf_standing", "numbering.customer.pattern"} <= {each.path for each in found}
    assert configfile.export(admin) == before
    assert configfile.bring_in(admin, wanted) == found


def test_what_the_file_does_not_name_stays_unless_it_is_pruned(admin: Actor) -> None:
    plain = configfile.export(admin)
    create_role(admin, name="审计")
    fields.create_field(admin, "customers", Draft(kind="text", label_en="Note"), key="cf_note")

    assert configfile.bring_in(admin, plain) == []
    removed = configfile.bring_in(admin, plain, prune=True)

    assert [each.path for each in removed] == ["fields.customers.cf_note.in_use", "roles.审计"]
    assert not Role.objects.filter(name="审计").exists()


def test_a_part_alone_can_be_brought_in(admin: Actor) -> None:
    document = {"zhike": {"format": 1}, "numbering": {"customer": {"pattern": "C{seq:3}", "reset": "never"}}}
    assert [each.path for each in configfile.bring_in(admin, document)] == [
        "numbering.customer.pattern",
        "numbering.customer.reset",
    ]


def _view(condition: dict[str, Any]) -> dict[str, Any]:
    return {"views": {"customers": {"x": {"condition": condition}}}}


@pytest.mark.parametrize(
    ("part", "path"),
    [
        ({"nonsense": {}}, "nonsense"),
        ({"numbering": {"customer": {"pattern": "{seq}{seq}", "reset": "never"}}}, "numbering.customer.pattern"),
        ({"numbering": {"customer": {"pattern": "K{seq}"}}}, "numbering.customer.reset"),
        ({"numbering": {"customer": {"pattern": 5, "reset": "never"}}}, "numbering.customer.pattern"),
        ({"numbering": {"nothing": {"pattern": "K{seq}", "reset": "never"}}}, "numbering.nothing"),
        ({"numbering": 5}, "numbering"),
        ({"modules": {"people": False}}, "modules.people"),
        ({"modules": {"unheard_of": True}}, "modules.unheard_of"),
        ({"menu": {"order": ["nowhere"]}}, "menu"),
        ({"menu": {"order": ["home", {"a": 1}]}}, "menu"),
        ({"options": {"region": {"110000": {"label_zh": "京"}}}}, "options.region.110000"),
        ({"options": {"source": {"DROP TABLE": {"label_zh": "京"}}}}, "options.source.DROP TABLE"),
        ({"fields": {"customers": {"id": {"kind": "text", "label_en": "Id"}}}}, "fields.customers.id.key"),
        ({"fields": {"customers": {"cf_x": {"kind": "formula", "label_en": "X"}}}}, "fields.customers.cf_x.kind"),
        ({"fields": {"nowhere": {"cf_x": {"kind": "text", "label_en": "X"}}}}, "fields.nowhere.cf_x"),
        ({"fields": {"customers": {"cf_x": {"kind": "text", "label_en": "X", "sql": "1"}}}}, "fields.customers.cf_x.sql"),
        ({"built_in_fields": {"customers": {"name": {"hidden": True}}}}, "built_in_fields.customers.name.is_hidden"),
        ({"forms": {"customers": {"sections": [{"fields": ["password"]}]}}}, "forms.customers"),
        ({"roles": {"salesperson": {"grants": {"*": {"view": "everything"}}}}}, "roles.salesperson.grants"),
        ({"roles": {"salesperson": {"grants": {"nowhere": {"view": "all"}}}}}, "roles.salesperson.grants.nowhere"),
        ({"scoring": {"leads": {"rules": [{"reason": "x"}]}}}, "scoring.leads.rules.1"),
        ({"scoring": {"nowhere": {}}}, "scoring.nowhere"),
        ({"stages": {"nowhere": {"first": {}}}}, "stages.nowhere.first"),
        (_view({"field": "password", "op": "eq", "value": "1"}), "views.customers.x.condition"),
        (_view({"field": "owner", "op": "eq", "value": 1}), "views.customers.x.condition"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_place_and_nothing_is_changed(
    admin: Actor, part: dict[str, Any], path: str
) -> None:
    before = configfile.export(admin)
    good = {"numbering": {"opportunity": {"pattern": "Z{seq}", "reset": "never"}}}
    document = {"zhike": {"format": 1}, **good, **part}

    with pytest.raises(ConfigRefused) as refused:
        configfile.bring_in(admin, document)

    assert [each.path for each in refused.value.problems] == [path]
    assert refused.value.problems[0].sentence
    assert configfile.export(admin) == before


def test_all_that_is_wrong_is_said_at_once(admin: Actor) -> None:
    document = {"zhike": {"format": 1}, "modules": {"unheard_of": True}, "numbering": {"customer": {}}}
    with pytest.raises(ConfigRefused) as refused:
        configfile.bring_in(admin, document)
    assert [each.path for each in refused.value.problems] == [
        "modules.unheard_of",
        "numbering.customer.pattern",
        "numbering.customer.reset",
    ]


def test_a_file_of_another_format_is_refused(admin: Actor) -> None:
    with pytest.raises(ConfigRefused) as refused:
        configfile.bring_in(admin, {"zhike": {"format": 99}})
    assert [each.path for each in refused.value.problems] == ["zhike.format"]


def test_only_who_keeps_the_configuration_takes_it_out_or_brings_it_in(people: Cast) -> None:
    ana = Actor.of(people.ana, Via.PAGE)
    with pytest.raises(NotAllowed):
        configfile.export(ana)
    with pytest.raises(NotAllowed):
        configfile.bring_in(ana, {"zhike": {"format": 1}})


def test_a_part_needs_its_own_right_as_well(people: Cast) -> None:
    give_role(people.ana, role_with(["settings.configuration"]))
    ana = Actor.of(people.ana, Via.PAGE)
    document = {"zhike": {"format": 1}, "roles": {"salesperson": {"grants": {"*": {"*": "all"}}, "settings": ["*"]}}}
    with pytest.raises(ConfigRefused) as refused:
        configfile.bring_in(ana, document)
    assert [each.path for each in refused.value.problems] == ["roles.salesperson"]


def test_a_view_of_single_records_is_left_out_and_said(admin: Actor, people: Cast) -> None:
    from zhike.core.configfile.engine import left_out

    state = {"condition": {"field": "owner", "op": "eq", "value": people.ana.pk}}
    views.create_view(admin, registry.get("customers"), name="安娜的", state=state, shared="everyone")
    assert configfile.export(admin)["views"] == {}
    assert "安娜的" in left_out()[0]


def test_views_of_one_department_go_by_its_path(admin: Actor, people: Cast) -> None:
    ana = Actor.of(people.ana, Via.PAGE)
    customers = registry.get("customers")
    state = {"condition": SOURCE, "sort": "name"}
    views.create_view(ana, customers, name="官网来的", state=state, shared="department")
    wanted = configfile.export(admin)
    path = next(iter(wanted["department_views"]["customers"]))
    assert path.endswith(str(people.ana.department))
    SavedView.objects.all().delete()

    text = configfile.write_document(wanted, "toml")
    found = configfile.bring_in(admin, configfile.read_document(text.encode(), "toml"))
    assert [each.path for each in found] == [f"department_views.customers.{path}.官网来的"]
    row = SavedView.objects.get()
    assert (row.department, row.shared, row.owner, row.sort) == (
        people.ana.department, "department", people.admin, "name",
    )  # fmt: skip
    assert [each.name for each in visible_views(ana, customers) if each.pk] == ["官网来的"]
    assert configfile.bring_in(admin, wanted, prune=True) == []
    wanted["department_views"]["customers"][path]["官网来的"]["sort"] = "-name"
    assert [each.path for each in configfile.bring_in(admin, wanted)] == [f"{found[0].path}.sort"]
    wanted["department_views"] = {}
    assert [each.kind for each in configfile.bring_in(admin, wanted, prune=True)] == ["removed"]
    assert not SavedView.objects.exists()


def test_a_view_of_a_department_that_is_not_here_is_skipped_with_the_reason(
    admin: Actor, people: Cast, client: Client, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    one = {"condition": {}, "sort": "name"}
    document = {"zhike": {"format": 1}, "department_views": {"customers": {"总部/火星": {"远": one}}}}
    (left,) = configfile.bring_in(admin, document)
    assert (left.kind, left.path) == ("skipped", "department_views.customers.总部/火星.远")
    assert "总部/火星" in left.because
    assert not SavedView.objects.exists()
    path = tmp_path / "zhike.json"
    path.write_text(json.dumps(document), "utf-8")
    assert main(["config", "import", str(path), "--as", people.admin.username]) == 0
    assert f"! {left.path}: " in capsys.readouterr().out

    client.force_login(people.admin)
    with path.open("rb") as opened:
        page = client.post("/settings/configuration/", {"file": opened}).content.decode()
    assert left.because in page
    assert 'name="seen"' in page
    assert 'z-form__foot"><a' in page  # nothing to bring in


def test_a_second_view_of_ones_own_under_the_same_name_is_skipped(admin: Actor, people: Cast) -> None:
    views.create_view(admin, registry.get("customers"), name="远", state={}, shared="everyone")
    path = next(path for path, pk in departments_by_path().items() if pk == people.ana.department_id)
    document = {"zhike": {"format": 1}, "department_views": {"customers": {path: {"远": {"sort": "name"}}}}}
    assert [each.kind for each in configfile.bring_in(admin, document)] == ["skipped"]


def test_the_command_writes_shows_and_brings_in(
    admin: Actor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "zhike.json"
    assert main(["config", "export", str(path)]) == 0
    document = json.loads(path.read_text("utf-8"))
    document["numbering"]["customer"]["pattern"] = "KH{yyyy}{mm}{dd}-{seq:6}"
    path.write_text(json.dumps(document), "utf-8")
    capsys.readouterr()

    assert main(["config", "import", str(path), "--dry-run"]) == 0
    assert "~ numbering.customer.pattern" in capsys.readouterr().out
    assert numbering.current("customer")[0] != "KH{yyyy}{mm}{dd}-{seq:6}"
    assert main(["config", "import", str(path)]) == 0
    assert numbering.current("customer")[0] == "KH{yyyy}{mm}{dd}-{seq:6}"


def test_the_command_ends_with_reasons_and_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "zhike.toml"
    path.write_text("[zhike]\nformat = 1\n[modules]\npeople = false\n", "utf-8")
    assert main(["config", "import", str(path)]) == 1
    assert "modules.people: " in capsys.readouterr().err
    assert main(["config", "export", str(tmp_path / "zhike.xml")]) == 1


@override_settings(LANGUAGE_CODE="en")
def test_an_import_stands_in_the_log_with_its_differences(admin: Actor) -> None:
    configfile.bring_in(admin, {"zhike": {"format": 1}, "modules": {"sales": False}})
    event = Event.objects.filter(verb="import_configuration").latest("id")
    assert event.changes == {"modules.sales": [True, False]}
