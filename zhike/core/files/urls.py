"""Addresses of files beside those that the registry makes."""

from django.urls import path

from zhike.core.files import views

urlpatterns = [
    path("attachments/upload/", views.upload, name="attachment-upload"),
    path("attachments/<int:pk>/download/", views.download, name="attachment-download"),
    path("attachments/<int:pk>/preview/", views.preview, name="attachment-preview"),
]
