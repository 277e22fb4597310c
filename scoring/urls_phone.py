"""Addresses of the phone page: the shell, its files, its service worker and its manifest. Its data is under the API."""

from django.urls import path

from . import phone_views

urlpatterns = [
    path("phone/", phone_views.shell, name="phone"),
    path("phone/sw.js", phone_views.worker, name="phone_sw"),
    path("phone/manifest.webmanifest", phone_views.manifest, name="phone_manifest"),
    path("phone/files/<slug:phone_version>/<str:phone_file>", phone_views.asset, name="phone_asset"),
]
