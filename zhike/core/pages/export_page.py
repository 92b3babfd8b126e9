"""A list as a file: CSV is sent at once, a workbook is made by a job."""

from urllib.parse import quote

from django.db import transaction
from django.http import HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhike.core.jobs import enqueue
from zhike.core.lists import ListError, ordered
from zhike.core.pages.answers import MALFORMED
from zhike.core.pages.errors import explain
from zhike.core.pages.guards import open_entity, signed_in
from zhike.core.pages.requests import PageRequest
from zhike.core.transfer.exports import export_csv
from zhike.core.transfer.list_export import LIST_EXPORT, ListExportArguments, query_of


@signed_in
@require_POST
def export_page(request: PageRequest, slug: str) -> HttpResponseBase:
    """`/customers/export/`: the list as asked for, or its ticked rows, as this person may see and export them."""
    entity = open_entity(request.actor, slug, "export")
    ticked = [] if "matching" in request.POST else request.POST.getlist("row")
    arguments = ListExportArguments(
        slug=slug,
        query=request.POST.get("query", "")[:8_000],
        ids=sorted({int(text) for text in ticked if text.isdecimal() and len(text) < 19}),
    )
    try:
        query = query_of(arguments, request.actor)
    except ListError as mistake:
        return explain(request, MALFORMED, _("This list cannot be exported"), str(mistake))
    if request.POST.get("format") != "csv":
        with transaction.atomic():
            job = enqueue(request.actor, LIST_EXPORT, arguments)
        return HttpResponseRedirect(reverse("job", args=[job.pk]))
    pieces = export_csv(request.actor, entity, query.columns, ordered(query))
    response = StreamingHttpResponse(pieces, content_type="text/csv; charset=utf-8")
    name = f"{entity.label_plural}-{timezone.localdate().isoformat()}.csv"
    response.headers["Content-Disposition"] = f"attachment; filename=\"{slug}.csv\"; filename*=UTF-8''{quote(name)}"
    return response
