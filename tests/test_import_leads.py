"""Leads from a file: judged as they come in, and a company without a person is welcome."""

from decimal import Decimal

import pytest

from tests.import_plans import Import
from zhike.customers.models import Lead

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]
LEADS = (
    'entity = "leads"\nkey = "{no}"\n'
    'columns = {name = "who", company_name = "company", mobile = "phone", source = "source", budget = "budget"}\n'
)


def test_leads_from_a_file_have_their_points_and_the_faulty_ones_their_reason(bring: Import) -> None:
    report = bring(
        "no,who,company,phone,source,budget\n"
        '1,王小明,浦江机械,13800138000,referral,"150,000"\n'
        "2,,白云设备厂,,exhibition,\n"
        "3,,,13900139000,,\n",
        LEADS,
    )
    assert report.counts == {"created": 2, "updated": 0, "unchanged": 0, "skipped": 0, "failed": 1}
    first, second = Lead.objects.order_by("pk")
    assert (first.mobile, first.budget, first.score) == ("138 0013 8000", Decimal(150000), 55)
    assert (second.name, second.status, second.score) == ("白云设备厂", "new", -5)
