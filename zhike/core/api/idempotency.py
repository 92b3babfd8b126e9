"""The same request sent twice takes effect once: `Idempotency-Key`, kept 24 hours per user."""

import hashlib
from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhike.core.actors import Actor
from zhike.core.api.problems import problem
from zhike.core.idempotency import MAX_KEY, IdempotencyKey


class _Undo(Exception):
    """Carries an error answer out of the transaction, which is rolled back with its key."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__()
        self.answer = answer


def once(
    request: HttpRequest, actor: Actor, run: Callable[[], HttpResponse], *, said: Callable[[], bytes] | None = None
) -> HttpResponse:
    """Run a request unless its key was answered before; then give that answer again.

    Key, effect and answer are one transaction: a process that dies leaves all of them or none. A refused request keeps no key.
    `said` is by what two requests are the same where their bytes are not (a form's boundary differs each time).
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key or actor.user_id is None:
        return run()
    if len(key) > MAX_KEY:
        return problem(422, _("An Idempotency-Key has at most 200 characters."))
    body = request.body if said is None else said()
    fingerprint = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + body).hexdigest()
    try:
        with transaction.atomic():
            row = IdempotencyKey.objects.create(
                user_id=actor.user_id, key=key, request_hash=fingerprint, created_at=timezone.now()
            )
            answer = run()
            if answer.status_code >= 400:
                raise _Undo(answer)
            row.status, row.content_type = answer.status_code, answer.headers.get("Content-Type", "")
            row.body = answer.content.decode()
            row.save(update_fields=["status", "content_type", "body"])
    except _Undo as undone:
        return undone.answer
    except IntegrityError:
        return _again(actor, key, fingerprint)
    return answer


def _again(actor: Actor, key: str, fingerprint: str) -> HttpResponse:
    row = IdempotencyKey.objects.filter(user=actor.user_id, key=key).first()
    if row is None:
        return problem(409, _("The same request is just being answered. Try again."))
    if row.request_hash != fingerprint:
        return problem(422, _("This Idempotency-Key was used for another request. Use a new one."))
    answer = HttpResponse(row.body, status=row.status, content_type=row.content_type)
    answer["Idempotent-Replay"] = "true"
    return answer
