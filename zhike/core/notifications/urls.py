"""Addresses of notifications and of watching."""

from django.urls import path

from zhike.core.notifications import preferences, views
from zhike.core.watching import views as watching

urlpatterns = [
    path("notifications/", views.notification_list, name="notifications"),
    path("notifications/bell/", views.bell, name="notification-bell"),
    path("notifications/newest/", views.newest, name="notification-newest"),
    path("notifications/read/", views.mark_all_read, name="notifications-read"),
    path("notifications/<int:pk>/open/", views.open_notification, name="notification-open"),
    path("notifications/<int:pk>/mark/", views.mark, name="notification-mark"),
    path("notifications/preferences/", preferences.own_preferences, name="notification-preferences"),
    path("settings/notifications/", preferences.company_preferences, name="settings-notifications"),
    path("watching/", watching.watch_view, name="watching"),
]
