"""Addresses of results: rounds, one round's ranking, one result's explanation, the campaign board."""

from django.urls import path

from .views import board, following, results, robustness, rounds, tally

urlpatterns = [
    path("rounds/", rounds.rounds, name="rounds"),
    path("rounds/<uuid:round_id>/", rounds.round, name="round"),
    path("rounds/<uuid:round_id>/robustness/", robustness.robustness, name="robustness"),
    path("rounds/<uuid:round_id>/following/", following.following, name="following"),
    path("rounds/<uuid:round_id>/versions/", following.versions, name="versions"),
    path("results/<uuid:result_id>/", results.result, name="result"),
    path("results/<uuid:result_id>/tally/", tally.tally, name="tally"),
    path("results/<uuid:result_id>/tally.docx", tally.tally_document, name="tally_document"),
    path("board/", board.board, name="board"),
]
