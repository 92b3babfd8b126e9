"""What is said when a condition cannot be used."""


class ConditionError(ValueError):
    """The condition is malformed, or this person may not use it.

    `str(error)` is a sentence in the active language; `path` says which node is meant: `all[1].value`, or blank.
    """

    def __init__(self, sentence: str, path: str = "") -> None:
        super().__init__(sentence)
        self.path = path
