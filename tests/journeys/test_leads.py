"""From a stranger's enquiry to an opportunity, in the browser: entered, judged, converted, found again."""

from collections.abc import Callable

import pytest

from tests.journeys.conftest import Seat
from zhike.core import writes
from zhike.customers.models import Customer, Lead
from zhike.identity.factories import Cast
from zhike.sales.models import Opportunity

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Sit = Callable[..., Seat]


def test_ana_enters_a_lead_sees_why_it_is_good_and_converts_it(sit: Sit, people: Cast, customer: Customer) -> None:
    ana = sit("ana")
    ana.open("/leads/new/")
    ana.page.fill("[name=name]", "王建国")
    ana.page.fill("[name=company_name]", customer.name)
    ana.page.locator("[name=company_name]").press("Tab")
    ana.page.get_by_role("link", name=customer.name).wait_for()  # the hint: we know them
    ana.page.fill("[name=mobile]", "13800138000")
    ana.save()
    lead = Lead.objects.get()
    assert lead.score == 15

    ana.open(f"/leads/{lead.pk}/")
    ana.page.locator(".z-score > summary").click()  # the reasons are folded
    assert "留了手机号" in ana.text()
    ana.open(f"/leads/{lead.pk}/convert/")
    ana.page.fill("[name=opportunity_name]", "网点排队机")
    ana.save()
    opportunity = Opportunity.objects.get()
    assert (opportunity.customer_id, opportunity.lead_id) == (customer.pk, lead.pk)
    ana.open("/opportunities/")
    assert "网点排队机" in ana.text()
    ana.open(f"/leads/{lead.pk}/")
    assert "已转化" in ana.text() or "converted" in ana.text()


def test_a_lead_is_converted_without_script(sit: Sit, people: Cast) -> None:
    lead = writes.create(people.actor("ana"), Lead(name="李四", company_name="浦江机械", owner=people.ana))
    ana = sit("ana", scripts=False)
    ana.open(f"/leads/{lead.pk}/convert/")
    ana.save()
    assert Customer.objects.get().name == "浦江机械"
    assert Opportunity.objects.get().contact is not None
