"""A batch of drafts into records: known keys, doubles, the recycle bin, then all rows through the write path."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from zhike.core import layouts, writes
from zhike.core.entities import Entity
from zhike.core.external_keys import ExternalKey
from zhike.core.transfer import targets
from zhike.core.transfer.builder import Builder, RowRefused, Work
from zhike.core.transfer.cells import is_blank
from zhike.core.transfer.drafts import Draft, Drafter
from zhike.core.transfer.keys import KeyBook
from zhike.core.transfer.plan import When
from zhike.core.transfer.relations import Finder
from zhike.core.transfer.report import Outcome, StepReport
from zhike.core.transfer.runs import Run
from zhike.core.transfer.suggest import folded


class BatchWriter:
    """Writes batches of one step in the caller's transaction; what it raises is for the caller to undo."""

    def __init__(
        self, run: Run, entity: Entity, drafter: Drafter, builder: Builder, report: StepReport, system: str
    ) -> None:
        self.run = run
        self.entity = entity
        self.drafter = drafter
        self.builder = builder
        self.report = report
        self.step = drafter.step
        self.keys = KeyBook(entity, system, run.actor.batch_id)
        self._seen: dict[str, int] = {}
        self._beginnings = targets.beginnings(entity.slug)

    def tell(self, draft: Draft, outcome: Outcome, reason: str = "") -> None:
        """Count what became of a row; the reason and the row itself are kept for those who must mend it."""
        self.report.count(outcome, draft.number, reason)
        if outcome is Outcome.FAILED:
            title = str(draft.cells.get(self.entity.title, "")).strip()
            self.run.report.miss(self.entity.slug, (draft.key, title), self.step.number, draft.number)
        if reason or self.run.is_trial:
            self.run.outcomes.add(self.step.number, draft.number, outcome, reason, draft.row.cells)

    def note_seen(self, draft: Draft) -> int | None:
        """The earlier row with the same key, if there is one."""
        if not draft.key:
            return None
        first = self._seen.setdefault(draft.key, draft.number)
        return None if first == draft.number else first

    def write(self, drafts: Sequence[Draft]) -> None:
        """Write a batch whole. Raises what the write path raises, and `RowRefused` for a row that cannot be read."""
        known = self.keys.known(draft.key for draft in drafts if draft.key)
        deleted = self.keys.deleted(entry.record_id for entry in known.values())
        wanted = [draft for draft in drafts if self._is_wanted(draft, known.get(draft.key), deleted)]
        works = self._build(wanted, known)
        fresh = [work for work in works if work.is_new]
        others = [work for work in works if not work.is_new]
        actor = self.run.actor
        writes.create_many(
            actor,
            [work.row for work in fresh],
            steps=[work.steps for work in fresh],
            blanks=[frozenset(work.blanks) for work in fresh],
        )
        saved = writes.save_many(
            actor, [work.row for work in others], action="edit", steps=[work.steps for work in others]
        )
        changed = {id(each.row) for each in saved}
        for work in works:
            touched = self.builder.apply_extras(work) or id(work.row) in changed
            kept = Outcome.UPDATED if touched else Outcome.UNCHANGED
            self.tell(work.draft, Outcome.CREATED if work.is_new else kept)
        self._remember(works, fresh, known)

    def _remember(self, works: Sequence[Work], fresh: Sequence[Work], known: dict[str, ExternalKey]) -> None:
        # Without fingerprint the second pass, or a later run, takes the row up again.
        entries = [(work.draft.key, work.row, "" if work.deferred else work.draft.fingerprint) for work in works]
        self.keys.remember(entries, known)
        self.keys.remember_others(
            [(system, key, work.row) for work in fresh for system, key in work.draft.other_keys.items()]
        )

    def _is_wanted(self, draft: Draft, entry: ExternalKey | None, deleted: frozenset[int]) -> bool:
        """Whether the draft is to be written; tells what became of it otherwise."""
        if draft.problem:
            self.tell(draft, Outcome.FAILED, draft.problem)
            return False
        if draft.left_out:
            self.tell(draft, Outcome.SKIPPED, draft.left_out)
            return False
        if self.step.needs and self._lacks_record(draft):
            return False
        first = self.note_seen(draft)
        if first is not None:
            reason = _("“%(key)s” is already in row %(row)d.") % {"key": draft.key, "row": first}
            self.tell(draft, Outcome.SKIPPED, reason)
        elif entry is None:
            return True
        elif entry.record_id in deleted:
            self.tell(draft, Outcome.SKIPPED, _("The record “%(key)s” is in the recycle bin.") % {"key": draft.key})
        elif entry.fingerprint == draft.fingerprint:
            self.tell(draft, Outcome.UNCHANGED)
        else:
            return self._takes_known(draft)
        return False

    def _lacks_record(self, draft: Draft) -> bool:
        """Whether the record that this part belongs to was in the same row and failed: its reason is told once, there."""
        for missing in self.run.report.missing.values():
            if str(draft.cells.get(self.entity.part_of, "")) in missing:
                self.tell(draft, Outcome.SKIPPED, _("The record it belongs to could not be imported."))
                return True
        return False

    def _takes_known(self, draft: Draft) -> bool:
        """Whether a record that is here already is brought up to date."""
        if self.step.when is When.UPDATE:
            return True
        outcome = Outcome.SKIPPED if self.step.when is When.SKIP else Outcome.FAILED
        self.tell(draft, outcome, _("“%(key)s” is here already.") % {"key": draft.key})
        return False

    def _build(self, drafts: Sequence[Draft], known: Mapping[str, ExternalKey]) -> list[Work]:
        ids = {draft.key: known[draft.key].record_id for draft in drafts if draft.key in known}
        ids |= self._matched([draft for draft in drafts if draft.key not in known])
        rows = self._rows(ids.values())
        states = self.builder.states_of(ids.values())
        self.builder.load(drafts)
        works: list[Work] = []
        for draft in drafts:
            record_id = ids.get(draft.key)
            if record_id is not None and draft.key not in known and not self._takes_known(draft):
                continue
            is_new = record_id is None
            row = self._new_row() if record_id is None else rows.get(record_id)
            mine = {name: states[record_id, name] for name in draft.states} if record_id is not None else {}
            try:
                if row is None:
                    raise RowRefused(writes.NotReachable().sentence)
                works.append(self.builder.fill(draft, row, is_new=is_new, known=mine))
            except RowRefused as refused:
                # Nothing of it has been written, so the batch need not be redone for it.
                self.tell(draft, Outcome.FAILED, str(refused))
        return works

    def _new_row(self) -> Any:
        row = layouts.new_row(self.entity)
        for begin in self._beginnings:
            begin(row)
        return row

    def _matched(self, drafts: Sequence[Draft]) -> dict[str, int]:
        """Records that nobody imported but that the plan's `match` field recognises."""
        name, *further = self.step.match.split(",")
        if not name or not drafts:
            return {}
        texts = {draft.key: str(draft.cells.get(name, "")).strip() for draft in drafts}
        finder = Finder(self.run.actor, self.entity, "", by=name)
        finder.load(text for text in texts.values() if text)
        found: dict[str, int] = {}
        for draft in drafts:
            key, text = draft.key, texts[draft.key]
            candidates = finder.candidates(text) if text else ()
            if further:
                candidates = tuple(row for row in candidates if _agrees(row, draft, further))
            if len(candidates) > 1:
                raise RowRefused(
                    _("“%(value)s” names %(count)d records. Use the number or the key of the one that is meant.")
                    % {"value": text, "count": len(candidates)}
                )
            if candidates:
                found[key] = candidates[0].pk
        return found

    def forget_seen(self) -> None:
        """Take no key for a double: what was seen before has been rolled back."""
        self._seen.clear()

    def _rows(self, ids: Iterable[int]) -> dict[int, Any]:
        wanted = list(ids)
        if not wanted:
            return {}
        rows = self.entity.model._default_manager.all().visible_to(self.run.actor, "edit").filter(pk__in=wanted)  # type: ignore[attr-defined]
        return {row.pk: row for row in rows}

    def connect(self, drafts: Sequence[Draft]) -> None:
        """The second pass: rows that name rows of the same file, now that all are there."""
        known = self.keys.known(draft.key for draft in drafts if draft.key)
        pending = [draft for draft in drafts if draft.key in known and not known[draft.key].fingerprint]
        pending = [draft for draft in pending if self._seen.get(draft.key) == draft.number]
        rows = self._rows([known[draft.key].record_id for draft in pending])
        self.builder.load(pending)
        works: list[Work] = []
        for draft in pending:
            row = rows.get(known[draft.key].record_id)
            if row is None:
                raise writes.NotReachable
            works.append(self.builder.connect(draft, row))
        writes.save_many(self.run.actor, [work.row for work in works], action="edit")
        self.keys.remember([(work.draft.key, work.row, work.draft.fingerprint) for work in works], known)

    def has_self_reference(self, draft: Draft) -> bool:
        return any(not is_blank(draft.cells.get(name, "")) for name in self.builder.self_references)


def _agrees(row: Any, draft: Draft, names: Sequence[str]) -> bool:
    """Whether these fields of a record say what the draft says, however it is spaced."""
    return all(folded(str(draft.cells.get(name, ""))) == folded(str(getattr(row, name) or "")) for name in names)
