"""Addresses of what the office does while a round is scored."""

from django.urls import path

from . import control_views as views

urlpatterns = [
    path("quarantined/<uuid:quarantined_id>/admit/", views.admit, name="admit"),
    path("quarantined/<uuid:quarantined_id>/set-aside/", views.set_aside, name="set_aside"),
    path("control/sheets/<int:sheet_id>/reopen/", views.reopen, name="reopen"),
    path("reopenings/<uuid:reopening_id>/decide/", views.decide_reopening, name="decide_reopening"),
    path("stops/<uuid:stop_id>/arrival/", views.arrival, name="arrival"),
    path("rounds/<uuid:round_id>/control/file/", views.queue_file, name="queue_file"),
    path("sheet-photos/<uuid:photo_id>/", views.photo, name="sheet_photo"),
    path("rounds/<uuid:round_id>/live/freeze/", views.freeze, name="freeze"),
    path("rounds/<uuid:round_id>/live/lift/", views.lift, name="lift"),
]
