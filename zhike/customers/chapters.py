"""The chapters of the handbook about customers."""

from zhike.core.entities import contribute
from zhike.core.help import Chapter

contribute(
    Chapter(
        name="customers",
        app="zhike.customers",
        pages=(
            "/customers/",
            "/contacts/",
        ),
        module="customers",
        weight=40,
    ),
    Chapter(name="leads", app="zhike.customers", pages=("/leads/",), module="customers", weight=45),
)
