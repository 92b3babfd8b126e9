"""Work of sales outside requests: open foreign amounts are valued anew each day; closed ones keep the rate of their day."""

from django.utils.translation import gettext_lazy as _

from zhike.core import company, money
from zhike.core.entities import contribute
from zhike.core.jobs import JobContext, JobKind, NoArguments, ScheduledJob
from zhike.sales.models import Opportunity, Status


def _revalue(job: JobContext[NoArguments]) -> None:
    """Base amounts are derived: no version, no event. A currency without a rate keeps its last value."""
    own, today = company.current().currency, company.today()
    waiting = (
        Opportunity.objects.filter(status=Status.OPEN, deleted_at__isnull=True, amount__isnull=False)
        .exclude(amount_currency__in=("", own))
        .order_by("pk")
    )
    while True:
        last = job.cursor if isinstance(job.cursor, int) else 0
        rows = list(waiting.filter(pk__gt=last).values_list("pk", "amount", "amount_currency")[:500])
        if not rows:
            return
        with job.batch() as batch:
            for pk, amount, currency in rows:
                batch.count()
                job.cursor = pk
                try:
                    worth = money.to_base(amount, currency, today)
                except money.NoRate:
                    continue
                # Only while it is what was read: who changed the amount meanwhile has valued it himself.
                unchanged = Opportunity.objects.filter(
                    pk=pk, status=Status.OPEN, amount=amount, amount_currency=currency
                )
                unchanged.update(amount_base=worth)


REVALUE = JobKind(
    name="sales.revalue_open",
    label=_("value open foreign amounts at today's rates"),
    arguments=NoArguments,
    run=_revalue,
    right="settings.company",
)
contribute(REVALUE)
contribute(ScheduledJob(name="sales.revalue_open", cron="10 0 * * *", kind=REVALUE))
