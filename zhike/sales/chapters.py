"""The chapters of the handbook about sales."""

from zhike.core.entities import contribute
from zhike.core.help import Chapter

contribute(
    Chapter(
        name="opportunities",
        app="zhike.sales",
        pages=(
            "/opportunities/",
            "/funnel/",
            "/pipelines/",
            "/stages/",
            "/opportunity-lines/",
        ),
        module="sales",
        weight=50,
    ),
)
