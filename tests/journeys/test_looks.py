"""Every kind of page in both languages and widths: clean for axe, for the content policy, and without sideways scrolling."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.journeys.conftest import Seat
from zhike.core import shipped_texts, writes
from zhike.customers.models import Contact, Customer, Lead
from zhike.identity.factories import Cast
from zhike.sales.models import Opportunity

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

PAGES = (
    "/", "/customers/", "/customers/{customer}/", "/customers/{customer}/edit/", "/customers/{customer}/history/",
    "/customers/{customer}/access/", "/customers/{customer}/transfer/", "/customers/{customer}/delete/",
    "/customers/recycle-bin/", "/contacts/", "/contacts/{contact}/", "/opportunities/", "/opportunities/{opportunity}/",
    "/opportunities/{opportunity}/move/", "/opportunities/new/", "/funnel/?by=branch", "/funnel/records/", "/products/",
    "/search/?q=浦发", "/jobs/", "/settings/", "/users/", "/departments/", "/roles/", "/pipelines/", "/customers/import/",
    "/home/arrange/", "/leads/", "/leads/new/", "/leads/{lead}/", "/leads/{lead}/convert/", "/tasks/new/",
    "/activities/new/", "/activities/log/?about=customers:{customer}", "/activities/timeline/?about=customers:{customer}",
    "/calendar/", "/calendar/?scale=day", "/opportunities/?display=board", "/opportunities/?display=calendar",
    "/opportunities/?display=calendar&scale=week", "/customers/condition/", "/customers/views/", "/customers/filters/",
    "/customers/columns/", "/notifications/", "/notifications/preferences/", "/imports/", "/help/", "/help/start/",
    "/settings/company/", "/settings/currencies/", "/settings/fields/", "/settings/fields/customers/",
    "/settings/fields/customers/new/", "/settings/fields/customers/names/", "/settings/fields/customers/fields/name/",
    "/settings/menu/", "/settings/modules/", "/settings/numbering/", "/settings/numbering/customer/",
    "/settings/options/", "/settings/options/source/", "/settings/options/source/website/", "/settings/pipelines/",
    "/settings/scoring/leads/", "/settings/scoring/leads/new/", "/settings/configuration/", "/settings/departments/",
    "/settings/roles/", "/settings/notifications/",
)  # fmt: skip

# What htmx fetches is there. Waiting for half a second of silence on every page takes a minute.
SETTLED = "document.readyState === 'complete' && !document.querySelector('.htmx-request')"


@pytest.mark.parametrize(("language", "width", "theme"), [("zh-hans", 1440, "light"), ("en", 390, "dark")])
def test_pages_are_accessible_and_keep_to_their_width(
    sit: Callable[..., Seat], people: Cast, customer: Customer, axe_source: str, language: str, width: int, theme: str
) -> None:
    actor = people.actor("admin")
    shipped_texts.reword(actor, language)
    contact = writes.create(actor, Contact(name="王建国", customer=customer, mobile="13800138000"))
    row = Opportunity(name="网点改造", customer=customer, amount=Decimal(120_000), owner=people.ana)
    writes.create(actor, row)
    lead = writes.create(actor, Lead(name="韩雨欣", company_name="宁波翰林", mobile="13900139000", owner=people.ana))
    ids = {"customer": customer.pk, "contact": contact.pk, "opportunity": row.pk, "lead": lead.pk}
    admin = sit("admin", language=language, width=width)
    admin.page.context.add_cookies([{"name": "zhike_theme", "value": theme, "url": admin.address}])
    found: list[str] = []
    for path in PAGES:
        address = path.format(**ids)
        answer = admin.page.goto(admin.address + address)
        assert answer is not None
        admin.page.wait_for_function(SETTLED)
        if admin.page.locator("[data-conditions]").count():  # it builds itself of what it fetches
            admin.page.wait_for_load_state("networkidle")
        if answer.status != 200:
            found.append(f"{address}: {answer.status}")
            continue
        found += [f"{address}: {violation}" for violation in violations(admin, axe_source)]
        wide = admin.page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"{address}: scrolls sideways, {wide} px on {width} px")
        if language == "en":
            found += [f"{address}: {text}" for text in _chinese_labels(admin)]
    assert not found, "\n".join(found)


def violations(seat: Seat, axe_source: str) -> list[str]:
    seat.page.evaluate(axe_source)
    # What stands below the buttons that stick to the window's edge can be scrolled out; axe takes it for too small.
    seat.page.evaluate("for (const foot of document.querySelectorAll('.z-form__foot')) foot.style.position = 'static'")
    report: dict[str, Any] = seat.page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
    )
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in report["violations"]]


def _chinese_labels(seat: Seat) -> list[str]:
    """Headings, labels and buttons of the English page that speak Chinese: a text that was forgotten."""
    texts = seat.page.locator("label, th, button, h2, legend, summary").all_inner_texts()
    records = (Contact, Customer, Lead, Opportunity)
    names = ["简体中文", "中文", *(name for model in records for name in model.objects.values_list("name", flat=True))]
    return [
        text
        for text in texts
        if any("\u4e00" <= sign <= "\u9fff" for sign in text) and not any(n in text for n in names)
    ]
