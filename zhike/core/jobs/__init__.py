"""Work that outlives a request: kinds of jobs, the queue, the worker, and what runs by the clock."""

from zhike.core.jobs.context import Batch, JobContext, JobFailed
from zhike.core.jobs.kinds import JobKind, NoArguments, ScheduledJob
from zhike.core.jobs.models import Job, JobState, Queue
from zhike.core.jobs.queue import cancel, enqueue, visible_jobs

__all__ = [
    "Batch",
    "Job",
    "JobContext",
    "JobFailed",
    "JobKind",
    "JobState",
    "NoArguments",
    "Queue",
    "ScheduledJob",
    "cancel",
    "enqueue",
    "visible_jobs",
]
