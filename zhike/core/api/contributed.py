"""Routes of one entity that only its own app can write: an upload, a download."""

from dataclasses import dataclass

from zhike.core.entities import Contribution


@dataclass(frozen=True, kw_only=True)
class EntityRoutes(Contribution):
    """`add` is the path of a function `(router, answer schema) -> None`, imported only where the API is built."""

    slug: str
    add: str
