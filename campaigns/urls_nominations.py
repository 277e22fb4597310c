"""Addresses of nominations: the township's, the county's review, and what was asked of whom."""

from django.urls import path

from .views import nomination, nominations, reviewing

urlpatterns = [
    path("nominations/", nominations.nominations, name="nominations"),
    path("nominations/<uuid:nomination_id>/", nomination.nomination, name="nomination"),
    path("nominations/<uuid:nomination_id>/save/", nomination.nomination_save, name="nomination_save"),
    path("nominations/<uuid:nomination_id>/withdraw/", nomination.nomination_withdraw, name="nomination_withdraw"),
    path("nominations/<uuid:nomination_id>/decide/", nomination.nomination_decide, name="nomination_decide"),
    path("rounds/<uuid:round_id>/nominate/", nominations.nominate, name="nominate"),
    path("rounds/<uuid:round_id>/review/", reviewing.review, name="review"),
    path("rounds/<uuid:round_id>/review.xlsx", reviewing.review_file, name="review_file"),
    path("review/", nominations.reviews, name="reviews"),
    path("burden/", reviewing.burden, name="burden"),
]
