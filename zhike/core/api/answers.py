"""Every refusal as a problem: the one place where exceptions become statuses."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError
from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from zhike.core.api.problems import not_found, problem
from zhike.core.api.records import errors_of, name_outside
from zhike.core.lists import ListError
from zhike.core.writes import Conflict, NotAllowed, NotReachable, Refused


def answered(run: Callable[[], HttpResponse]) -> HttpResponse:
    """Run an operation and answer what it refuses: 403, 404, 409, 412 or 422."""
    try:
        return run()
    except NotReachable:
        return not_found()
    except NotAllowed as refused:
        return problem(403, refused.sentence, _fields(refused))
    except Conflict as conflict:
        return problem(409, conflict.sentence, version=conflict.version)
    except Refused as refused:
        return problem(409, refused.sentence, _fields(refused))
    except ValidationError as error:
        errors = errors_of(error)
        return problem(422, " ".join(dict.fromkeys(each["message"] for each in errors)), errors)
    except ListError as error:
        return problem(422, str(error), [{"field": error.parameter, "message": str(error)}] if error.parameter else [])
    except IntegrityError:
        return problem(
            409, _("Another record already has one of these values, or one it points to has gone. Look again.")
        )
    except DatabaseError:
        # A number beyond what a column holds, a text that no database takes: refused, not failed.
        return problem(422, _("A value is too large or has characters that cannot be stored."))


def _fields(refused: Refused) -> list[dict[str, str]]:
    return [{"field": name_outside(refused.field), "message": refused.sentence}] if refused.field else []


def json_answer(body: dict[str, Any], status: int = 200, version: int | None = None) -> HttpResponse:
    """A JSON answer, with the record's version as ETag."""
    response = JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    if version is not None:
        response["ETag"] = f'"{version}"'
    response["Cache-Control"] = "private, no-cache"
    return response
