"""Addresses of reports: figures."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
