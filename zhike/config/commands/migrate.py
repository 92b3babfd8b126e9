"""`zhike migrate`: tables, the cache table, and what the database's planner should know."""

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
    from django.db import connection

    from zhike.config.health import engine_mistakes

    for sentence in engine_mistakes():
        raise Stop(sentence)
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    say(_("The database is up to date."))
