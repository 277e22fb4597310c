"""Addresses of reports: results."""

from django.http import HttpResponse
from django.urls import path

urlpatterns = [path("rounds/<uuid:round_id>/", lambda request, round_id: HttpResponse(), name="round")]
