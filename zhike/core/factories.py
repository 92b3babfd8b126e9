"""Rows of the platform's own entities for tests."""

import hashlib
from typing import Any

from zhike.core.entities import RecordKind, registry
from zhike.core.files import store
from zhike.core.record_keys import key_of
from zhike.core.testing import samples
from zhike.core.testing.samples import Sample


def file_values(owner: Any, mark: str) -> samples.Values:
    """A small text file about a record of that owner, which lies in the store."""
    about = next(each.slug for each in registry.all() if each.kind is RecordKind.OWNED and each.attachable)
    contents = f"{mark} {samples.NEEDLE}\n".encode()
    blob = store.put([contents], limit=10_000)
    return {
        "about": key_of(samples.make(about, owner, f"{mark}-{samples.serial()}")),
        "content_type": "text/plain",
        "size": len(contents),
        "sha256": hashlib.sha256(contents).hexdigest(),
        "stored_name": blob.name,
    }


samples.register(Sample(slug="attachments", values=file_values, change="description", other="name"))
