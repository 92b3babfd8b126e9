"""What is said when a list cannot be shown as asked."""


class ListError(ValueError):
    """One parameter is not right. `str(error)` is a sentence in the active language; `parameter` is the one meant."""

    def __init__(self, sentence: str, parameter: str = "") -> None:
        super().__init__(sentence)
        self.parameter = parameter
