"""Addresses of what a person does with a round: its facts and events, its results. Looking at results is under
reports.
"""

from django.urls import include, path

from . import record_views, rehearsal_views, views

app_name = "scoring"

urlpatterns = [
    path("", include("scoring.urls_phone")),
    path("", include("scoring.urls_decision")),
    path("", include("scoring.urls_keying")),
    path("", include("scoring.urls_control")),
    path("rehearsals/", rehearsal_views.rehearsals, name="rehearsals"),
    path("rehearsals/end/", rehearsal_views.end, name="rehearsal_end"),
    path("rehearsals/<uuid:round_id>/begin/", rehearsal_views.begin, name="rehearsal_begin"),
    path("rehearsals/<uuid:round_id>/fill/", rehearsal_views.fill, name="rehearsal_fill"),
    path("rounds/<uuid:round_id>/open/", views.open_scoring, name="open"),
    path("rounds/<uuid:round_id>/compute/", views.compute, name="compute"),
    path("rounds/<uuid:round_id>/return/", views.return_to_scoring, name="return"),
    path("rounds/<uuid:round_id>/records/", record_views.records, name="records"),
    path("rounds/<uuid:round_id>/facts.<str:extension>", record_views.facts_file, name="facts_file"),
    path("events/<int:event_id>/withdraw/", record_views.withdraw, name="withdraw_event"),
    path("computations/<uuid:computation_id>/confirm/", views.confirm, name="confirm"),
    path("computations/<uuid:computation_id>/publish/", views.publish, name="publish"),
]
