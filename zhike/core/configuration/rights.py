"""The rights that the platform's own settings need."""

from django.utils.translation import gettext as _

from zhike.core.actors import Actor
from zhike.core.writes.errors import NotAllowed

COMPANY = "settings.company"
OPTIONS = "settings.options"
MODULES = "settings.modules"
FIELDS = "settings.fields"
MENU = "settings.menu"
CONFIGURATION = "settings.configuration"


def require(actor: Actor, right: str) -> None:
    """Raise `NotAllowed` unless the actor may change these settings."""
    if not actor.access.may(right):
        raise NotAllowed(_("Your roles do not include these settings. Ask an administrator."))
