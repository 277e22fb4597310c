"""Addresses of the campaigns app."""

from django.urls import path

from . import urls_editor, urls_materials, urls_nominations, urls_phases, urls_titles
from .views import campaigns, imports, schemes, versions

app_name = "campaigns"

urlpatterns = [
    path("campaigns/", campaigns.campaigns, name="campaigns"),
    path("campaigns/new/", campaigns.campaign_new, name="campaign_new"),
    path("campaigns/<uuid:campaign_id>/edit/", campaigns.campaign_edit, name="campaign_edit"),
    path("campaigns/<uuid:campaign_id>/rounds/new/", campaigns.round_new, name="round_new"),
    path("schemes/", schemes.schemes, name="schemes"),
    path("schemes/upload/", schemes.scheme_upload, name="scheme_upload"),
    path("schemes/<uuid:version_id>/", schemes.scheme, name="scheme"),
    path("schemes/<uuid:version_id>/document.yaml", schemes.scheme_document, name="scheme_document"),
    path("schemes/<uuid:version_id>/publish/", schemes.scheme_publish, name="scheme_publish"),
    path("schemes/<uuid:version_id>/withdraw/", schemes.scheme_withdraw, name="scheme_withdraw"),
    path("schemes/<uuid:version_id>/diff/", versions.scheme_diff, name="scheme_diff"),
    path("schemes/<uuid:version_id>/delete/", versions.scheme_delete, name="scheme_delete"),
    path("imports/", imports.imports, name="imports"),
    *urls_editor.urlpatterns,
    *urls_materials.urlpatterns,
    *urls_nominations.urlpatterns,
    *urls_phases.urlpatterns,
    *urls_titles.urlpatterns,
]
