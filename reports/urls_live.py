"""Addresses of a round while it is scored: the control room with its sheets, the live board and its hall mode."""

from django.urls import path

from .views import control, live

urlpatterns = [
    path("rounds/<uuid:round_id>/control/", control.control, name="control"),
    path("rounds/<uuid:round_id>/control/board/", control.control_board, name="control_board"),
    path("control/sheets/<int:sheet_id>/", control.control_sheet, name="control_sheet"),
    path("quarantined/<uuid:quarantined_id>/", control.quarantined, name="quarantined"),
    path("live/", live.live_boards, name="live_boards"),
    path("rounds/<uuid:round_id>/live/", live.live, name="live"),
    path("rounds/<uuid:round_id>/live/hall/", live.hall, name="live_hall"),
    path("rounds/<uuid:round_id>/live/board/", live.live_board, name="live_board"),
]
