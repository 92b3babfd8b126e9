"""Files in timelines."""

from collections.abc import Sequence
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhike.core.actors import Actor, FieldMode
from zhike.core.entities import contribute
from zhike.core.files.models import File
from zhike.core.pages.reading import Reader
from zhike.core.timeline import Found, Item, Subject, TimelineSource, below, position


def _rows(actor: Actor, subject: Subject, after: str, limit: int) -> list[Found]:
    rows = File.objects.visible_to(actor).filter(
        subject.attached, subject.during("created_at"), below("created_at", after)
    )
    found = rows.select_related("created_by").order_by("-created_at", "-pk")[:limit]
    return [Found(row.created_at, position(row.created_at, row.pk), row) for row in found]


def _show(reader: Reader, _subject: Subject, rows: Sequence[Any]) -> list[Item]:
    return [_item(reader, row) for row in rows]


def _item(reader: Reader, row: File) -> Item:
    may_read = reader.actor.access.field_mode("attachments", "name") in (FieldMode.OPEN, FieldMode.READ_ONLY)
    return Item(
        at=row.created_at,
        icon="paperclip",
        who=str(row.created_by or _("Zhike")),
        what=_("added a file"),
        title=row.name if may_read else "",
        url=f"/attachments/{row.pk}/",
        note=filesizeformat(row.size),
        about=row.about,
    )


contribute(
    TimelineSource(
        name="files", label=gettext_lazy("Attachments"), module="", rows=_rows, show=_show,
        covers=frozenset({"attachments"}), is_follow_up=False, weight=40,
    )
)  # fmt: skip
