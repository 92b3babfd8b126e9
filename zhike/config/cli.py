"""The `zhike` command. Each command lives in `zhike.config.commands` and is loaded only when it is called."""

import argparse
import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import NoReturn

from zhike import __version__
from zhike.config.language import code
from zhike.config.language import gettext as _


class Stop(Exception):
    """The command cannot do what was asked; the sentence says why and what to do."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence and ends with 1, as every command does."""

    def error(self, message: str) -> NoReturn:
        sentence = _("%(what)s. See `%(command)s --help`.")
        self.exit(1, sentence % {"what": message[:1].upper() + message[1:], "command": self.prog} + "\n")


def commands() -> dict[str, str]:
    """Name to what it does, in the order of a newcomer's first day."""
    return {
        "migrate": _("make or update the tables of the database"),
        "demo": _("fill an empty database with a small demo company"),
        "serve": _("start Zhike: web pages, background jobs and schedule"),
        "check": _("say whether this installation is sound, and what to mend"),
        "admin": _("make an administrator, or let one back in, with a one-time password"),
        "token": _("make an access token for the API"),
        "import": _("bring in files as an import plan says"),
        "export": _("write all records of one kind to a file"),
        "config": _("take the configuration out as a file, or bring it in"),
        "rebuild": _("make derived data anew, such as the search index"),
        "describe": _("explain one kind of record: addresses, form, schema, rights"),
        "openapi": _("print the description of the API"),
        "bench": _("measure how fast Zhike is on this machine"),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0, or 1 after one sentence on standard error."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = _parser(next((each for each in given if not each.startswith("-")), ""))
    options = parser.parse_args(given)
    if options.command is None:
        parser.print_help()
        return 0
    try:
        return int(options.run(options) or 0)
    except KeyboardInterrupt:
        print(_("Stopped."), file=sys.stderr)
    except BrokenPipeError:  # `zhike describe … | head`
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - lives as long as the process
        return 0
    except Exception as error:  # noqa: BLE001 - whatever it is, one sentence is printed
        if os.environ.get("ZHIKE_DEBUG", "").lower() in ("1", "true", "yes", "on"):
            traceback.print_exc()
        print(sentence_of(error), file=sys.stderr)
    return 1


def _parser(chosen: str) -> Parser:
    parser = Parser(
        prog="zhike",
        description=_("Zhike (知客), customer relationship management for companies that sell and serve."),
        epilog=_(
            "First start: `zhike migrate`, then `zhike demo` to look around, then `zhike serve`. "
            "Everything is kept in the folder ZHIKE_DATA_DIR (default: ./var). "
            "`zhike COMMAND --help` explains a command."
        ),
    )
    parser.add_argument("--version", action="version", version=f"zhike {__version__}", help=_("print the version"))
    parsers = parser.add_subparsers(dest="command", metavar="COMMAND", title=_("commands"))
    for name, purpose in commands().items():
        command = parsers.add_parser(name, help=purpose, description=purpose[:1].upper() + purpose[1:] + ".")
        if name == chosen:
            module = _module(name)
            module.configure(command)
            command.set_defaults(run=module.run)
    return parser


def _module(name: str) -> ModuleType:
    # `import` is a word of Python's own.
    return import_module(f"zhike.config.commands.{name}_" if name == "import" else f"zhike.config.commands.{name}")


def say(*words: object, end: str = "\n") -> None:
    """Print for whoever typed the command, at once even into a pipe."""
    print(*words, end=end, flush=True)


def use_settings() -> None:
    """Say where the settings are; reading them needs nothing else of Django."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhike.config.settings")


def start() -> None:
    """Load Django with our settings, speaking the language of the terminal. Raises `Stop` when a setting is wrong."""
    use_settings()
    import django
    from django.utils import translation

    django.setup()
    translation.activate(code())


def sentence_of(error: Exception) -> str:
    """One sentence for whoever typed the command."""
    if isinstance(error, Stop):
        return str(error)
    if said := getattr(error, "sentence", ""):
        return str(said)
    kind = type(error).__name__
    if kind == "ImproperlyConfigured":
        return _("A setting is wrong: %(what)s") % {"what": _one_line(error)}
    if kind in ("OperationalError", "InterfaceError", "ProgrammingError", "DatabaseError"):
        return _("The database answers: %(what)s. Run `zhike check` to see what is wrong.") % {"what": _one_line(error)}
    if kind == "ValidationError":
        return " ".join(str(message) for message in getattr(error, "messages", [error]))
    if isinstance(error, OSError):
        return _("The system answers: %(what)s.") % {"what": _one_line(error)}
    sentence = _("Something unexpected happened (%(what)s). Run it again with ZHIKE_DEBUG=1 to see where.")
    return sentence % {"what": f"{kind}: {_one_line(error)}"}


def _one_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
