"""Pages of sales that the registry does not make."""

from django.urls import path

from zhike.sales import views

urlpatterns = [
    path("funnel/", views.funnel_page, name="funnel"),
    path("funnel/records/", views.funnel_records, name="funnel-records"),
]
