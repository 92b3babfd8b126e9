"""`zhike bench`: how fast Zhike is here, as ratios to a floor measured in the same run."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from zhike.config.cli import Stop, say
from zhike.config.language import gettext as _


def configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--scale", type=float, default=1.0, help=_("1 is 100,000 customers with what belongs to them (default: 1)")
    )
    parser.add_argument(
        "--database",
        metavar="URL",
        default="",
        help=_("an empty database to measure on (default: a SQLite file and a PostgreSQL of its own)"),
    )
    parser.add_argument(
        "--seconds", type=float, default=1.0, help=_("how long each case is sent per round (default: 1)")
    )
    parser.add_argument("--rounds", type=int, default=5, help=_("how often all cases are gone through (default: 5)"))
    parser.add_argument("--report", metavar="FILE", type=Path, help=_("where the report goes (default: the terminal)"))
    parser.epilog = _(
        "Makes its own data in a folder of its own and never touches yours. At scale 1 it takes about half an hour the "
        "first time. Leave the machine alone meanwhile."
    )


def run(options: Namespace) -> None:
    import os

    from zhike.config.bench import runs
    from zhike.config.bench.once import Options

    if not 0.001 <= options.scale <= 100 or options.seconds <= 0 or options.rounds < 1:
        raise Stop(_("The scale is from 0.001 to 100; seconds and rounds are above 0."))
    folder = Path(os.environ.get("ZHIKE_DATA_DIR") or "var").resolve() / "bench"
    report = runs.run(folder, Options(options.scale, options.seconds, options.rounds), options.database)
    if options.report is None:
        say(f"\n{report}", end="")
    else:
        options.report.write_text(report, encoding="utf-8")
        say(_("The report is in %(path)s.") % {"path": options.report})
