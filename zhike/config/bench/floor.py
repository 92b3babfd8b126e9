"""The floor's two views: read 50 rows through the ORM into a plain table; insert one row through the ORM and commit."""

from functools import cache

from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from zhike.customers.models import Customer

_TABLE = (
    "<!doctype html><title>{{ user.full_name }}</title><table>{% for row in rows %}<tr><td>{{ row.name }}<td>{{ row.level }}"
    "<td>{{ row.state }}<td>{{ row.industry }}<td>{{ row.region }}<td>{{ row.phone }}<td>{{ row.owner.full_name }}"
    "<td>{{ row.updated_at }}{% endfor %}</table>"
)


@cache
def _template() -> Template:
    return Template(_TABLE)  # compiled once, as a template loader would keep it


def rows(request: HttpRequest) -> HttpResponse:
    """50 customers by last change, with their owners' names, for somebody signed in."""
    if not request.user.is_authenticated:
        return HttpResponse(status=403)
    found = Customer.objects.filter(deleted_at__isnull=True).select_related("owner").order_by("-updated_at", "-id")[:50]
    return HttpResponse(_template().render(Context({"rows": found, "user": request.user})))


@csrf_exempt
def insert(request: HttpRequest) -> HttpResponse:
    """One customer, committed, for somebody signed in."""
    if not request.user.is_authenticated:
        return HttpResponse(status=403)
    now = timezone.now()
    row = Customer.objects.create(
        name=request.POST.get("name", "row"), created_at=now, updated_at=now, owner_id=request.user.pk
    )
    return HttpResponse(str(row.pk))


urlpatterns = [path("rows/", rows), path("insert/", insert)]
