"""Texts that would run in a browser if they came out as they went in, and what finds them in a page."""

from html.parser import HTMLParser

PAYLOADS = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '" onmouseover="alert(1)', "' onfocus='alert(1)' autofocus='",
    "</textarea><script>alert(1)</script>", "<svg/onload=alert(1)>", "javascript:alert(1)", "</title><iframe src=//x>",
    "<a href=javascript:alert(1)>x</a>", "--><script>alert(1)</script>", "]]><b onclick=alert(1)>", "</script><style>*{}</style>",
    "<style>@import '//x'</style>", "{{constructor.constructor('alert(1)')()}}", "<math><mi//xlink:href=data:x,>",
)  # fmt: skip


GROUPS = (PAYLOADS[:5], PAYLOADS[5:10], PAYLOADS[10:])


class Danger(HTMLParser):
    """Collects what would run or load if a browser read the page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in ("iframe", "style", "math", "object", "embed", "base"):
            self.found.append(tag)
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.found.append("inline script")
        for name, value in given.items():
            schemed = value.strip().casefold().startswith(("javascript:", "vbscript:", "data:text"))
            if (
                name.startswith("on")
                or name == "style"
                or (name in ("href", "src", "action", "formaction") and schemed)
            ):
                self.found.append(f"{tag} {name}={value}")


def dangers(text: str) -> list[str]:
    reader = Danger()
    reader.feed(text)
    return reader.found
