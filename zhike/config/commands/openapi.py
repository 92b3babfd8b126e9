"""`zhike openapi`: the description of the API, as /api/v1/openapi.json serves it."""

from argparse import ArgumentParser, Namespace

from zhike.config.cli import say, start
from zhike.config.language import gettext as _


def configure(parser: ArgumentParser) -> None:
    parser.epilog = _(
        "The same as /api/v1/openapi.json, in English; `make check` compares it with the copy in docs/reference."
    )


def run(_options: Namespace) -> None:
    start()
    from zhike.core.api import snapshot

    say(snapshot.current(), end="")
