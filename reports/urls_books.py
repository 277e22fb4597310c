"""Addresses of reports: books."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
