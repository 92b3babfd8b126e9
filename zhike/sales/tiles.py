"""What sales tells on the home page: my open opportunities by stage, and what was won this month."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.core import company
from zhike.core.actors import Actor
from zhike.core.entities import contribute, registry
from zhike.core.home import FirstStep, Tile
from zhike.core.home.tiles import has_rows
from zhike.core.lists.counting import grouped
from zhike.core.pages.display import short_money
from zhike.sales import rules
from zhike.sales.models import Opportunity, Status

_FULL = 1000


@dataclass(frozen=True)
class Bar:
    """One stage: how many, worth how much, and how long its bar is (0 to 1,000)."""

    label: str
    count: int
    amount: str
    width: int
    url: str


@dataclass(frozen=True)
class Compared:
    """What was won in one span of days, and how another span compares with it."""

    label: str
    amount: str
    count: int
    url: str
    change: str = ""
    direction: str = ""


def my_pipeline(actor: Actor) -> Mapping[str, object] | None:
    """The person's own open opportunities by stage, in the order of the stages."""
    rows = Opportunity.objects.visible_to(actor).filter(owner=actor.user_id, status=Status.OPEN)
    found = {
        stage: (count, worth or Decimal(0)) for stage, (count, worth) in grouped(rows, "stage", "amount_base").items()
    }
    stages = [stage for pk, stage in rules.pipelines.get().stages.items() if pk in found]
    largest = max((worth for _count, worth in found.values()), default=Decimal(0))
    bars = [
        Bar(
            label=stage.name,
            count=found[stage.pk][0],
            amount=short_money(found[stage.pk][1]),
            width=int(found[stage.pk][1] / largest * _FULL) if largest else 0,
            url=f"/opportunities/?stage={stage.pk}&tab=mine",
        )
        for stage in stages
    ]
    return {"bars": bars, "total": short_money(sum((worth for _count, worth in found.values()), Decimal(0)))}


def won_this_month(actor: Actor) -> Mapping[str, object] | None:
    """What was won this month so far, against the same days of last month and of the same month last year.

    Base amounts in company currency; days in the company's zone; all that the person reaches.
    """
    today = company.today()
    spans = {
        "now": (today.replace(day=1), today),
        "month": _same_days(today, months=1),
        "year": _same_days(today, months=12),
    }
    wanted = Q(pk__in=[])
    for first, last in spans.values():
        wanted |= Q(closed_on__gte=first, closed_on__lte=last)
    rows = Opportunity.objects.visible_to(actor).filter(wanted, status=Status.WON, closed_on__isnull=False)
    days = grouped(rows, "closed_on", "amount_base")
    found = {name: _within(days, first, last) for name, (first, last) in spans.items()}
    now = found["now"][1]
    labels = {
        "now": _("This month so far"),
        "month": _("Same days last month"),
        "year": _("Same days last year"),
    }
    figures = [
        Compared(
            label=labels[name],
            amount=short_money(found[name][1]),
            count=found[name][0],
            url=f"/opportunities/?status={Status.WON}&closed_on.between={first}&closed_on.between={last}",
            **({} if name == "now" else _change(now, found[name][1])),
        )
        for name, (first, last) in spans.items()
    ]
    return {"figures": figures}


def _within(days: Mapping[date, tuple[int, Decimal | None]], first: date, last: date) -> tuple[int, Decimal]:
    """Count and sum of the days of one span."""
    chosen = [found for day, found in days.items() if first <= day <= last]
    return sum(count for count, _worth in chosen), sum((worth or Decimal(0) for _count, worth in chosen), Decimal(0))


def _same_days(today: date, *, months: int) -> tuple[date, date]:
    """The first so many days of an earlier month, at most to its end."""
    number = today.year * 12 + today.month - 1 - months
    first = date(number // 12, number % 12 + 1, 1)
    after = number + 1
    end = date(after // 12, after % 12 + 1, 1) - timedelta(days=1)
    return first, first.replace(day=min(today.day, end.day))


def _change(now: Decimal, then: Decimal) -> dict[str, str]:
    """How the present stands against then: "+12.4 %". Against nothing there is no per cent."""
    if not then:
        return {}
    change = (now - then) / then * 100
    return {"change": f"{change:+.1f} %", "direction": "up" if change > 0 else "down" if change < 0 else ""}


def _has_opportunities(actor: Actor) -> bool:
    return has_rows(actor, registry.of(Opportunity))


contribute(
    Tile(
        name="my-pipeline", label=gettext_lazy("My opportunities by stage"),
        description=gettext_lazy("Your open opportunities, how many stand in each stage and what they are worth."),
        icon="target", template="sales/tiles/pipeline.html", provide=my_pipeline, module="sales", right="opportunities:view",
        wide=True, weight=100,
    ),
    Tile(
        name="won", label=gettext_lazy("Won this month"),
        description=gettext_lazy("What was won this month, against last month and last year."),
        icon="trophy", template="sales/tiles/won.html", provide=won_this_month, module="sales", right="opportunities:view",
        wide=True, weight=110,
    ),
    FirstStep(
        name="opportunity", label=gettext_lazy("Create your first opportunity"),
        text=gettext_lazy("Then move it through the stages by the bar at its head."), url="/opportunities/new/",
        right="opportunities:create", is_done=_has_opportunities, module="sales", weight=40,
    ),
)  # fmt: skip
