"""`zhike export`: all records of one kind to a file."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from zhike.config.cli import start
from zhike.config.language import gettext as _


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("entity", metavar="ENTITY", help=_("kind of record as in its address, for example customers"))
    parser.add_argument("--format", choices=("csv", "xlsx"), default="csv", help=_("kind of file (default: csv)"))
    parser.add_argument(
        "--output", metavar="FILE", type=Path, help=_("file to write (default: standard output, for csv only)")
    )
    parser.add_argument(
        "--as", dest="user", metavar="USER", default="", help=_("what this person may see (default: everything)")
    )
    parser.epilog = _(
        "Cells that a spreadsheet could take for a formula begin with an apostrophe; an import takes it off."
    )


def run(options: Namespace) -> int:
    start()
    from zhike.core.transfer.command import export

    return export(options)
