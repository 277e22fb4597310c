"""Addresses of awarding and money: plaques, certificates, papers, the ledger of subsidies."""

from django.urls import path
from django.urls.resolvers import URLPattern

from .views import awarding, money

urlpatterns: list[URLPattern] = [
    path("award/", awarding.awarding, name="awarding"),
    path("rounds/<uuid:round_id>/award/", awarding.award, name="award"),
    path("rounds/<uuid:round_id>/award/plaques/", awarding.award_plaques, name="award_plaques"),
    path("rounds/<uuid:round_id>/award/certificates.pdf", awarding.certificates, name="certificates"),
    path("rounds/<uuid:round_id>/award/naming.docx", awarding.naming, name="naming_paper"),
    path("titles/delisted.docx", awarding.delisting, name="delisting_paper"),
    path("subsidies/", money.subsidies, name="subsidies"),
    path("subsidies/issue/", money.subsidies_issue, name="subsidies_issue"),
    path("subsidies/notice.docx", money.subsidies_notice, name="subsidies_notice"),
    path("subsidies.xlsx", money.subsidies_book, name="subsidies_book"),
]
