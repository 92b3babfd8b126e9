"""What customers add to the home page: the step of bringing the first ones in."""

from django.utils.translation import gettext_lazy as _

from zhike.core.actors import Actor
from zhike.core.entities import contribute, registry
from zhike.core.home import FirstStep
from zhike.core.home.tiles import has_rows
from zhike.customers.models import Customer


def _has_customers(actor: Actor) -> bool:
    return has_rows(actor, registry.of(Customer))


contribute(
    FirstStep(
        name="customers",
        label=_("Bring in the customers you have"),
        text=_("An Excel or CSV file will do; a dry run shows first what will happen."),
        url="/customers/import/",
        right="customers:import",
        is_done=_has_customers,
        module="customers",
        weight=30,
    )
)
