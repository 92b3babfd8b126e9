"""The root addresses. /healthz, /readyz and /metrics are answered before this (`config.probes`).

An app's own pages stand before those that the registry makes, so that a page unlike the others is an ordinary view.
"""

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    *(path("", include(f"{app}.urls")) for app in settings.EXTRA_APPS if find_spec(f"{app}.urls") is not None),
    path("", include("zhike.sales.urls")),
    path("", include("zhike.customers.urls")),
    path("", include("zhike.activities.urls")),
    path("", include("zhike.identity.urls")),
    path("", include("zhike.core.transfer.urls")),
    path("", include("zhike.core.jobs.urls")),
    path("", include("zhike.core.files.urls")),
    path("", include("zhike.core.notifications.urls")),
    path("api/v1/", include("zhike.core.api.urls")),
    path("", include("zhike.core.pages.urls")),
]
if settings.DEBUG:
    from zhike.core.pages.gallery import gallery

    urlpatterns += [
        path("dev/gallery", gallery, name="gallery"),
        path("dev/gallery/<int:record>/", gallery, name="gallery-record"),
    ]

handler400 = "zhike.core.pages.errors.bad_request"
handler403 = "zhike.core.pages.errors.not_allowed"
handler404 = "zhike.core.pages.errors.not_found"
handler500 = "zhike.core.pages.errors.server_error"
