"""Addresses of the campaigns app."""

from django.urls import path

from . import views

app_name = "campaigns"

urlpatterns = [
    path("schemes/", views.schemes, name="schemes"),
    path("schemes/<uuid:version_id>/", views.scheme, name="scheme"),
    path("imports/", views.imports, name="imports"),
]
