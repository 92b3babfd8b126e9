"""`zhike import` and `zhike export`: in a process of their own, told in plain text."""

import argparse
import sys
from collections.abc import Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhike.core.actors import Actor, Via
from zhike.core.entities import Entity, registry
from zhike.core.lists import available
from zhike.core.transfer.exports import export_csv, export_workbook
from zhike.core.transfer.plan import PlanError
from zhike.core.transfer.plans import run_plan
from zhike.core.transfer.report import Outcome, Report, StepReport, first_reasons
from zhike.core.transfer.tables import TableError
from zhike.core.transfer.undo_jobs import undo_now
from zhike.core.writes.errors import Refused

# Lines per step; all of it stands in the file of failed rows.
_VALUES = 20
_REASONS = 10
_REFUSALS = (PlanError, TableError, Refused, ValidationError, OSError)


def main(options: argparse.Namespace) -> int:
    """`zhike import`: `plan` (a path) or `undo` (a batch), `dry_run`, `user` (a username, blank for the system).

    Returns 0, or 1 with a sentence.
    """
    try:
        actor = actor_called(options.user, Via.IMPORT)
        if getattr(options, "undo", ""):
            return _undo(actor, options.undo)
        report = run_plan(options.plan, actor, dry_run=options.dry_run, progress=_progress())
    except _REFUSALS as refused:
        return _fail(_sentence(refused))
    _clear_progress()
    sys.stdout.writelines(f"{line}\n" for line in report_lines(report))
    return 0


def _undo(actor: Actor, batch: str) -> int:
    report = undo_now(actor, batch)
    sys.stdout.writelines(f"{sentence}\n" for sentence in report.summary)
    for each in report.named[:_REASONS]:
        who = f" ({each.who}, {each.when})" if each.who else ""
        sys.stdout.write(f"  {each.title}: {each.reason}{who}\n")
    return 0


def export(options: argparse.Namespace) -> int:
    """`zhike export`: `entity`, `format` (csv, xlsx), `output` (a path, None for standard output), `user`. Returns 0 or 1."""
    try:
        actor = actor_called(options.user, Via.SHELL)
        entity = _entity(options.entity)
        rows = entity.model._default_manager.all().visible_to(actor, "export").order_by("pk")  # type: ignore[attr-defined]
        columns = available(entity, actor)
        if options.format == "xlsx":
            if options.output is None:
                return _fail(_("A workbook cannot go to the terminal. Name a file with --output."))
            export_workbook(actor, entity, columns, rows, options.output)
        elif options.output is None:
            sys.stdout.buffer.writelines(export_csv(actor, entity, columns, rows))
        else:
            with options.output.open("wb") as stream:
                stream.writelines(export_csv(actor, entity, columns, rows))
    except _REFUSALS as refused:
        return _fail(_sentence(refused))
    return 0


def _entity(slug: str) -> Entity:
    try:
        return registry.get(slug)
    except KeyError as unknown:
        known = ", ".join(sorted(each.slug for each in registry.all()))
        raise PlanError(
            _("There are no records called “%(slug)s”. Known are: %(known)s.") % {"slug": slug, "known": known}
        ) from unknown


def _sentence(refused: Exception) -> str:
    if isinstance(refused, Refused):
        return refused.sentence
    return " ".join(refused.messages) if isinstance(refused, ValidationError) else str(refused)


def _fail(sentence: str) -> int:
    _clear_progress()
    sys.stderr.write(f"{sentence}\n")
    return 1


def actor_called(username: str, via: Via) -> Actor:
    """The person with this username, or the system for a blank one. Raises `PlanError` for one who is not there."""
    if not username:
        return Actor.system(via)
    from django.contrib.auth import get_user_model

    people = get_user_model()
    person = people._default_manager.filter(**{people.USERNAME_FIELD: username.strip().casefold()}).first()
    if person is None or not person.is_active:
        raise PlanError(_("There is no active person with the username “%(name)s”.") % {"name": username})
    return Actor.of(person, via)


def _progress() -> "OnTerminal | None":
    return OnTerminal() if sys.stderr.isatty() else None


class OnTerminal:
    """Shows the rows done on one line of a terminal."""

    def __call__(self, done: int, _total: int | None) -> None:
        sys.stderr.write("\r" + ngettext("%(count)d row", "%(count)d rows", done) % {"count": done})
        sys.stderr.flush()


def _clear_progress() -> None:
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")


def report_lines(report: Report) -> Iterator[str]:
    """The report as lines of text."""
    if report.dry_run:
        yield _("Dry run of “%(plan)s”: nothing has been written.") % {"plan": report.plan}
    else:
        yield _("Import “%(plan)s”") % {"plan": report.plan}
    yield from report.notes
    for step in report.steps:
        yield from _step_lines(step)
        if step.number in report.failed_files:
            yield "  " + _("Failed rows, with reasons: %(path)s") % {"path": report.failed_files[step.number]}
    if report.batch and report.count(Outcome.CREATED) + report.count(Outcome.UPDATED):
        yield _("To undo it: zhike import --undo %(batch)s") % {"batch": report.batch}
    rate = int(report.rows / report.seconds) if report.seconds else 0
    yield _("%(rows)d rows in %(seconds).1f seconds (%(rate)d rows a second).") % {
        "rows": report.rows,
        "seconds": report.seconds,
        "rate": rate,
    }


def _step_lines(step: StepReport) -> Iterator[str]:
    counts = ", ".join(f"{outcome.label} {step.counts[outcome]}" for outcome in Outcome if step.counts[outcome])
    yield _("%(number)d. %(source)s → %(entity)s: %(counts)s") % {
        "number": step.number,
        "source": step.source,
        "entity": step.entity,
        "counts": counts or _("no rows"),
    }
    if step.incomplete:
        yield "  " + ngettext(
            "%(count)d row was written without all it says of others.",
            "%(count)d rows were written without all they say of others.",
            step.incomplete,
        ) % {"count": step.incomplete}
    for note in step.notes:
        yield f"  {note}"
    for unknown in step.unknown_values[:_VALUES]:
        yield f"  {unknown.sentence}"
    hidden = len(step.unknown_values) - _VALUES
    if hidden > 0:
        yield "  " + ngettext("… and %(count)d more value.", "… and %(count)d more values.", hidden) % {"count": hidden}
    shown = first_reasons(step, _REASONS)
    for each in shown:
        yield "  " + _("Row %(row)d: %(reason)s") % {"row": each.row, "reason": each.reason}
    left = step.counts[Outcome.FAILED] + step.counts[Outcome.SKIPPED] + step.incomplete - len(shown)
    if left > 0:
        yield "  " + ngettext("… and %(count)d more row.", "… and %(count)d more rows.", left) % {"count": left}
