"""What becomes of each value of a lead, told before it is converted."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from zhike.core.actors import Actor
from zhike.core.entities import registry
from zhike.core.pages.reading import Reader
from zhike.core.pages.words import join_words, sentence_start
from zhike.customers.models import Lead
from zhike.sales.conversion import carrying, customs


@dataclass(frozen=True)
class Way:
    """One value of the lead in the preview: where it goes, or that it stays."""

    label: str
    value: str
    goes_to: str


def ways(actor: Actor, lead: Lead) -> list[Way]:
    """Every filled field of the lead that the actor may read, and where it goes."""
    entity, reader = registry.of(lead), Reader(actor)
    names = dict.fromkeys(source for each in carrying.MAPS.values() for source in each.values())
    fields = [entity.field(name) for name in names if carrying.readable(actor, lead, name)]
    fields += customs.filled(actor, lead)
    return [
        Way(sentence_start(field.label), reader.text(entity, field.name, lead), _goes_to(actor, lead, field.name))
        for field in fields
    ]


def _goes_to(actor: Actor, lead: Lead, name: str) -> str:
    labels = []
    for model, mapping in carrying.MAPS.items():
        entity = registry.of(model)
        carried = [target for target, source in mapping.items() if source == name]
        twins = [pair for pair in customs.pairs(actor, registry.of(lead), entity) if pair.source.name == name]
        if any(carrying.may_carry(actor, entity, name, target) for target in carried) or any(
            not customs.is_blank(customs.value_for(pair, lead)) for pair in twins
        ):
            labels.append(str(entity.label))
    return join_words(labels) if labels else _("stays on the lead")
