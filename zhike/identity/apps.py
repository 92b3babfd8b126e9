"""The identity app: people, departments, roles, tokens."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IdentityConfig(AppConfig):
    """Registers what the app adds to the platform once all models are loaded."""

    name = "zhike.identity"
    label = "identity"
    verbose_name = _("People")
