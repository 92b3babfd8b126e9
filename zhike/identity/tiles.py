"""What people add to the home page: the step of inviting colleagues."""

from django.utils.translation import gettext_lazy as _

from zhike.core.actors import Actor
from zhike.core.entities import contribute
from zhike.core.home import FirstStep
from zhike.identity.models import User


def _has_colleagues(actor: Actor) -> bool:
    return bool(User.objects.visible_to(actor).exclude(pk=actor.user_id).exists())


contribute(
    FirstStep(
        name="colleagues",
        label=_("Invite your colleagues"),
        text=_("Give each a department and a role, so that everyone sees what is theirs."),
        url="/users/new/",
        right="settings.people",
        is_done=_has_colleagues,
        module="people",
        weight=20,
    )
)
