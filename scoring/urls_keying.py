"""Addresses of keying paper forms."""

from django.urls import path

from . import keying_views

urlpatterns = [
    path("keying/", keying_views.keying, name="keying"),
    path("keying/new/", keying_views.keying_new, name="keying_new"),
    path("keying/<uuid:keyed_id>/", keying_views.keying_one, name="keying_one"),
    path("keying/<uuid:keyed_id>/withdraw/", keying_views.keying_withdraw, name="keying_withdraw"),
]
