"""The platform's chapters of the handbook."""

from zhike.core.entities import contribute
from zhike.core.help import Chapter

contribute(
    Chapter(name="start", app="zhike.core", pages=("/", "/home/", "/search/", "/accounts/"), weight=10),
    Chapter(name="lists", app="zhike.core", pages=(), weight=20),
    Chapter(name="records", app="zhike.core", pages=(), weight=30),
    Chapter(name="importing", app="zhike.core", pages=("/imports/",), weight=80),
    Chapter(name="notifications", app="zhike.core", pages=("/notifications/",), weight=85),
    Chapter(name="settings", app="zhike.core", pages=("/settings/", "/jobs/"), weight=90),
    Chapter(name="people", app="zhike.core", pages=("/users/", "/departments/", "/roles/"), weight=95),
)
