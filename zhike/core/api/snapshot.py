"""The committed picture of the API: `python -m zhike.core.api.snapshot --write | --check`."""

import json
import sys
from pathlib import Path

SNAPSHOT = Path("docs/reference/openapi.json")


def current() -> str:
    """The schema as committed: sorted, in English, without the version."""
    from django.utils.translation import override

    from zhike.core.api.urls import whole_schema

    with override("en"):
        schema = whole_schema()
    schema["info"] = {**schema["info"], "version": "-"}
    return json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False, default=str) + "\n"


def main(arguments: list[str]) -> int:
    """Write the snapshot, or say whether it is current."""
    import django

    django.setup()
    text = current()
    if "--write" in arguments:
        SNAPSHOT.parent.mkdir(parents=True, exist_ok=True)
        SNAPSHOT.write_text(text, encoding="utf-8")
        return 0
    if not SNAPSHOT.exists() or SNAPSHOT.read_text(encoding="utf-8") != text:
        sys.stderr.write(
            "The API changed. Look at the difference, then run: python -m zhike.core.api.snapshot --write\n"
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
