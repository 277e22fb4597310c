"""Addresses of the editor of schemes."""

from django.urls import path

from .views import editor, editor_criteria, editor_start

urlpatterns = [
    path("schemes/drafts/new/", editor_start.draft_new, name="draft_new"),
    path("schemes/drafts/<uuid:draft_id>/", editor.draft, name="draft"),
    path("schemes/drafts/<uuid:draft_id>/blocks/<slug:block>/", editor.draft_block, name="draft_block"),
    path("schemes/drafts/<uuid:draft_id>/criteria/", editor_criteria.draft_criteria, name="draft_criteria"),
    path("schemes/drafts/<uuid:draft_id>/criteria/import/", editor_criteria.draft_import, name="draft_import"),
    path("schemes/drafts/<uuid:draft_id>/criteria/<slug:node>/", editor.draft_node, name="draft_node"),
    path("schemes/drafts/<uuid:draft_id>/sheet/", editor.draft_sheet, name="draft_sheet"),
    path("schemes/drafts/<uuid:draft_id>/undo/", editor.draft_undo, name="draft_undo"),
    path("schemes/drafts/<uuid:draft_id>/finish/", editor.draft_finish, name="draft_finish"),
    path("schemes/drafts/<uuid:draft_id>/delete/", editor.draft_delete, name="draft_delete"),
]
