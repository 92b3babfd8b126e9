"""The one filter language: lists, saved views, scopes, pools, automation. See docs/reference/conditions.md."""

from zhike.core.conditions.errors import ConditionError
from zhike.core.conditions.operators import Operator, operators_of
from zhike.core.conditions.parsing import parse
from zhike.core.conditions.predicates import visible
from zhike.core.conditions.rights import check_rights, may_filter
from zhike.core.conditions.rows import holds, matcher, matches
from zhike.core.conditions.sql import apply, to_q
from zhike.core.conditions.tree import Condition, asks_others
from zhike.core.conditions.words import describe

__all__ = [
    "Condition",
    "ConditionError",
    "Operator",
    "apply",
    "asks_others",
    "check_rights",
    "describe",
    "holds",
    "matcher",
    "matches",
    "may_filter",
    "operators_of",
    "parse",
    "to_q",
    "visible",
]
