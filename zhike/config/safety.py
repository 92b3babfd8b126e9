"""Which settings must not be when other machines reach Zhike. Needs no database and no apps."""

import ipaddress
import os

from django.conf import settings

from zhike.config.language import gettext as _


def settings_mistakes(host: str) -> list[str]:
    """What must not be when other machines reach us at `host`; nothing to say while only this one does."""
    if is_loopback(host):
        return []
    found = []
    if settings.DEBUG:
        found.append(_("ZHIKE_DEBUG is on; switch it off: error pages would show the inside of Zhike to everyone."))
    if "MD5" in settings.PASSWORD_HASHERS[0]:
        found.append(_("ZHIKE_FAST_PASSWORDS is on; switch it off: it is for tests and makes passwords easy to guess."))
    if not os.environ.get("ZHIKE_HOSTS") and not os.environ.get("ZHIKE_HOSTS_FILE"):
        found.append(_("Set ZHIKE_HOSTS to the names under which people reach Zhike, for example crm.example.com."))
    if "*" in settings.ALLOWED_HOSTS:
        found.append(
            _("ZHIKE_HOSTS is “*”; name the hosts instead, since mails and links must not follow a forged one.")
        )
    if not settings.BEHIND_TLS and not settings.ALLOW_HTTP:
        found.append(
            _(
                "Set ZHIKE_BASE_URL to the https:// address of the proxy in front of Zhike, "
                "or ZHIKE_ALLOW_HTTP=1 where it does not matter that passwords can be read on the way."
            )
        )
    return found


def is_loopback(host: str) -> bool:
    """Whether the host name or address means this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
