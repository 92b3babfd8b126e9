"""What may be uploaded: how large, how much in all, how often, and what not at all. All of it from the settings."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from zhike.core.actors import Actor
from zhike.core.files.models import File
from zhike.core.files.names import ending_of
from zhike.core.files.sniffing import Sniffed, is_disguised
from zhike.core.writes.errors import RuleBroken

_MB = 1024 * 1024


def largest() -> int:
    """The most bytes that one file may have."""
    return int(settings.FILE_LIMIT_MB) * _MB


def refused_endings() -> frozenset[str]:
    """Endings of programs and of what starts programs, in small letters."""
    return frozenset(each.strip(". ").casefold() for each in settings.REFUSED_FILES)


def check_name(name: str) -> None:
    """Raise `RuleBroken` for a kind of file that this company does not take."""
    ending = ending_of(name)
    if ending in refused_endings():
        raise RuleBroken(
            _("“%(name)s” was not taken: files of the kind .%(ending)s can start programs. Send it another way.")
            % {"name": name, "ending": ending},
            field="file",
        )


def check_content(name: str, size: int, sniffed: Sniffed) -> None:
    """Raise `RuleBroken` for an empty file, a program, or one whose name says it is something else."""
    if size == 0:
        raise RuleBroken(
            _("“%(name)s” is empty. Choose a file that has something in it.") % {"name": name}, field="file"
        )
    if sniffed.is_program:
        raise RuleBroken(
            _("“%(name)s” was not taken: it is a program, whatever it is called. Send it another way.")
            % {"name": name},
            field="file",
        )
    ending = ending_of(name)
    if is_disguised(sniffed, ending):
        raise RuleBroken(
            _(
                "“%(name)s” was not taken: its name says .%(ending)s, but it is something else. Save it anew, or rename it."
            )
            % {"name": name, "ending": ending},
            field="file",
        )


def too_large(name: str) -> RuleBroken:
    """The refusal of a file that is larger than allowed."""
    return RuleBroken(
        _("“%(name)s” is larger than %(size)d MB. Make it smaller, or put a link to it into a comment.")
        % {"name": name, "size": settings.FILE_LIMIT_MB},
        field="file",
    )


def check_rate(actor: Actor) -> None:
    """Raise `RuleBroken` for a person who uploads more in an hour than people do."""
    if actor.user_id is None:
        return
    since = timezone.now() - timedelta(hours=1)
    rows = File.objects.filter(created_by=actor.user_id, created_at__gte=since)
    if rows.count() >= settings.FILES_PER_HOUR:
        raise RuleBroken(
            _("You have uploaded %(count)d files within an hour. Wait a while, then go on.")
            % {"count": settings.FILES_PER_HOUR},
            field="file",
        )


def check_quota(more: int) -> None:
    """Raise `RuleBroken` when all files together would be more than the company allows."""
    quota = int(settings.FILES_QUOTA_MB) * _MB
    if not quota:
        return
    used = File.objects.aggregate(used=Sum("size"))["used"] or 0
    if used + more > quota:
        raise RuleBroken(
            _(
                "There is no room for more files: the limit of %(size)d MB for all files is reached. Ask an administrator."
            )
            % {"size": settings.FILES_QUOTA_MB},
            field="file",
        )
