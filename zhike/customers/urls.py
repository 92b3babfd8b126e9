"""Pages of customers that the registry does not make."""

from django.urls import path

from zhike.customers import views

urlpatterns = [path("leads/known/", views.known_page, name="leads-known")]
