"""Judging many records anew: after the rules changed, and nightly where a rule asks for days or other records."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from zhike.core.actors import Actor
from zhike.core.entities import contribute, registry
from zhike.core.jobs import Job, JobContext, JobKind, JobState, NoArguments, Queue, ScheduledJob, enqueue
from zhike.core.scoring import engine
from zhike.core.scoring.actions import SCORING, depends_on_more
from zhike.core.scoring.declarations import target_of

_ROWS = 200


@dataclass(frozen=True, kw_only=True)
class RescoringArguments:
    """Which records."""

    slug: str


def rescore(job: JobContext[RescoringArguments]) -> None:
    """All open records of one entity, in the order of their ids; a killed job goes on where it stopped."""
    target = target_of(job.arguments.slug)
    if target is None:
        return
    entity = registry.get(target.slug)
    waiting = entity.model._default_manager.filter(deleted_at__isnull=True, **target.open_rows).order_by("pk")
    job.expect(waiting.filter(pk__gt=_last(job.cursor)).count() + job.done)
    while True:
        with job.batch() as batch:
            rows = list(waiting.filter(pk__gt=_last(job.cursor)).select_for_update()[:_ROWS])
            if not rows:
                return
            engine.follow(entity, rows)
            batch.count(len(rows))
            job.cursor = rows[-1].pk


def _last(cursor: object) -> int:
    return cursor if isinstance(cursor, int) else 0


RESCORE = JobKind(
    name="scoring.rescore",
    label=_("judge records by the changed rules"),
    arguments=RescoringArguments,
    run=rescore,
    queue=Queue.QUICK,
    right=SCORING,
)


def ask_rescoring(actor: Actor, slug: str) -> None:
    """Have the open records of an entity judged anew, unless that waits to be done anyway."""
    waiting = Job.objects.filter(kind=RESCORE.name, state=JobState.QUEUED, arguments=RESCORE.to_json(_of(slug)))
    if not waiting.exists():
        enqueue(actor, RESCORE, _of(slug))


def is_under_way() -> bool:
    """Whether records are being judged anew, or wait for it."""
    return Job.objects.filter(kind=RESCORE.name, state__in=(JobState.QUEUED, JobState.RUNNING)).exists()


def _of(slug: str) -> RescoringArguments:
    return RescoringArguments(slug=slug)


def _nightly(job: JobContext[NoArguments]) -> None:
    """Ask for what the passing of days may have changed."""
    with job.batch():
        for slug, judge in engine.judges.get().items():
            if any(rule.condition is not None and depends_on_more(rule.condition) for rule in judge.rules):
                ask_rescoring(job.actor, slug)


NIGHTLY = JobKind(
    name="scoring.nightly",
    label=_("judge again what depends on the day"),
    arguments=NoArguments,
    run=_nightly,
    right=SCORING,
)
contribute(RESCORE, NIGHTLY)
contribute(ScheduledJob(name="scoring.nightly", cron="25 1 * * *", kind=NIGHTLY))
