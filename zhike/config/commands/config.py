"""`zhike config`: the configuration of the company as one file, out and in."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from zhike.config.cli import start
from zhike.config.language import gettext as _


def configure(parser: ArgumentParser) -> None:
    steps = parser.add_subparsers(dest="step", metavar="STEP", required=True)
    out = steps.add_parser("export", help=_("write fields, lists, roles, pipelines, views and more to a file"))
    out.add_argument("file", metavar="FILE", type=Path, help=_("file to write, ending in .toml or .json"))
    into = steps.add_parser("import", help=_("bring such a file in, all or nothing"))
    into.add_argument("file", metavar="FILE", type=Path, help=_("file to read, ending in .toml or .json"))
    into.add_argument("--dry-run", action="store_true", help=_("say what would change; change nothing"))
    into.add_argument("--prune", action="store_true", help=_("also take away what the file does not name"))
    for each in (out, into):
        each.add_argument(
            "--as",
            dest="user",
            metavar="USER",
            default="",
            help=_("act with the rights of this person (default: the system)"),
        )
    parser.epilog = _("Importing twice changes nothing the second time. What the file does not name stays as it is.")


def run(options: Namespace) -> int:
    start()
    from zhike.core.configfile.command import main

    return main(options)
