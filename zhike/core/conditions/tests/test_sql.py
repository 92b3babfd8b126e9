"""SQL where the two databases differ by themselves: case, wildcards, lists of words."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model

from zhike.core.actors import Actor
from zhike.core.conditions import matches
from zhike.core.conditions.operators import Operator
from zhike.core.conditions.predicates import Asking
from zhike.core.conditions.sql import _Compiler, apply
from zhike.core.conditions.tree import Compare, Condition
from zhike.core.entities import Path, registry

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def _found(name: str, operator: Operator, *operands: str) -> set[str]:
    """Usernames found in SQL, after Python agreed about each row. Takes fields that no filter names, too."""
    entity = registry.get("users")
    compare = Compare(Path(name, (), entity, entity.field(name)), operator, operands)
    people: Any = get_user_model()._default_manager
    rows = people.filter(_Compiler(Asking(SYSTEM)).node(compare))
    condition = Condition(entity, compare, {})
    found = {row.username for row in rows}
    assert found == {row.username for row in people.all() if matches(condition, row, SYSTEM)}
    assert {row.username for row in apply(people.all(), condition, SYSTEM)} == found
    return found


@pytest.fixture
def people(db: None) -> None:
    model: Any = get_user_model()
    skills = {
        "a": ["sales", "浦东"],
        "b": ["Sales"],
        "c": [],
        "d": ['say "hi"', "sales and more"],
        "e": ["100%"],
    }
    names = {"a": "ÉCOLE Acme", "b": "école acme", "c": "50% off_now", "d": "back\\slash", "e": "Straße"}
    for username, words in skills.items():
        model._default_manager.create(username=username, full_name=names[username], skills=words)


def test_a_list_is_asked_for_whole_words(people: None) -> None:
    assert _found("skills", Operator.CONTAINS, "sales") == {"a"}
    assert _found("skills", Operator.CONTAINS, "浦东") == {"a"}
    assert _found("skills", Operator.CONTAINS, 'say "hi"') == {"d"}
    assert _found("skills", Operator.CONTAINS, "100%") == {"e"}
    assert _found("skills", Operator.CONTAINS, "%") == set()
    assert _found("skills", Operator.IS_EMPTY) == {"c"}
    assert _found("skills", Operator.NOT_EMPTY) == {"a", "b", "d", "e"}


def test_contains_is_blind_to_the_case_of_ascii_letters_only(people: None) -> None:
    assert _found("full_name", Operator.CONTAINS, "ACME") == {"a", "b"}
    assert _found("full_name", Operator.CONTAINS, "É") == {"a"}
    assert _found("full_name", Operator.CONTAINS, "é") == {"b"}
    assert _found("full_name", Operator.STARTS_WITH, "éCOLE") == {"b"}
    assert _found("full_name", Operator.EQ, "ÉCOLE Acme") == {"a"}
    assert _found("full_name", Operator.EQ, "école ACME") == set()
    assert _found("full_name", Operator.CONTAINS, "SS") == set()


def test_signs_of_patterns_stand_for_themselves(people: None) -> None:
    assert _found("full_name", Operator.CONTAINS, "%") == {"c"}
    assert _found("full_name", Operator.CONTAINS, "_") == {"c"}
    assert _found("full_name", Operator.CONTAINS, "\\") == {"d"}
    assert _found("full_name", Operator.STARTS_WITH, "50% off_") == {"c"}
    assert _found("full_name", Operator.CONTAINS, "o_f") == set()
