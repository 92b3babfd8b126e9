"""Whether the actor has a right at all, before any row is looked at."""

from django.utils.translation import gettext as _

from zhike.core import modules
from zhike.core.actors import Actor
from zhike.core.entities import Entity
from zhike.core.writes.errors import NotAllowed, NotReachable


def require(actor: Actor, entity: Entity, action: str) -> None:
    """Raise `NotReachable` where the module is off, `NotAllowed` where no role of the actor grants the action."""
    if not modules.is_on(entity.module):
        raise NotReachable
    if actor.access.reach(entity.slug, action) is None:
        raise NotAllowed(
            _("Your roles do not allow this. Ask an administrator for the right “%(action)s” on %(entity)s.")
            % {"action": action, "entity": entity.label_plural}
        )
