"""A list written into a workbook as a job: what its reader asked for, as he may see it when the job runs."""

from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext_lazy

from zhike.core.actors import Actor
from zhike.core.entities import contribute, registry
from zhike.core.jobs import JobContext, JobFailed, JobKind, Queue
from zhike.core.lists import ListError, ListQuery, matching, ordered
from zhike.core.saved_views.reading import read_query
from zhike.core.transfer.exports import export_workbook


@dataclass(frozen=True, kw_only=True)
class ListExportArguments:
    """`query` is the list's address after the question mark; `ids` are ticked rows, none for all that match."""

    slug: str
    query: str = ""
    ids: list[int] = field(default_factory=list)


def query_of(arguments: ListExportArguments, actor: Actor) -> ListQuery:
    """The question to the list. Raises `ListError`."""
    entity = registry.get(arguments.slug)
    query = read_query(entity, actor, QueryDict(arguments.query), page_own=frozenset({"open", "in"}))
    return query.only(*arguments.ids) if arguments.ids else query


def export_list(job: JobContext[ListExportArguments]) -> None:
    """Write the workbook; it waits on the job's page."""
    entity = registry.get(job.arguments.slug)
    try:
        query = query_of(job.arguments, job.actor)
        job.expect(matching(query).count())
        with job.result(f"{entity.label_plural}.xlsx") as path:
            export_workbook(job.actor, entity, query.columns, ordered(query), path, job.beat)
    except ListError as mistake:
        raise JobFailed(str(mistake)) from mistake


LIST_EXPORT = JobKind(
    name="list_export",
    label=gettext_lazy("export"),
    arguments=ListExportArguments,
    run=export_list,
    queue=Queue.LONG,
    right=lambda arguments: f"{arguments.slug}:export",
)
contribute(LIST_EXPORT)
