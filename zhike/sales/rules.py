"""What always holds for pipelines, stages, opportunities and their lines, whatever door they come through."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from zhike.core import company, overlay
from zhike.core.actors import Actor
from zhike.core.entities import registry
from zhike.core.money import round_money
from zhike.core.scoping import team
from zhike.core.writes.errors import RuleBroken
from zhike.core.writes.results import Written
from zhike.sales.models import Opportunity, OpportunityLine, Pipeline, Stage, Status

# The fields a stage may demand.
DEMANDABLE = ("customer", "contact", "amount", "closes_on", "probability", "approach", "source", "valid_until")
_TEAM_REASON = "opportunity"


class _Pipelines:
    """The pipelines and stages in force, from the overlay: every opportunity written asks for them."""

    def __init__(self) -> None:
        self.stages: dict[int, Stage] = {}
        self.of_pipeline: dict[int, list[Stage]] = {}
        self.pipelines = list(
            Pipeline.objects.filter(deleted_at__isnull=True, is_active=True).order_by("position", "pk")
        )
        for stage in Stage.objects.filter(deleted_at__isnull=True).order_by("position", "pk"):
            self.stages[stage.pk] = stage
            self.of_pipeline.setdefault(stage.pipeline_id, []).append(stage)


pipelines = overlay.Setting("pipelines", _Pipelines)


def stages_of(pipeline_id: int | None) -> list[Stage]:
    """The live stages of a pipeline in order."""
    return pipelines.get().of_pipeline.get(pipeline_id or 0, [])


def first_stage(pipeline_id: int, status: str = Status.OPEN) -> Stage:
    """The first stage with that status. Raises `RuleBroken` when the pipeline has none."""
    for stage in stages_of(pipeline_id):
        if stage.status == status:
            return stage
    label = dict(Status.choices)[status]
    raise RuleBroken(
        _("This pipeline has no stage for “%(status)s”. An administrator can add one.") % {"status": label}
    )


def prepare_opportunity(_actor: Actor, written: Written) -> None:
    """Pipeline and stage agree, status follows the stage, what the stage demands is filled, days and chances are kept."""
    opportunity: Opportunity = written.row
    _choose_stage(opportunity)
    if not opportunity.name:
        raise ValidationError({"name": _("An opportunity needs a name.")})
    stage = pipelines.get().stages.get(opportunity.stage_id)
    if stage is None or stage.pipeline_id != opportunity.pipeline_id:
        raise ValidationError({"stage": _("Choose a stage of the opportunity's own pipeline.")})
    stage_changed = (
        written.is_new or "stage" in written.touched or opportunity.stage_id != (written.before or {}).get("stage")
    )
    if stage_changed:
        _enter(opportunity, stage, written)
    if stage_changed or written.touched & set(stage.requires):
        require_filled(opportunity, stage)
    _check_contact(opportunity, written)


def _choose_stage(opportunity: Opportunity) -> None:
    """A stage brings its pipeline; without both, the first pipeline's first open stage."""
    # Django's stubs do not know that a row not yet written may lack both.
    stage_id: int | None = opportunity.stage_id
    pipeline_id: int | None = opportunity.pipeline_id
    if stage_id is not None and pipeline_id is None:
        stage = pipelines.get().stages.get(stage_id)
        pipeline_id = stage.pipeline_id if stage else None
    if pipeline_id is None:
        available = pipelines.get().pipelines
        if not available:
            raise RuleBroken(_("There is no pipeline yet. An administrator can make one under Settings, Pipelines."))
        pipeline_id = available[0].pk
    opportunity.pipeline_id = pipeline_id
    opportunity.stage_id = stage_id if stage_id is not None else first_stage(pipeline_id).pk


def _enter(opportunity: Opportunity, stage: Stage, written: Written) -> None:
    day = written.day_of("stage") or company.today()
    opportunity.status = stage.status
    opportunity.stage_since = day
    if written.is_new or "probability" not in written.touched:
        opportunity.probability = stage.probability
    if stage.status == Status.OPEN:
        opportunity.closed_on, opportunity.lost_reason, opportunity.lost_note = None, "", ""
    elif opportunity.closed_on is None or "closed_on" not in written.touched:
        opportunity.closed_on = day


def missing_fields(opportunity: Opportunity, stage: Stage) -> list[str]:
    """The names of fields that the stage demands and that are blank."""
    entity = registry.of(Opportunity)
    return [
        name
        for name in stage.requires
        if name in DEMANDABLE and getattr(opportunity, entity.field(name).attname) in (None, "")
    ]


def require_filled(opportunity: Opportunity, stage: Stage) -> None:
    """Raise `ValidationError` by field when the stage demands what is blank."""
    missing = missing_fields(opportunity, stage)
    if missing:
        sentence = _("The stage “%(stage)s” needs this field filled.") % {"stage": stage.name}
        raise ValidationError(dict.fromkeys(missing, sentence))


def _check_contact(opportunity: Opportunity, written: Written) -> None:
    if opportunity.contact_id is None or not (written.is_new or written.touched & {"contact", "customer"}):
        return
    contact = opportunity.contact
    if contact is not None and contact.customer_id != opportunity.customer_id:
        raise ValidationError(
            {"contact": _("This contact belongs to another customer. Choose one of this customer's contacts.")}
        )


def settle_opportunities(_actor: Actor, batch: Sequence[Written]) -> None:
    """Who owns an opportunity may read its customer; the reading right goes with his last opportunity there."""
    now: set[tuple[int, int]] = set()
    gone: set[tuple[int, int]] = set()
    for written in batch:
        row: Opportunity = written.row
        present = _pair(row.customer_id, row.owner_id) if row.deleted_at is None else set()
        before = _pair(written.before["customer"], written.before["owner"]) if written.before else set()
        if written.is_new or written.changed("customer", "owner", "deleted_at"):
            now |= present
            gone |= before - present
    team.grant("customers", now, reason=_TEAM_REASON)
    if gone:
        live = Opportunity.objects.filter(
            deleted_at__isnull=True, customer_id__in={pair[0] for pair in gone}, owner_id__in={pair[1] for pair in gone}
        )
        team.withdraw("customers", gone - set(live.values_list("customer_id", "owner_id")), reason=_TEAM_REASON)


def _pair(customer_id: int | None, owner_id: int | None) -> set[tuple[int, int]]:
    return set() if customer_id is None or owner_id is None else {(customer_id, owner_id)}


def prepare_line(_actor: Actor, written: Written) -> None:
    """A new line takes the product's list price unless one is given; its total is rounded half-up."""
    line: OpportunityLine = written.row
    if line.product_id is None:
        raise ValidationError({"product": _("Choose a product.")})
    if written.is_new and line.price is None and "price" not in written.touched:
        line.price, line.price_currency = line.product.price, line.product.price_currency
    if line.price is None:
        line.total = None
        return
    left = Decimal(100 - (line.discount or 0)) / 100
    line.total = round_money(line.quantity * line.price * left)


def settle_lines(actor: Actor, batch: Sequence[Written]) -> None:
    """Where the pipeline says so, the amount is the sum of the rounded lines."""
    from zhike.sales.actions import recalculate_amount

    ids = {written.row.opportunity_id for written in batch}
    summed = Opportunity.objects.filter(pk__in=ids, deleted_at__isnull=True, pipeline__amount_from_lines=True)
    for opportunity in summed.order_by("pk"):
        recalculate_amount(actor, opportunity)


def prepare_stage(_actor: Actor, written: Written) -> None:
    """Only fields that can be demanded are; a won stage is certain, a lost one impossible."""
    stage: Stage = written.row
    unknown = [name for name in _names(stage.requires) if name not in DEMANDABLE]
    if unknown:
        raise ValidationError({"requires": _("A stage cannot demand “%(field)s”.") % {"field": ", ".join(unknown)}})
    if stage.status == Status.WON:
        stage.probability = 100
    elif stage.status == Status.LOST:
        stage.probability = 0
    if not written.is_new and "status" in written.touched and Opportunity.objects.filter(stage_id=stage.pk).exists():
        raise ValidationError(
            {"status": _("Opportunities stand in this stage. Make a new stage instead of changing what it means.")}
        )


def _names(value: Any) -> Iterable[str]:
    return value if isinstance(value, list) else []


def settle_configuration(_actor: Actor, _batch: Sequence[Written]) -> None:
    """Pipelines and stages are configuration: every process reads them anew."""
    overlay.bump()
