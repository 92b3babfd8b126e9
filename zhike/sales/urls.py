"""Pages of sales that the registry does not make."""

from django.urls import path

from zhike.sales import pipeline_pages, views

urlpatterns = [
    path("funnel/", views.funnel_page, name="funnel"),
    path("funnel/records/", views.funnel_records, name="funnel-records"),
    path("settings/pipelines/", pipeline_pages.pipeline_list, name="settings-pipelines"),
    path("settings/pipelines/<int:pk>/", pipeline_pages.pipeline_page, name="settings-pipeline"),
]
