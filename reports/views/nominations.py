"""The nomination form (申报表) of one nomination as a Word file."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.access import Permission, get_permitted, require
from campaigns.nominating import checklist, usable_evidence
from campaigns.queries import visible_nominations

from ..books.nomination_document import TYPE, paper_of, write_nomination
from .books import attachment


@require(Permission.VIEW_NOMINATIONS)
@require_safe
def nomination_document(request: HttpRequest, nomination_id: UUID) -> HttpResponse:
    rows = visible_nominations(request.membership)
    rows = rows.select_related("round__scheme_version", "round__campaign", "organization", "township")
    found = get_permitted(request.membership, Permission.VIEW_NOMINATIONS, rows, pk=nomination_id)
    asked = checklist(found.round.scheme_version.document, usable_evidence([found]).get(found.pk, ()))
    paper = paper_of(found, asked, office=request.tenant.office)
    name = f"{found.organization.name}{found.round.title}申报表.docx".replace(" ", "")
    return attachment(name, lambda out: write_nomination(out, paper), TYPE)
