"""Bringing a card into another column: the same verb or edit as its form, by drag, by keyboard, or by a page without script."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from zhike.core import modules, writes
from zhike.core.actors import Actor
from zhike.core.entities import Board, Entity, Verb
from zhike.core.lists import ListQuery
from zhike.core.lists.board import Head, Lane, board_of, choose_whole, heads, lanes, rows_of, value_into, within
from zhike.core.pages.answers import MALFORMED, REFUSED, done, show_page
from zhike.core.pages.board_page import cards_html, head_html, takes_cards
from zhike.core.pages.forms import editable_fields
from zhike.core.pages.guards import allowed, may, open_entity, reached, signed_in
from zhike.core.pages.guards import rows_of as reachable
from zhike.core.pages.requests import PageRequest
from zhike.core.pages.titles import list_address, record_address, title_of
from zhike.core.pages.verb_page import beside_fields, verb_context, verb_form
from zhike.core.pages.words import sentence_start

FORBIDDEN = 403


class _Asks(Exception):
    """The verb's form needs more than the column says, or is to be seen before so weighty a step; it is shown in place."""

    def __init__(self, verb: Verb, form: forms.Form, sentence: str = "", status: int = MALFORMED) -> None:
        super().__init__(verb.name)
        self.verb = verb
        self.form = form
        self.sentence = sentence
        self.status = status


class _Stays(Exception):
    """The card stays where it is; the text says why and what to do."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status


@dataclass(frozen=True)
class _Move:
    """One card, the columns it may stand in, and the list from which it is moved."""

    request: PageRequest
    entity: Entity
    board: Board
    query: ListQuery
    row: Any
    lanes: tuple[Lane, ...]

    @property
    def actor(self) -> Actor:
        return self.request.actor

    @property
    def present(self) -> str:
        """The key of the column in which the card stands."""
        value = getattr(self.row, self.entity.field(self.board.by).attname)
        return "" if value is None else str(value)

    def lane(self, key: str) -> Lane | None:
        return next((each for each in self.lanes if each.key == key), None)


@signed_in
@require_http_methods(["GET", "POST"])
def board_move(request: PageRequest, slug: str, pk: int) -> HttpResponse:
    """`/opportunities/board/42/?…`: asks for the column, and brings the card there. The query is that of the list."""
    entity = open_entity(request.actor, slug)
    query = ListQuery.parse(entity, request.actor, request.GET, strict=False)
    board = board_of(query)
    if board is None:
        raise Http404
    move = _made(request, entity, board, query, reached(request.actor, entity, pk))
    if request.method != "POST":
        return _chooser(move)
    try:
        sentence = _run(move, request.POST.get("to", ""))
    except _Asks as more:
        return _asked(move, more)
    except _Stays as refusal:
        return _refused(move, refusal)
    return _moved(move, sentence)


def _made(request: PageRequest, entity: Entity, board: Board, query: ListQuery, row: Any) -> _Move:
    whole = getattr(row, entity.field(board.within).attname) if board.within else None
    value = getattr(row, entity.field(board.by).attname)
    keep = {"" if value is None else str(value)}
    return _Move(request, entity, board, query, row, lanes(entity, board, whole, keep=keep))


# ----------------------------------------------------------------------------------------------------------- moving


def _run(move: _Move, key: str) -> str:
    """Bring the card into that column and say so. Raises `_Asks` and `_Stays`."""
    lane, row = move.lane(key), move.row
    if lane is None or not lane.key:
        raise _Stays(_("This board has no such column any more. Reload the page."), MALFORMED)
    came_from = move.request.POST.get("from", move.present)
    if came_from != move.present:
        raise _Stays(_elsewhere(move), REFUSED)
    if lane.key != move.present:
        verb = _verb_into(move, lane)
        try:
            if verb is None:
                _edit(move, lane)
            else:
                _run_verb(move, verb, lane)
        except writes.Conflict as conflict:
            raise _Stays(_after_conflict(move) or conflict.sentence, REFUSED) from conflict
        except writes.NotReachable:
            raise
        except writes.Refused as refusal:
            status = FORBIDDEN if isinstance(refusal, writes.NotAllowed) else REFUSED
            raise _Stays(refusal.sentence, status) from refusal
    return _("“%(title)s” is now in “%(column)s”.") % {"title": title_of(move.entity, row), "column": lane.label}


def _verb_into(move: _Move, lane: Lane) -> Verb | None:
    """The verb that brings this card there: the first that fits it, else the first, which says why it does not."""
    names = move.board.verbs_into(lane.state)
    if not names:
        return None
    by_name = {verb.name: verb for verb in move.entity.verbs if modules.is_on(verb.module)}
    verbs = [by_name[name] for name in names if name in by_name]
    if not verbs:
        raise _Stays(_("Nothing brings a card into this column. Choose another one."), REFUSED)
    return next((verb for verb in verbs if verb.fits(move.row)), verbs[0])


def _run_verb(move: _Move, verb: Verb, lane: Lane) -> None:
    if not may(move.actor, move.entity, move.row, verb.action):
        raise _Stays(
            _("Your roles do not include “%(verb)s” for this record. Ask its owner or an administrator.")
            % {"verb": verb.label},
            FORBIDDEN,
        )
    preset = {move.board.by: lane.key}
    form = verb_form(verb, move.row, move.actor, preset=preset)
    if verb.confirm and form is not None and verb.fits(move.row):
        raise _Asks(verb, form, status=200)
    answers = _answers(form, preset)
    filled = None if form is None or verb.form_class is None else _bound(move, verb, answers)
    if filled is not None and form is not None and not filled.is_valid():
        raise _Asks(verb, form)
    try:
        verb.run(move.actor, move.row, **(filled.cleaned_data if filled is not None else {}))
    except ValidationError as missing:
        if filled is None or form is None:
            raise _Stays(" ".join(missing.messages), MALFORMED) from missing
        sentence = beside_fields(filled, missing)
        if not filled.errors:
            raise _Stays(sentence, MALFORMED) from missing
        raise _Asks(verb, filled, sentence) from missing


def _answers(form: forms.Form | None, preset: Mapping[str, str]) -> QueryDict:
    """What the form would send if the reader only pressed its button."""
    answers = QueryDict(mutable=True)
    for field in form or ():
        value = preset.get(field.name, field.value())
        if value not in (None, ""):
            answers[field.name] = value if isinstance(value, str) else str(value)
    return answers


def _bound(move: _Move, verb: Verb, answers: QueryDict) -> forms.Form:
    """The verb's form as if it had been sent with these answers."""
    return verb_form(verb, move.row, move.actor, posted=_Sent(answers))  # type: ignore[return-value]  # it has a form


class _Sent(HttpRequest):
    """The answers as a request, for the verb's form."""

    def __init__(self, answers: QueryDict) -> None:
        super().__init__()
        self.POST = answers  # type: ignore[assignment]  # Django's stub says it cannot be changed


def _edit(move: _Move, lane: Lane) -> None:
    entity, by = move.entity, move.board.by
    if by not in editable_fields(entity, move.actor) or not may(move.actor, entity, move.row, "edit"):
        raise _Stays(
            _("You can see this record but your roles do not include this step. Ask its owner or an administrator."),
            FORBIDDEN,
        )
    value = value_into(entity, move.board, lane)
    posted = move.request.POST.get("version", "")
    version = int(posted) if posted.isdecimal() and len(posted) < 10 else move.row.version
    try:
        writes.merge_edit(move.actor, entity.model, move.row.pk, version, {by: value})
    except ValidationError as missing:
        raise _Stays(_sentences(entity, missing), MALFORMED) from missing


def _sentences(entity: Entity, malformed: ValidationError) -> str:
    """Mistakes of other fields, each with its name."""
    if not hasattr(malformed, "error_dict"):
        return " ".join(malformed.messages)
    return " ".join(
        f"{sentence_start(entity.field(name).label)}: {sentence}" if entity.has_field(name) else str(sentence)
        for name, sentences in malformed.message_dict.items()
        for sentence in sentences
    )


def _elsewhere(move: _Move) -> str:
    lane = move.lane(move.present)
    return _("Somebody else has just moved “%(title)s” to “%(column)s”. It stands there now.") % {
        "title": title_of(move.entity, move.row),
        "column": lane.label if lane else "—",
    }


def _after_conflict(move: _Move) -> str:
    """What the other one did, when it was a move."""
    again = _read_again(move)
    return "" if again is None or again.present == move.present else _elsewhere(again)


def _read_again(move: _Move) -> _Move | None:
    row = reachable(move.actor, move.entity).filter(pk=move.row.pk).first()
    return None if row is None else _made(move.request, move.entity, move.board, move.query, row)


# ---------------------------------------------------------------------------------------------------------- answers


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _moved(move: _Move, sentence: str) -> HttpResponse:
    if _wants_json(move.request):
        return JsonResponse({"text": sentence, **_place(move)})
    return done(move.request, sentence, f"{list_address(move.entity)}?display=board")


def _refused(move: _Move, refusal: _Stays) -> HttpResponse:
    if _wants_json(move.request):
        return JsonResponse({"text": refusal.sentence, **_place(move)}, status=refusal.status)
    return _chooser(move, sentence=refusal.sentence, status=refusal.status)


def _asked(move: _Move, more: _Asks) -> HttpResponse:
    now = _read_again(move) or move  # the run may have left traces in the row
    context = verb_context(move.entity, now.row, more.verb, more.form, more.sentence)
    if not _wants_json(move.request):
        return show_page(move.request, "core/verb.html", context, status=more.status)
    asks = render_to_string("core/verb.html#modal", context, move.request)
    return JsonResponse({"asks": asks}, status=more.status)


def _place(move: _Move) -> dict[str, Any]:
    """Where the card stands now, how it looks, and the heads of all columns; gone where the reader sees it no more."""
    now = _read_again(move)
    _wholes, chosen = choose_whole(move.query, move.board)
    query = within(move.query, move.board, chosen)
    sums = heads(query, move.board)
    place: dict[str, Any] = {
        "heads": {lane.key: head_html(sums.get(lane.key, Head())) for lane in (now or move).lanes},
        "column": None,
        "card": "",
    }
    if now is not None:
        lane = now.lane(now.present) or Lane(key=now.present, label="—")
        shown = rows_of(query, move.board, [now.row])
        place |= {"column": lane.key, "card": cards_html(move.entity, move.board, lane, shown)}
    return place


def _chooser(move: _Move, *, sentence: str = "", status: int = 200) -> HttpResponse:
    """The columns as buttons; the present one, and those that take no card of this reader, are not offered."""
    rights = allowed(move.actor, move.entity, move.row, {"edit", *(verb.action for verb in move.entity.verbs)})
    by_name = {verb.name: verb.action for verb in move.entity.verbs}
    choices = [
        lane
        for lane in move.lanes
        if lane.key
        and lane.key != move.present
        and takes_cards(move.query, move.board, lane)
        and any(by_name.get(name, "edit") in rights for name in move.board.verbs_into(lane.state) or ("edit",))
    ]
    present = move.lane(move.present)
    context = {
        "entity": move.entity,
        "title": _("Move “%(title)s”") % {"title": title_of(move.entity, move.row)},
        "present": present,
        "lanes": choices,
        "sentence": sentence,
        "action": move.request.get_full_path(),
        "back": record_address(move.entity, move.row.pk),
    }
    return show_page(move.request, "core/board_move.html", context, status=status)
