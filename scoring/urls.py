"""Addresses of what a person does with a round: its facts and events, its results. Looking at results is under
reports.
"""

from django.urls import path

from . import record_views, views

app_name = "scoring"

urlpatterns = [
    path("rounds/<uuid:round_id>/open/", views.open_scoring, name="open"),
    path("rounds/<uuid:round_id>/compute/", views.compute, name="compute"),
    path("rounds/<uuid:round_id>/return/", views.return_to_scoring, name="return"),
    path("rounds/<uuid:round_id>/records/", record_views.records, name="records"),
    path("rounds/<uuid:round_id>/facts.<str:extension>", record_views.facts_file, name="facts_file"),
    path("events/<int:event_id>/withdraw/", record_views.withdraw, name="withdraw_event"),
    path("computations/<uuid:computation_id>/confirm/", views.confirm, name="confirm"),
    path("computations/<uuid:computation_id>/publish/", views.publish, name="publish"),
]
