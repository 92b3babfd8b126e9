"""Whose data a database holds: bench's own, told by the company's name, or somebody's, which is never touched."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Max

from zhike.config.bench import generator
from zhike.core import company, overlay
from zhike.core.company import Company
from zhike.core.entities import registry
from zhike.core.search import index
from zhike.customers.models import Customer
from zhike.identity.models import User


class NotOurs(Exception):
    """The database may not be used; the sentence says why and what to do."""


def claim(scale: float, say: generator.Say) -> None:
    """Make the database hold bench's data of this scale: already there, or filled in now. Raises `NotOurs`."""
    name = f"zhike bench, scale {scale:g}"
    found = company.current().name
    if found == name:
        say("its data are there already")
        return
    if found or User.objects.exists() or Customer.objects.exists():
        raise NotOurs(
            f"The database holds {f'“{found}”' if found else 'records'}, not what `zhike bench --scale {scale:g}` makes. "
            "Name an empty database."
        )
    say("makes its data")
    generator.fill(say, scale)
    # Last, so that what was interrupted is not taken for whole.
    Company.objects.filter(pk=1).update(name=name)
    overlay.bump()


@contextmanager
def restored() -> Iterator[None]:
    """Remove at the end whatever rows were made in the block, so that the next run finds the same data."""
    tables = [model for model in apps.get_models() if isinstance(model._meta.pk, models.AutoField)]
    last = {model: _last_id(model) for model in tables}
    try:
        yield
    finally:
        with transaction.atomic():
            for entity in registry.all():
                if entity.search and entity.model in last:
                    made = entity.model._default_manager.filter(pk__gt=last[entity.model])
                    index.remove(entity, list(made.values_list("pk", flat=True)))
            for model in tables:
                rows = model._base_manager.filter(pk__gt=last[model])
                rows._raw_delete(rows.db)  # Django's own way past signals and cascades


def _last_id(model: type[models.Model]) -> int:
    found: int | None = model._base_manager.aggregate(last=Max("pk"))["last"]
    return found or 0


def size_in_mb() -> int:
    """Size of the database on disk."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        return int(cursor.fetchone()[0]) // 2**20
