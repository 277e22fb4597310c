"""Addresses of materials: the library, one material, its files, and uploads that can be taken up again."""

from django.urls import path

from .views import material_files, material_uploads, materials

urlpatterns = [
    path("materials/", materials.materials, name="materials"),
    path("materials/new/", materials.material_new, name="material_new"),
    path("materials/upload/", material_uploads.uploads, name="material_uploads"),
    path("materials/upload/<uuid:material_id>/", material_uploads.upload, name="material_upload"),
    path("materials/<uuid:material_id>/", materials.material, name="material"),
    path("materials/<uuid:material_id>/retitle/", materials.material_retitle, name="material_retitle"),
    path("materials/<uuid:material_id>/check/", materials.material_check, name="material_check"),
    path("materials/<uuid:material_id>/withdraw/", materials.material_withdraw, name="material_withdraw"),
    path("materials/<uuid:material_id>/file/", material_files.material_file, name="material_file"),
    path("materials/<uuid:material_id>/photo.jpg", material_files.material_photo, name="material_photo"),
    path("materials/<uuid:material_id>/preview/", material_files.material_preview, name="material_preview"),
]
