"""What conditions may ask of a record's follow-ups: “no activity in the last 30 days”, “an open task”."""

from django.utils.translation import gettext_lazy as _

from zhike.core.entities import Relation


def followed_up(via: str = "about") -> tuple[Relation, ...]:
    """The relations of an entity that is followed up. For customers `via` is "party_id": what is about their contacts and
    transactions counts too."""
    return (
        Relation(name="activities", label=_("follow-ups"), slug="activities", via=via),
        Relation(name="tasks", label=_("tasks"), slug="tasks", via=via),
    )
