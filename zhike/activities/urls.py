"""Pages of activities that the registry does not make."""

from django.urls import path

from zhike.activities import views

urlpatterns = [
    path("activities/timeline/", views.timeline_page, name="timeline"),
    path("activities/people/", views.people_page, name="people-to-mention"),
    path("activities/log/", views.log_page, name="log-follow-up"),
    path("calendar/", views.calendar_page, name="calendar"),
]
