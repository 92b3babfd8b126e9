"""`zhike rebuild`: derived data made anew."""

from argparse import ArgumentParser, Namespace

from zhike.config.cli import say, start
from zhike.config.language import gettext as _


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("what", choices=("search",), help=_("search: the index behind the search box"))
    parser.epilog = _("Zhike may go on running meanwhile. Needed after an update that says so, never in daily work.")


def run(_options: Namespace) -> None:
    start()
    from zhike.config.progress import Progress
    from zhike.core.search import index

    with Progress() as progress:
        number = index.rebuild(progress=progress.show)
    say(_("Records that can be found: %(number)s") % {"number": f"{number:,}"})
