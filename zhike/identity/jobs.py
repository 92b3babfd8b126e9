"""Work of this app outside requests: mails about accounts, and the last uses of tokens."""

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext_lazy as _

from zhike.core.actors import Actor, Via
from zhike.core.entities import contribute
from zhike.core.jobs import JobContext, JobKind, enqueue
from zhike.identity import mail
from zhike.identity.models import User
from zhike.identity.naming import email_key


@dataclass(frozen=True, kw_only=True)
class LinkMail:
    """A mail with a link to whoever has this address, if anybody has."""

    address: str
    purpose: Literal["reset", "invitation"]


def _send(job: JobContext[LinkMail]) -> None:
    user = User.objects.active().filter(email=email_key(job.arguments.address)).first()
    if user is None or not user.may_sign_in or not user.email:
        return
    send = mail.send_reset_link if job.arguments.purpose == "reset" else mail.send_invitation
    send(user)


# Nobody asks for these by himself: the sign-in page and the invite action do, as the system.
LINK_MAIL = JobKind(
    name="identity.link_mail",
    label=_("mail with a sign-in link"),
    arguments=LinkMail,
    run=_send,
    right="settings.people",
)

contribute(LINK_MAIL)


def mail_link(address: str, purpose: Literal["reset", "invitation"]) -> None:
    """Have the link mailed by the worker: a request then takes as long for a stranger's address as for a known one."""
    enqueue(Actor.system(Via.JOB), LINK_MAIL, LinkMail(address=address, purpose=purpose))
