"""The kinds of records and of field values: two closed sets that everything else switches on."""

from enum import StrEnum


class RecordKind(StrEnum):
    """How a record is reached: by its owner, through the record it is part of or attached to, or by everyone with the right."""

    OWNED = "owned"
    PART = "part"
    SHARED = "shared"
    ATTACHED = "attached"  # a task, a comment, a file: by the one who does it, and through the record it is about


class FieldKind(StrEnum):
    """What kind of value a field holds, as a person sees it."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"  # a document number or code: text, matched exactly
    INTEGER = "integer"
    DECIMAL = "decimal"
    PERCENT = "percent"
    MONEY = "money"
    DATE = "date"
    MOMENT = "moment"
    BOOLEAN = "boolean"
    CHOICE = "choice"  # a fixed set in code
    OPTION = "option"  # a code from a list that administrators keep, or from a code table
    RELATION = "relation"
    PHONE = "phone"
    EMAIL = "email"
    URL = "url"
    LIST = "list"  # a short list of words
    MULTI_CHOICE = "multi_choice"  # several codes of one list of options
    RECORD = "record"  # any record, named by its key: customers:42
    RECORDS = "records"  # several records, named by their keys
    FILE = "file"  # one file or several, by their ids: custom fields only

    @property
    def is_text(self) -> bool:
        return self in _TEXTS

    @property
    def is_ordered(self) -> bool:
        """Values that have a before and an after."""
        return self in _ORDERED

    @property
    def has_options(self) -> bool:
        """Codes of a list of options."""
        return self in (FieldKind.OPTION, FieldKind.MULTI_CHOICE)

    @property
    def is_personal(self) -> bool:
        """Reaches a person directly: searched only by readers who may read it in full."""
        return self in (FieldKind.PHONE, FieldKind.EMAIL)


_TEXTS = frozenset(
    {FieldKind.TEXT, FieldKind.LONG_TEXT, FieldKind.NUMBER, FieldKind.PHONE, FieldKind.EMAIL, FieldKind.URL}
)
_ORDERED = frozenset(
    {FieldKind.INTEGER, FieldKind.DECIMAL, FieldKind.PERCENT, FieldKind.MONEY, FieldKind.DATE, FieldKind.MOMENT}
)
