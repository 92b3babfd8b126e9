"""`zhike migrate`: tables and the cache table.

No statistics for SQLite: of a column that is blank in nearly all rows they make it believe that an index is of no use.
"""

from argparse import ArgumentParser, Namespace

from zhike.config.cli import Stop, say, start
from zhike.config.language import gettext as _


def configure(parser: ArgumentParser) -> None:
    parser.epilog = _(
        "Safe to run at any time: what is up to date stays as it is. Stop `zhike serve` while you update."
    )


def run(_options: Namespace) -> None:
    start()
    from django.core.management import call_command

    from zhike.config.health import engine_mistakes

    for sentence in engine_mistakes():
        raise Stop(sentence)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    say(_("The database is up to date."))
