"""`zhike token`: a personal access token for the API."""

from argparse import ArgumentParser, Namespace

from zhike.config.cli import say, start
from zhike.config.language import gettext as _


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("user", metavar="USER", help=_("username of the person whose rights the token has"))
    parser.add_argument("--days", type=int, default=90, help=_("how long it is valid (default: 90)"))
    parser.epilog = _(
        "The token is the last word that is printed, and is shown this once. Send it as `Authorization: Bearer TOKEN`. "
        "It can be revoked on the person's page."
    )


def run(options: Namespace) -> None:
    start()
    from zhike.identity.actions.tokens import issue_token_for_command

    token = issue_token_for_command(options.user, options.days)
    say(_("Valid for %(days)s days, shown only now:") % {"days": options.days}, token)
