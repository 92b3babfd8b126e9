"""Values that no two records may share: asked before the write, and once more when the database was the first to know."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from django.db import IntegrityError, models, transaction

from zhike.core.customfields import index as custom_index
from zhike.core.entities import registry
from zhike.core.writes.results import Written


def check(batch: Sequence[Written]) -> None:
    """A single row is told which value is taken, by a `ValidationError` on its field.

    A batch relies on the database and is redone row by row by its caller. What the write leaves alone, or a new row leaves
    blank, is not asked for: each question is a statement.
    """
    if len(batch) != 1:
        return
    row, changed = batch[0].row, batch[0].changes.keys()
    custom_index.check_unique(registry.of(row), row, changed)
    row.validate_unique(exclude={each.name for each in row._meta.concrete_fields} - changed)
    # Those without a list of columns are checks, or compare expressions.
    if any(not changed.isdisjoint(getattr(each, "fields", ()) or changed) for each in row._meta.constraints):
        row.validate_constraints()


@contextmanager
def whole(asked_again: Callable[[], None]) -> Iterator[None]:
    """One transaction. Where somebody wrote the same value between the question and the write, the question is asked again.

    So whoever comes second in a race reads the sentence that he would have read a moment later. Any other violation goes on.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        asked_again()
        raise


def never_twice(row: models.Model) -> None:
    """Raise `ValidationError` where a row that comes back finds its values taken."""
    row.validate_constraints()
    custom_index.check_unique(registry.of(row), row, getattr(row, "custom", ()))
