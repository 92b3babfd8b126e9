"""`zhike check`: whether this installation is sound."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from zhike.config.cli import Stop, say, sentence_of, start
from zhike.config.language import gettext as _


def configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--host", default="127.0.0.1", help=_("the address you will give to `zhike serve` (default: this machine only)")
    )
    parser.epilog = _(
        "Each line says what was looked at. What is wrong comes with what to do; then the command ends with 1."
    )


def run(options: Namespace) -> None:
    start()
    wrong = 0
    for subject, mistakes in _findings(options.host):
        say(("✗" if mistakes else "✓"), subject)
        for sentence in mistakes:
            say("   ", sentence)
        wrong += len(mistakes)
    if wrong:
        raise Stop(_("Things to mend: %(number)s. See above.") % {"number": wrong})


def _findings(host: str) -> Iterator[tuple[str, list[str]]]:
    from django.db import Error

    from zhike.config import health, safety

    yield _("Settings"), safety.settings_mistakes(host)
    yield _("Folders and front end"), health.folder_mistakes()
    yield _("Declarations of the apps"), _system_checks()
    try:
        yield _("Database server"), health.engine_mistakes()
        waiting = health.unapplied_migrations()
        sentence = _("Missing migrations: %(number)s. Run `zhike migrate`.") % {"number": len(waiting)}
        yield _("Tables"), [sentence] if waiting else []
    except Error as error:
        yield _("Database server"), [sentence_of(error)]


def _system_checks() -> list[str]:
    from django.core import checks

    found = checks.run_checks(include_deployment_checks=False)
    return [str(each.msg) for each in found if each.level >= checks.ERROR and not each.is_silenced()]
