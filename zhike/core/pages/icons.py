"""Icons for HTML made in Python; templates use `<c-icon>`."""

from functools import lru_cache
from html import escape

from django.templatetags.static import static


@lru_cache(maxsize=256)
def icon(name: str, size: str = "") -> str:
    """One icon of the sprite, decorative. `size`: small, large, huge or blank."""
    css = f"z-icon is-{escape(size)}" if size else "z-icon"
    return f'<svg class="{css}" aria-hidden="true"><use href="{static("dist/sprite.svg")}#{escape(name)}"></use></svg>'
