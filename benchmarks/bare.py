"""What a submit is measured against: Django views without middleware, sign-in, checks or audit."""

import json
from uuid import uuid4

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.urls import path


def nothing(request: HttpRequest) -> JsonResponse:
    json.loads(request.body)
    return JsonResponse({"status": "ok"})


def insert(request: HttpRequest) -> JsonResponse:
    """One row in one transaction, in a small table of Django's own."""
    json.loads(request.body)
    with transaction.atomic():
        ContentType.objects.create(app_label="bare", model=uuid4().hex)
    return JsonResponse({"status": "ok"})


urlpatterns = [path("nothing", nothing), path("insert", insert)]
