"""Addresses of a round's phases and of the county's calendar."""

from django.urls import path

from .views import calendar, phases

urlpatterns = [
    path("rounds/<uuid:round_id>/phases/", phases.round_phases, name="phases"),
    path("rounds/<uuid:round_id>/phases/shift/", phases.phases_shift, name="phases_shift"),
    path("phases/<uuid:phase_id>/", phases.phase, name="phase"),
    path("calendar/", calendar.calendar, name="calendar"),
]
