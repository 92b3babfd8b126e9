"""The files of a record on its page, and one file on its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.safestring import SafeString

from zhike.core.actors import Actor
from zhike.core.attachment import may_carry
from zhike.core.entities import registry
from zhike.core.files import limits
from zhike.core.files.models import File
from zhike.core.files.sniffing import IMAGES_SHOWN, SHOWN_INLINE
from zhike.core.pages import moments
from zhike.core.record_keys import key_of

SHOWN = 20
# A larger picture is not fetched just to be looked at in small.
_THUMBNAIL_BYTES = 5 * 1024 * 1024
_ICONS = (
    ("image/", "photo"),
    ("video/", "video"),
    ("audio/", "music"),
    ("text/", "file-text"),
    ("application/pdf", "file-type-pdf"),
    ("application/zip", "file-zip"),
)


@dataclass(frozen=True)
class ShownFile:
    """One file as a page shows it."""

    row: File

    @property
    def name(self) -> str:
        return self.row.name

    @property
    def description(self) -> str:
        return self.row.description

    @property
    def size(self) -> str:
        return filesizeformat(self.row.size)

    @property
    def who(self) -> str:
        return str(self.row.created_by or "")

    @property
    def when(self) -> SafeString:
        return moments.element(self.row.created_at, dense=True)

    @property
    def url(self) -> str:
        return reverse("attachments:record", args=[self.row.pk])

    @property
    def download_url(self) -> str:
        return reverse("attachment-download", args=[self.row.pk])

    @property
    def preview_url(self) -> str:
        """Where it can be looked at; blank for what a browser might run."""
        shown = self.row.content_type in SHOWN_INLINE
        return reverse("attachment-preview", args=[self.row.pk]) if shown else ""

    @property
    def thumbnail_url(self) -> str:
        small = self.row.content_type in IMAGES_SHOWN and self.row.size <= _THUMBNAIL_BYTES
        return self.preview_url if small else ""

    @property
    def is_image(self) -> bool:
        return self.row.content_type in IMAGES_SHOWN

    @property
    def icon(self) -> str:
        return next((icon for start, icon in _ICONS if self.row.content_type.startswith(start)), "file")


def files_of(actor: Actor, row: Any) -> Mapping[str, object]:
    """The panel of a record: its newest files and, for those who may, the place to put more."""
    if actor.access.reach("attachments", "view") is None or not may_carry(registry.of(row)):
        return {}
    key = key_of(row)
    rows: Any = File.objects
    found = list(
        rows.visible_to(actor).filter(about=key, field="").select_related("created_by").order_by("-pk")[: SHOWN + 1]
    )
    return {
        "files": [ShownFile(each) for each in found[:SHOWN]],
        "more_url": f"{reverse('attachments:list')}?about={key}" if len(found) > SHOWN else "",
        "about": key,
        "may_add": actor.access.reach("attachments", "create") is not None,
        "largest": filesizeformat(limits.largest()),
    }


def contents_of(_actor: Actor, row: File) -> Mapping[str, object]:
    """The head of a file's own page: a look at it, and the way to fetch it."""
    return {"file": ShownFile(row)}
