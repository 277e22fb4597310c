"""Addresses of files that people carry away."""

from django.urls import path
from django.urls.resolvers import URLPattern

from .views import books, nominations, notices, paper

urlpatterns: list[URLPattern] = [
    path("rounds/<uuid:round_id>/workbook.xlsx", books.round_book, name="round_book"),
    path("computations/<uuid:computation_id>/bundle.zip", books.bundle, name="bundle"),
    path("rounds/<uuid:round_id>/nominations.<str:extension>", books.round_nominations, name="round_nominations"),
    path("nominations/<uuid:nomination_id>/form.docx", nominations.nomination_document, name="nomination_document"),
    path("rounds/<uuid:round_id>/sheets.<str:extension>", books.round_sheets, name="round_sheets"),
    path("years/<int:year>/workbook.xlsx", books.year_book, name="year_book"),
    path("notices/<uuid:notice_id>/notice.docx", notices.notice_document, name="notice_document"),
    path("notices/<uuid:notice_id>/list.xlsx", notices.notice_list, name="notice_list"),
    path("titles.xlsx", books.titles_book, name="titles_book"),
    path("inspectors.<str:extension>", books.inspectors_file, name="inspectors_file"),
    path("rounds/<uuid:round_id>/forms/", paper.paper_forms, name="paper_forms"),
    path("rounds/<uuid:round_id>/forms.docx", paper.paper_forms_document, name="paper_forms_document"),
    path("rounds/<uuid:round_id>/panel.xlsx", paper.panel_book, name="panel_book"),
]
