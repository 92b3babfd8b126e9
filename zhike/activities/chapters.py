"""The chapters of the handbook about activities."""

from zhike.core.entities import contribute
from zhike.core.help import Chapter

contribute(
    Chapter(
        name="follow-ups",
        app="zhike.activities",
        pages=(
            "/activities/",
            "/tasks/",
            "/comments/",
            "/calendar/",
        ),
        module="activities",
        weight=60,
    ),
)
