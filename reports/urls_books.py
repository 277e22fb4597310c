"""Addresses of files that people carry away."""

from django.urls import path
from django.urls.resolvers import URLPattern

from .views import books, notices

urlpatterns: list[URLPattern] = [
    path("rounds/<uuid:round_id>/workbook.xlsx", books.round_book, name="round_book"),
    path("computations/<uuid:computation_id>/bundle.zip", books.bundle, name="bundle"),
    path("rounds/<uuid:round_id>/nominations.<str:extension>", books.round_nominations, name="round_nominations"),
    path("rounds/<uuid:round_id>/sheets.<str:extension>", books.round_sheets, name="round_sheets"),
    path("years/<int:year>/workbook.xlsx", books.year_book, name="year_book"),
    path("notices/<uuid:notice_id>/notice.docx", notices.notice_document, name="notice_document"),
    path("notices/<uuid:notice_id>/list.xlsx", notices.notice_list, name="notice_list"),
    path("titles.xlsx", books.titles_book, name="titles_book"),
    path("inspectors.<str:extension>", books.inspectors_file, name="inspectors_file"),
]
