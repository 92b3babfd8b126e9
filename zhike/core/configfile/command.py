"""`zhike config export` and `zhike config import`, told in plain text."""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zhike.core.actors import Via
from zhike.core.configfile import documents, engine
from zhike.core.configfile.engine import ConfigRefused, Difference
from zhike.core.transfer.command import actor_called
from zhike.core.transfer.plan import PlanError
from zhike.core.writes.errors import Refused

_LONGEST = 120


def main(options: argparse.Namespace) -> int:
    """`step` (export, import), `file`, `user`; for an import `dry_run` and `prune`. Returns 0, or 1 after the reasons."""
    try:
        return _export(options) if options.step == "export" else _import(options)
    except ConfigRefused as refused:
        return _fail(refused.sentence, *(str(each) for each in refused.problems))
    except Refused as refused:
        return _fail(refused.sentence)
    except (documents.DocumentError, PlanError) as faulty:
        return _fail(str(faulty))


def _export(options: argparse.Namespace) -> int:
    form = _form(options.file)
    document = engine.export(actor_called(options.user, Via.SHELL))
    options.file.write_text(documents.write_document(document, form), encoding="utf-8")
    _say(_("The configuration is written to %(file)s.") % {"file": options.file})
    _say(*(_("Left out: %(what)s") % {"what": sentence} for sentence in engine.left_out()))
    return 0


def _import(options: argparse.Namespace) -> int:
    document = documents.read_document(options.file.read_bytes(), _form(options.file))
    actor = actor_called(options.user, Via.SHELL)
    step = engine.rehearse if options.dry_run else engine.bring_in
    _say(*lines(step(actor, document, prune=options.prune), dry_run=options.dry_run))
    return 0


def lines(found: list[Difference], *, dry_run: bool) -> Iterator[str]:
    """The differences as lines: what comes, what goes, what is other than it was, what is skipped and why."""
    for each in found:
        if each.because:
            yield f"! {each.path}: {each.because}"
        elif each.kind == "added":
            yield f"+ {each.path}: {said(each.new)}"
        elif each.kind == "removed":
            yield f"- {each.path}: {said(each.old)}"
        else:
            yield f"~ {each.path}: {said(each.old)} → {said(each.new)}"
    count = sum(1 for each in found if not each.because)
    if found and not count:
        yield _("Nothing else differs.")
    elif not count:
        yield _("Nothing differs: the configuration is already what the file says.")
    elif dry_run:
        yield ngettext(
            "%(count)d difference. Nothing has been changed.", "%(count)d differences. Nothing has been changed.", count
        ) % {"count": count}
    else:
        yield ngettext("%(count)d difference brought in.", "%(count)d differences brought in.", count) % {
            "count": count
        }


def said(value: Any) -> str:
    """A value on one line, cut where it is long."""
    text = value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _form(path: Path) -> str:
    form = path.suffix.removeprefix(".").lower()
    if form not in documents.FORMATS:
        raise documents.DocumentError(_("Name a file that ends in .toml or .json."))
    return form


def _say(*said_lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in said_lines)


def _fail(*said_lines: str) -> int:
    sys.stderr.writelines(f"{line}\n" for line in said_lines)
    return 1
