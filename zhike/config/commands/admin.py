"""`zhike admin`: an administrator with a one-time password."""

from argparse import ArgumentParser, Namespace

from zhike.config.cli import say, start
from zhike.config.language import gettext as _


def configure(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help=_("username, or the full name of somebody new"))
    parser.epilog = _(
        "Works before the first set-up too. Somebody who is here already becomes an administrator with a new password. "
        "The password is the last word that is printed; it must be changed at the first sign-in."
    )


def run(options: Namespace) -> None:
    start()
    from zhike.identity.actions.setup import ensure_administrator

    user, password = ensure_administrator(options.name)
    say(_("%(name)s is an administrator. Sign in as %(username)s with this one-time password:") % {
        "name": user.full_name, "username": user.username,
    })  # fmt: skip
    say(password)
