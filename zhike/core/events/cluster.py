"""Whether the log was written by this database cluster: transaction ids mean nothing in another one."""

import logging

from django.db import ProgrammingError, connection, transaction
from django.db.models import Max, Q

from zhike.core.company import Company
from zhike.core.events.models import Event, EventCursor

log = logging.getLogger(__name__)


def settle_cluster() -> bool:
    """Before anything is dispatched: number the log anew when the database was restored or moved here. Says if it was.

    Every `tx` becomes 0, which makes id the order, and every cursor (0, id) such that what its subscriber has not
    heard lies behind it; a few events may be told twice. Events are immutable but for this.
    """
    with transaction.atomic():
        company, _ = Company.objects.select_for_update().get_or_create(pk=1)
        here = identity()
        if company.cluster == here and not _from_the_future():
            return False
        moved = Event.objects.exclude(tx=0).exists() and (company.cluster != "" or _from_the_future())
        if moved:
            log.warning(
                "This database came from another cluster (%s, now %s): the log is renumbered.", company.cluster, here
            )
            _renumber()
        Company.objects.filter(pk=1).update(cluster=here)
    return moved


def identity() -> str:
    """What tells this cluster from others.

    `system:` and PostgreSQL's system identifier; where reading that is not allowed, `database:` and the numbers
    under which this database and its log are known, which a restore changes. `sqlite`: there are no transaction
    ids.
    """
    if connection.vendor != "postgresql":
        return connection.vendor
    with connection.cursor() as cursor:
        try:
            with transaction.atomic():
                cursor.execute("SELECT system_identifier FROM pg_control_system()")
                return f"system:{cursor.fetchone()[0]}"
        except ProgrammingError:  # InsufficientPrivilege
            cursor.execute(
                "SELECT oid::bigint, 'core_event'::regclass::oid::bigint"
                " FROM pg_database WHERE datname = current_database()"
            )
            database, log_table = cursor.fetchone()
            return f"database:{database}.{log_table}"


def _from_the_future() -> bool:
    """Whether the log names transactions that this cluster has not reached: proof that another one wrote it."""
    newest = Event.objects.aggregate(newest=Max("tx"))["newest"] or 0
    if connection.vendor != "postgresql":
        return bool(newest)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return bool(newest > cursor.fetchone()[0])


def _renumber() -> None:
    for cursor in EventCursor.objects.all():
        unheard = (
            Event.objects.filter(Q(tx__gt=cursor.tx) | Q(tx=cursor.tx, id__gt=cursor.event_id))
            .order_by("id")
            .values_list("id", flat=True)
        )
        first = unheard.first()
        last = Event.objects.aggregate(last=Max("id"))["last"] or 0
        EventCursor.objects.filter(pk=cursor.pk).update(tx=0, event_id=last if first is None else first - 1)
    Event.objects.exclude(tx=0).update(tx=0)
