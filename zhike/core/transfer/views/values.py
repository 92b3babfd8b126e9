"""The third step: values that are not known, each with what may be meant and what can be done about it."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from zhike.core.actors import Actor
from zhike.core.entities import Entity, FieldKind
from zhike.core.jobs import JobState
from zhike.core.pages.answers import MALFORMED
from zhike.core.pages.guards import signed_in
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.words import sentence_start
from zhike.core.transfer import making, offers, targets
from zhike.core.transfer.assembling import BLANK, FAULT, MAKE, ME, SKIP, USE, Decisions, is_person, makeable
from zhike.core.transfer.looking import known_labels
from zhike.core.transfer.models import TableImport
from zhike.core.transfer.suggest import folded
from zhike.core.transfer.views.steps import Stage, go_to, keep, own_import, show, wait_for

# Values shown one by one, on the whole page and of one column; the others get what is chosen for the rest.
_SHOWN, _SHOWN_OF_COLUMN = 400, 100
_OFFERED = 500
_FEW = 40
_TEXT_LENGTH = 200


@dataclass(frozen=True, kw_only=True)
class ValueRow:
    """One strange value with what is chosen for it."""

    place: str
    value: str
    count: int
    first_row: int
    suggestion: str
    do: str
    text: str
    mistake: str = ""

    @property
    def where(self) -> str:
        return ngettext("%(count)s row (row %(row)s)", "%(count)s rows (first: row %(row)s)", self.count) % {
            "count": f"{self.count:,}",
            "row": f"{self.first_row:,}",
        }

    @property
    def question(self) -> str:
        if not self.suggestion:
            return ""
        return ngettext(
            "Did you mean “%(suggestion)s”? Replace it in %(count)s row.",
            "Did you mean “%(suggestion)s”? Replace it in all %(count)s rows.",
            self.count,
        ) % {"suggestion": self.suggestion, "count": f"{self.count:,}"}


@dataclass(frozen=True, kw_only=True)
class ColumnCard:
    """The strange values of one column: what can be done, what is known, what is chosen."""

    place: int
    column: str
    label: str
    distinct: int
    rows: tuple[ValueRow, ...]
    hidden: int
    rest: str
    actions: tuple[tuple[str, str], ...]
    labels: tuple[str, ...]
    is_full: bool
    # What the button says that makes all of them at once; blank where that cannot be.
    make_all: str = ""
    # Who else could add them to the list.
    hint: str = ""

    @property
    def is_short(self) -> bool:
        """Whether all that is known fits a plain list to choose from."""
        return len(self.labels) <= _FEW

    @property
    def needs_choice(self) -> bool:
        """Whether rows would fail as things stand: nothing is proposed for some value."""
        return any(row.do == USE and not row.text for row in self.rows)

    @property
    def told(self) -> str:
        return ngettext("%(count)s value is not known.", "%(count)s values are not known.", self.distinct) % {
            "count": f"{self.distinct:,}"
        }


@signed_in
@require_http_methods(["GET", "POST"])
def values_page(request: PageRequest, pk: int) -> HttpResponseBase:
    """`/imports/7/values/`"""
    row, entity = own_import(request, pk)
    if row.run_id is not None or row.stage == Stage.COLUMNS:
        return go_to(row)
    if row.look is None:
        return go_to(row, Stage.DOUBLES)
    if row.look.state != JobState.DONE:
        return wait_for(request, row, entity, Stage.VALUES, row.look)
    if request.method != "POST":
        return _show(request, row, entity)
    decided, mistakes = _posted(request, row, entity)
    row.chosen = row.chosen | {"values": row.chosen.get("values", {}) | decided}
    if "make_all" in request.POST:
        _make_all(request, row, entity)
        keep(row, Stage.VALUES)
        return go_to(row, Stage.VALUES)
    if mistakes:
        return _show(request, row, entity, mistakes)
    row.trial = None
    keep(row, Stage.DOUBLES)
    return go_to(row)


def _make_all(request: PageRequest, row: TableImport, entity: Entity) -> None:
    """Choose for every value of one column that it is made."""
    for place, each in enumerate(_strange(row)):
        codes = [code for code, _words in actions_of(request.actor, entity, each["target"], len(each["values"]))]
        if str(place) == request.POST.get("make_all") and MAKE in codes:
            decisions = Decisions(rest=MAKE, each={value: (MAKE, "") for value, *_told in each["values"]})
            row.chosen["values"][each["column"]] = decisions.to_json()


def _strange(row: TableImport) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (row.look.report if row.look is not None else {}).get("strange", [])
    return found


def _shown(strange: list[dict[str, Any]]) -> int:
    return min(_SHOWN_OF_COLUMN, max(10, _SHOWN // max(1, len(strange))))


def actions_of(actor: Actor, entity: Entity, target: str, different: int = 0) -> tuple[tuple[str, str], ...]:
    """What can be done about a strange value of this target, of which there are so many `different` ones: (code, words)."""
    made = makeable(actor, entity, target)
    owner, name = offers.place_of(entity, target)
    may_be_blank = name in targets.columns_of(owner.slug) or not owner.field(name).required
    found = [(USE, _("replace it by:"))]
    if different <= making.MOST_OPTIONS and making.extendable_list(actor, entity, target):
        found.append((MAKE, _("add it to the list of choices")))
    if made is not None:
        found.append((MAKE, _("create it as a new %(record)s") % {"record": made.label}))
    if is_person(entity, target):
        found.append((ME, _("take me")))
    if may_be_blank:
        found.append((BLANK, _("leave the field blank")))
    return (*found, (SKIP, _("leave these rows out")), (FAULT, _("report these rows as faults")))


def usual(actor: Actor, entity: Entity, target: str) -> str:
    """What is proposed for values without a suggestion: records are made where they can be, people left blank, else one chooses.

    Options are not added unasked: a list that everybody chooses from is not to grow by every misspelling.
    """
    codes = [code for code, _words in actions_of(actor, entity, target)]
    if makeable(actor, entity, target) is not None:
        return MAKE
    return BLANK if is_person(entity, target) and BLANK in codes else USE


def _show(
    request: PageRequest, row: TableImport, entity: Entity, mistakes: dict[str, str] | None = None
) -> HttpResponse:
    strange = _strange(row)
    limit = _shown(strange)
    cards = [
        _card(request.actor, row, entity, place, each, limit, mistakes or {}) for place, each in enumerate(strange)
    ]
    # What must be decided comes before what is proposed already.
    cards.sort(key=lambda card: not card.needs_choice)
    labels = offers.allowed(request.actor, entity)
    named = [(heading, sentence_start(labels.get(target, target))) for target, heading in row.chosen["columns"].items()]
    context = {
        "cards": cards,
        "says": _("These values of the file are not known here. Say what each means; nothing is written yet."),
        "columns": named,
        "mistake": _("Some replacements are not known either. Choose others.") if mistakes else "",
    }
    return show(request, "core/import_values.html", row, entity, Stage.VALUES, context, MALFORMED if mistakes else 200)


def _card(
    actor: Actor,
    row: TableImport,
    entity: Entity,
    place: int,
    strange: dict[str, Any],
    limit: int,
    mistakes: dict[str, str],
) -> ColumnCard:
    target, column = strange["target"], strange["column"]
    decided = Decisions.of(row.chosen, column)
    was_decided = column in row.chosen.get("values", {})
    proposal = usual(actor, entity, target)
    rows: list[ValueRow] = []
    for number, (value, count, first_row, suggestion) in enumerate(strange["values"][:limit]):
        do, text = decided.each.get(
            value, (USE, suggestion) if suggestion else (decided.rest if was_decided else proposal, "")
        )
        rows.append(
            ValueRow(
                place=f"{place}_{number}", value=value, count=count, first_row=first_row, suggestion=suggestion,
                do=do, text=text, mistake=mistakes.get(f"{place}_{number}", ""),
            )
        )  # fmt: skip
    labels = offers.allowed(actor, entity)
    different = len(strange["values"])
    actions = actions_of(actor, entity, target, different)
    makes_more = MAKE in dict(actions) and different > 1 and any(each.do != MAKE for each in rows)
    return ColumnCard(
        place=place,
        column=column,
        label=sentence_start(labels.get(target, target)),
        distinct=different,
        rows=tuple(rows),
        hidden=max(0, len(strange["values"]) - limit),
        rest=decided.rest if was_decided else FAULT if proposal == USE else proposal,
        actions=actions,
        labels=tuple(dict.fromkeys(known_labels(actor, entity, target)))[:_OFFERED],
        is_full=strange["is_full"],
        make_all=_make_all_words(actor, entity, target, different) if makes_more else "",
        hint=_hint(actor, entity, target),
    )


def _make_all_words(actor: Actor, entity: Entity, target: str, different: int) -> str:
    made = makeable(actor, entity, target)
    if made is None:
        return _("Add all %(count)s to the list") % {"count": f"{different:,}"}
    return _("Create all %(count)s as new %(records)s") % {"count": f"{different:,}", "records": made.label_plural}


def _hint(actor: Actor, entity: Entity, target: str) -> str:
    if making.option_list_of(entity, target) and not making.extendable_list(actor, entity, target):
        return _("An administrator can add values to this list of choices.")
    return ""


def _posted(request: PageRequest, row: TableImport, entity: Entity) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """What was chosen, by column, and what is wrong with it, by place."""
    decided: dict[str, dict[str, Any]] = {}
    mistakes: dict[str, str] = {}
    strange = _strange(row)
    for place, each in enumerate(strange):
        allowed = {code for code, _words in actions_of(request.actor, entity, each["target"], len(each["values"]))}
        rest = request.POST.get(f"rest_{place}", FAULT)
        decisions = Decisions(rest=rest if rest in allowed - {USE} else FAULT)
        known: set[str] | None = None
        for number, (value, *_told) in enumerate(each["values"][: _shown(strange)]):
            do = request.POST.get(f"do_{place}_{number}", "")
            text = request.POST.get(f"to_{place}_{number}", "").strip()[:_TEXT_LENGTH]
            if do not in allowed:
                continue
            if do == USE and text:
                known = _known(request.actor, entity, each["target"]) if known is None else known
                if not _is_known(request.actor, entity, each["target"], text, known):
                    mistakes[f"{place}_{number}"] = _("“%(value)s” is not known.") % {"value": text}
            if do == USE and not text:
                do = FAULT
            decisions.each[value] = (do, text if do == USE else "")
        decided[each["column"]] = decisions.to_json()
    return decided, mistakes


def _known(actor: Actor, entity: Entity, target: str) -> set[str]:
    return {folded(label) for label in known_labels(actor, entity, target)}


def _is_known(actor: Actor, entity: Entity, target: str, text: str, known: set[str]) -> bool:
    """Whether a replacement will be understood: a label, or what else the field reads (a number, a code)."""
    from zhike.core.transfer.looking import strange_values

    owner, name = offers.place_of(entity, target)
    is_record = owner.has_field(name) and owner.field(name).kind is FieldKind.RELATION
    return (not is_record and folded(text) in known) or not strange_values(actor, entity, target, [text])
