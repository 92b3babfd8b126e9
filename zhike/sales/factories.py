"""Pipelines, opportunities and their lines for tests."""

from datetime import date
from decimal import Decimal
from typing import Any

from zhike.core.testing import samples
from zhike.core.testing.samples import Sample
from zhike.customers.factories import OWNERSHIP_INPUT
from zhike.sales.models import Pipeline, Stage, Status


def pipeline_values(_owner: Any, _mark: str) -> samples.Values:
    return {"position": 90, "is_active": True, "amount_from_lines": False}


def stage_values(owner: Any, _mark: str) -> samples.Values:
    """A stage of a pipeline of its own."""
    return {
        "pipeline": samples.make("pipelines", owner, f"{samples.PLAIN}-{samples.serial()}"),
        "position": 5,
        "status": "open",
        "probability": 20,
        "requires": [],
        "days_allowed": 10,
    }


def opportunity_values(owner: Any, mark: str) -> samples.Values:
    """An open opportunity in the first stage of the shipped pipeline, at a customer of the same owner."""
    pipeline = Pipeline.objects.order_by("pk")[0]
    return {
        "customer": samples.make("customers", owner, f"{mark}-{samples.serial()}"),
        "pipeline": pipeline,
        "stage": Stage.objects.filter(pipeline=pipeline, status=Status.OPEN).order_by("position")[0],
        "amount": Decimal("120000.00"),
        "amount_currency": "CNY",
        "probability": 10,
        "closes_on": date(2027, 3, 31),
        "source": "website",
        "owner": owner,
    }


def line_values(owner: Any, mark: str) -> samples.Values:
    """A line of an opportunity of the same owner, with a product that everybody may see."""
    return {
        "opportunity": samples.make("opportunities", owner, f"{mark}-{samples.serial()}"),
        "product": samples.make("products", owner, f"{samples.PLAIN}-{samples.serial()}"),
        "quantity": Decimal("2.000"),
        "price": Decimal("19.900000"),
        "price_currency": "CNY",
        "discount": 5,
        "position": 1,
    }


def _next_stage(row: Any, _person: Any) -> samples.Values:
    stages = Stage.objects.filter(pipeline=row.pipeline_id, status=Status.OPEN).order_by("position")
    return {"stage": stages[1], "reason": "moves on"}


def _first_stage(row: Any, _person: Any) -> samples.Values:
    return {"stage": Stage.objects.filter(pipeline=row.pipeline_id, status=Status.OPEN).order_by("position")[0]}


def _won(_row: Any, _person: Any) -> samples.Values:
    return {"amount": Decimal("99000.00")}


def _lost(_row: Any, _person: Any) -> samples.Values:
    return {"lost_reason": "price"}


samples.register(
    Sample(slug="pipelines", values=pipeline_values, change="name", other="position"),
    Sample(slug="stages", values=stage_values, change="guidance", other="name"),
    Sample(
        slug="opportunities",
        values=opportunity_values,
        change="approach",
        other="description",
        verbs={**OWNERSHIP_INPUT, "win": _won, "move": _next_stage, "lose": _lost, "reopen": _first_stage},
    ),
    Sample(slug="opportunity-lines", values=line_values, change="note", other="position"),
)
