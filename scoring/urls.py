"""Addresses of what a person does with a round's results; looking at them is under reports."""

from django.urls import path

from . import views

app_name = "scoring"

urlpatterns = [
    path("rounds/<uuid:round_id>/open/", views.open_scoring, name="open"),
    path("rounds/<uuid:round_id>/compute/", views.compute, name="compute"),
    path("rounds/<uuid:round_id>/return/", views.return_to_scoring, name="return"),
    path("computations/<uuid:computation_id>/confirm/", views.confirm, name="confirm"),
    path("computations/<uuid:computation_id>/publish/", views.publish, name="publish"),
]
