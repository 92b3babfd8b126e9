"""The registry of entities: declare shape here, write behaviour in actions."""

from zhike.core.entities.declarations import (
    Contribution,
    Entity,
    MenuItem,
    Module,
    Panel,
    PanelEverywhere,
    RelatedList,
    Relation,
    SettingsPage,
    Verb,
)
from zhike.core.entities.fields import Field, Label
from zhike.core.entities.kinds import FieldKind, RecordKind
from zhike.core.entities.paths import Path, Step, UnknownPath, resolve
from zhike.core.entities.registry import contribute, extend, register, registry
from zhike.core.entities.verb_forms import VerbForm
from zhike.core.entities.views import Board, Calendar

__all__ = [
    "Board",
    "Calendar",
    "Contribution",
    "Entity",
    "Field",
    "FieldKind",
    "Label",
    "MenuItem",
    "Module",
    "Panel",
    "PanelEverywhere",
    "Path",
    "RecordKind",
    "RelatedList",
    "Relation",
    "SettingsPage",
    "Step",
    "UnknownPath",
    "Verb",
    "VerbForm",
    "contribute",
    "extend",
    "register",
    "registry",
    "resolve",
]
