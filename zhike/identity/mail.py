"""The two mails about accounts: an invitation, and a link to choose a new password."""

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from zhike.core import company
from zhike.identity.links import address_of
from zhike.identity.models import User


def send_reset_link(user: User) -> None:
    """Mail the link for a new password, in the person's language. Raises what the mail server answers."""
    with translation.override(user.language or company.current().language):
        _send(user, _("Choose a new password for Zhike"), "identity/mail/reset.txt")


def send_invitation(user: User) -> None:
    """Mail the link by which an invited person chooses his first password. Raises what the mail server answers."""
    with translation.override(user.language or company.current().language):
        _send(
            user,
            _("You are invited to %(company)s on Zhike") % {"company": company.current().name},
            "identity/mail/invitation.txt",
        )


def _send(user: User, subject: str, template: str) -> None:
    text = render_to_string(
        template, {"user": user, "link": address_of(user), "company": company.current().name, "base": settings.BASE_URL}
    )
    send_mail(" ".join(subject.split()), text, settings.DEFAULT_FROM_EMAIL, [user.email])
