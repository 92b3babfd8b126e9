"""`zhike demo`: a small invented company to look around in."""

from argparse import ArgumentParser, Namespace

from zhike.config.cli import Stop, say, start
from zhike.config.language import gettext as _


def configure(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--if-empty", action="store_true", help=_("do nothing, silently, when there are records already")
    )
    parser.add_argument("--seed", type=int, help=_("another number makes another company"))
    parser.epilog = _("The accounts and their password are printed here, and by `zhike serve` while they exist.")


def run(options: Namespace) -> None:
    start()
    from zhike.sales import demo

    try:
        demo.fill(*(() if options.seed is None else (options.seed,)))
    except demo.NotEmpty as not_empty:
        if options.if_empty:
            return
        sentence = _(
            "This database has records, and the demo goes into an empty one. Set ZHIKE_DATA_DIR to a new folder."
        )
        raise Stop(sentence) from not_empty
    say_accounts()


def say_accounts() -> None:
    """Print who can sign in to the demo; nothing where there is no demo."""
    from zhike.sales import demo

    people, password = demo.accounts()
    if people:
        say(_("Demo accounts, all with the password %(password)s:") % {"password": password})
        for username, described in people:
            say(f"  {username:<14} {described}")
