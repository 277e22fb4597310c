"""Addresses of reports: the workbench and the pages of figures."""

from django.urls import path
from django.urls.resolvers import URLPattern

from .views import dashboard, prefecture, titles, townships, workbench

urlpatterns: list[URLPattern] = [
    path("", workbench.home, name="home"),
    path("workbench/", workbench.workbench, name="workbench"),
    path("workbench/sheets/<uuid:round_id>/", workbench.my_sheets, name="my_sheets"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("townships/", townships.townships, name="townships"),
    path("townships/<uuid:township_id>/", townships.township, name="township"),
    path("titles/", titles.titles, name="titles"),
    path("titles/<uuid:organization_id>/", titles.title_history, name="title_history"),
    path("prefecture/", prefecture.prefecture, name="prefecture"),
]
