"""Pages of customers that the registry does not make."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from zhike.core.pages.guards import open_entity, signed_in
from zhike.core.pages.requests import PageRequest
from zhike.customers.leads.known import Given, known

_LONGEST = 300


@require_safe
@signed_in
def known_page(request: PageRequest) -> HttpResponse:
    """`/leads/known/?mobile=…&email=…`: who has these details already, as a part of the lead's form; blank for nobody."""
    open_entity(request.actor, "leads", "create" if "lead" not in request.GET else "view")
    text = {name: request.GET.get(name, "")[:_LONGEST].strip() for name in ("mobile", "phone", "email", "company_name")}
    lead = request.GET.get("lead", "")
    given = Given(**text, lead_id=int(lead) if lead.isascii() and lead.isdecimal() and len(lead) < 19 else None)
    found = known(request.actor, given)
    return render(request, "customers/known.html", {"known": found}) if found else HttpResponse("")
