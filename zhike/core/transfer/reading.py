"""Which imports a person sees: his own; those that ran of everybody, for who keeps the imports."""

from django.db.models import Q, QuerySet

from zhike.core.actors import Actor
from zhike.core.transfer.models import TableImport

_JOBS = ("look", "trial", "run", "undo")


def own(actor: Actor) -> QuerySet[TableImport]:
    """What this person began, with its jobs."""
    return TableImport.objects.filter(asked_by_id=actor.user_id).select_related(*_JOBS)


def listed(actor: Actor, *, sees_all: bool) -> QuerySet[TableImport]:
    """The newest first. What others have only begun is theirs alone."""
    mine = Q(asked_by_id=actor.user_id)
    rows = TableImport.objects.filter(mine | Q(run__isnull=False) if sees_all else mine)
    return rows.select_related("run", "asked_by").order_by("-id")


def anyones(pk: int) -> TableImport | None:
    """An import whoever began it; the right to it is for the caller to judge."""
    return TableImport.objects.filter(pk=min(pk, 2**63 - 1)).select_related(*_JOBS).first()
