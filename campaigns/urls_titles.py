"""Addresses of decisions about titles, planning re-inspections, and good practices."""

from django.urls import path

from .views import practices, reinspection, title_acts

urlpatterns = [
    path("titles/acts/", title_acts.title_acts, name="title_acts"),
    path("titles/<uuid:organization_id>/acts/new/", title_acts.act_new, name="act_new"),
    path("titles/acts/<uuid:act_id>/confirm/", title_acts.act_confirm, name="act_confirm"),
    path("titles/acts/<uuid:act_id>/decline/", title_acts.act_decline, name="act_decline"),
    path("titles/reinspection/", reinspection.reinspection, name="reinspection"),
    path("practices/", practices.practices, name="practices"),
    path("practices/new/", practices.practice_new, name="practice_new"),
    path("practices/<uuid:practice_id>/", practices.practice, name="practice"),
    path("practices/<uuid:practice_id>/edit/", practices.practice_edit, name="practice_edit"),
    path("practices/<uuid:practice_id>/share/", practices.practice_share, name="practice_share"),
    path("practices/<uuid:practice_id>/withdraw/", practices.practice_withdraw, name="practice_withdraw"),
    path(
        "practices/<uuid:practice_id>/files/<uuid:material_id>/",
        practices.practice_material,
        name="practice_material",
    ),
]
