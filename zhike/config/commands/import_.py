"""`zhike import`: files brought in as a plan says."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from zhike.config.cli import start
from zhike.config.language import gettext as _


def configure(parser: ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--plan", metavar="FILE", type=Path, help=_("the plan, a TOML file"))
    what.add_argument("--undo", metavar="BATCH", default="", help=_("undo a whole import; its report names the batch"))
    parser.add_argument("--dry-run", action="store_true", help=_("check every row and report; write nothing"))
    parser.add_argument(
        "--as",
        dest="user",
        metavar="USER",
        default="",
        help=_("act with the rights of this person (default: the system)"),
    )
    parser.epilog = _(
        "A plan names the files, their order, which column goes where and what to do with known rows. "
        "Run it twice and the second run changes nothing; a run that was broken off goes on where it was."
    )


def run(options: Namespace) -> int:
    start()
    from zhike.core.transfer.command import main

    return main(options)
