"""Addresses between computing and publishing: anomalies, decisions, public notices, objections."""

from django.urls import path

from . import decision_views, notice_views, public_views

urlpatterns = [
    path("computations/<uuid:computation_id>/anomalies/", decision_views.anomalies, name="anomalies"),
    path("computations/<uuid:computation_id>/decisions/", decision_views.decisions, name="decisions"),
    path("computations/<uuid:computation_id>/decisions/apply/", decision_views.apply, name="decisions_apply"),
    path("decisions/<uuid:decision_id>/drop/", decision_views.drop, name="decision_drop"),
    path("decisions/<uuid:decision_id>/release/", decision_views.release, name="decision_release"),
    path("computations/<uuid:computation_id>/notice/", notice_views.notice_new, name="notice_new"),
    path("notices/", notice_views.notices, name="notices"),
    path("notices/<uuid:notice_id>/", notice_views.notice, name="notice"),
    path("notices/<uuid:notice_id>/end/", notice_views.end, name="notice_end"),
    path("notices/<uuid:notice_id>/withdraw/", notice_views.withdraw, name="notice_withdraw"),
    path("notices/<uuid:notice_id>/object/", notice_views.object, name="object"),
    path("notices/<uuid:notice_id>/note/", notice_views.note, name="objection_note"),
    path("objections/<uuid:objection_id>/", notice_views.objection, name="objection"),
    path("objections/<uuid:objection_id>/deadline/", notice_views.deadline, name="objection_deadline"),
    path("notices/<slug:code>/<slug:slug>/", public_views.public_notice, name="public_notice"),
]
