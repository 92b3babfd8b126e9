"""The declaration of files, and their panel on the page of every record that may carry them."""

from django.utils.translation import gettext_lazy as _

from zhike.core.api.contributed import EntityRoutes
from zhike.core.entities import Entity, Panel, PanelEverywhere, contribute, register
from zhike.core.files import actions, held, panels
from zhike.core.files.models import File

register(
    Entity(
        model=File,
        slug="attachments",
        module="",
        icon="paperclip",
        purpose=_("Files that belong to a record: scanned papers, drawings, photos. They are added on the record's own page."),
        example=_("For example: open a record and drop a PDF on “Attachments”"),
        fields=("name", "description"),
        columns=("name", "about", "size", "created_at", "created_by"),
        filters=("about", "content_type", "size", "created_at", "created_by", "description"),
        search={"name": 100, "description": 40},
        derived=("stored_name", "field"),
        ordering=("-created_at",),
        header_facts=("about", "size", "created_by", "created_at"),
        panels=(
            Panel(
                name="contents", label=_("contents"), template="core/files/contents.html", provide=panels.contents_of,
                weight=-10,
            ),
        ),
        attachable=False,
        prepare=actions.prepare_file,
        settle=held.settle_file,
        guard=held.guard,
        is_uploaded=True,
        without=frozenset({"create", "import"}),
    )
)  # fmt: skip
contribute(
    EntityRoutes(slug="attachments", add="zhike.core.files.api.add_routes"),
    PanelEverywhere(
        panel=Panel(
            name="files", label=_("attachments"), template="core/files/panel.html", provide=panels.files_of, weight=300
        ),
        fits=lambda entity: entity.attachable,
    ),
)
