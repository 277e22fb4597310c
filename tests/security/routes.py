"""Every address of the product: its pattern, its methods, and who may use it. One line each, written by hand.

The walk (``walk``) reads the URLconf as Django resolves it; ``test_matrix`` holds the two against each other, so a new
address fails the suite until somebody has said here whose it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import get_resolver

PUBLIC, SIGNED_IN, API_USER = "public", "signed_in", "api_user"
READ, WRITE, FORM = ("GET",), ("POST",), ("GET", "POST")

#: pattern: (methods, permission)
ROUTES: dict[str, tuple[tuple[str, ...], str]] = {
    "healthz": (READ, PUBLIC),
    "readyz": (READ, PUBLIC),
    "metrics": (READ, PUBLIC),
    "i18n/setlang/": (WRITE, PUBLIC),
    "api/v1/schema": (READ, API_USER),
    "api/v1/docs": (READ, API_USER),
    "api/v1/sheets/": (FORM, "view_sheets submit_sheet"),
    "api/v1/sheets/<int:sheet_id>/": (READ, "view_sheets"),
    "rounds/<uuid:round_id>/control/": (READ, "control_round"),
    "rounds/<uuid:round_id>/control/board/": (READ, "control_round"),
    "rounds/<uuid:round_id>/control/file/": (FORM, "control_round"),
    "control/sheets/<int:sheet_id>/": (READ, "control_round"),
    "control/sheets/<int:sheet_id>/reopen/": (WRITE, "control_round"),
    "quarantined/<uuid:quarantined_id>/": (READ, "control_round"),
    "quarantined/<uuid:quarantined_id>/admit/": (WRITE, "control_round"),
    "quarantined/<uuid:quarantined_id>/set-aside/": (WRITE, "control_round"),
    "reopenings/<uuid:reopening_id>/decide/": (WRITE, "control_round"),
    "stops/<uuid:stop_id>/arrival/": (WRITE, "control_round"),
    "sheet-photos/<uuid:photo_id>/": (READ, "control_round"),
    "live/": (READ, "view_live"),
    "rounds/<uuid:round_id>/live/": (READ, "view_live"),
    "rounds/<uuid:round_id>/live/hall/": (READ, "view_live"),
    "rounds/<uuid:round_id>/live/board/": (READ, "view_live"),
    "rounds/<uuid:round_id>/live/freeze/": (WRITE, "control_round"),
    "rounds/<uuid:round_id>/live/lift/": (WRITE, "control_round"),
    "api/v1/phone/day/": (READ, "submit_sheet"),
    "api/v1/phone/sheets/": (WRITE, "submit_sheet"),
    "api/v1/phone/photos/<uuid:photo_id>/": (WRITE, "submit_sheet"),
    "api/v1/phone/reopen/": (WRITE, "submit_sheet"),
    "api/v1/^organizations/$": (READ, "view_rounds manage_organizations"),
    "api/v1/^organizations/(?P<pk>[^/.]+)/$": (READ, "view_rounds manage_organizations"),
    "signin/": (FORM, PUBLIC),
    "signout/": (WRITE, SIGNED_IN),
    "signout/everywhere/": (WRITE, SIGNED_IN),
    "password/": (FORM, SIGNED_IN),
    "switch/<uuid:membership_id>/": (WRITE, SIGNED_IN),
    "": (READ, SIGNED_IN),
    "workbench/": (READ, "view_workbench"),
    "workbench/sheets/<uuid:round_id>/": (READ, "submit_sheet"),
    "board/": (READ, "view_board"),
    "schemes/": (READ, "view_scheme"),
    "schemes/<uuid:version_id>/": (READ, "view_scheme"),
    "schemes/<uuid:version_id>/document.yaml": (READ, "view_scheme"),
    "schemes/<uuid:version_id>/publish/": (WRITE, "manage_campaigns"),
    "schemes/<uuid:version_id>/withdraw/": (WRITE, "manage_campaigns"),
    "schemes/<uuid:version_id>/diff/": (READ, "view_scheme"),
    "schemes/<uuid:version_id>/delete/": (WRITE, "manage_campaigns"),
    "schemes/upload/": (FORM, "manage_campaigns"),
    "schemes/drafts/new/": (FORM, "manage_campaigns"),
    "schemes/drafts/<uuid:draft_id>/": (READ, "manage_campaigns"),
    "schemes/drafts/<uuid:draft_id>/blocks/<slug:block>/": (FORM, "manage_campaigns"),
    "schemes/drafts/<uuid:draft_id>/criteria/": (FORM, "manage_campaigns"),
    "schemes/drafts/<uuid:draft_id>/criteria/import/": (FORM, "manage_campaigns"),
    "schemes/drafts/<uuid:draft_id>/criteria/<slug:node>/": (FORM, "manage_campaigns"),
    "schemes/drafts/<uuid:draft_id>/sheet/": (READ, "manage_campaigns"),
    "schemes/drafts/<uuid:draft_id>/undo/": (WRITE, "manage_campaigns"),
    "schemes/drafts/<uuid:draft_id>/finish/": (WRITE, "manage_campaigns"),
    "schemes/drafts/<uuid:draft_id>/delete/": (WRITE, "manage_campaigns"),
    "campaigns/": (READ, "manage_campaigns"),
    "campaigns/new/": (FORM, "manage_campaigns"),
    "campaigns/<uuid:campaign_id>/edit/": (FORM, "manage_campaigns"),
    "campaigns/<uuid:campaign_id>/rounds/new/": (FORM, "manage_campaigns"),
    "phone/": (READ, PUBLIC),
    "phone/sw.js": (READ, PUBLIC),
    "phone/manifest.webmanifest": (READ, PUBLIC),
    "phone/files/<slug:phone_version>/<str:phone_file>": (READ, PUBLIC),
    "rounds/<uuid:round_id>/phases/": (FORM, "manage_campaigns"),
    "rounds/<uuid:round_id>/phases/shift/": (FORM, "manage_campaigns"),
    "phases/<uuid:phase_id>/": (FORM, "manage_campaigns"),
    "calendar/": (FORM, "manage_campaigns"),
    "materials/": (READ, "view_materials"),
    "materials/new/": (FORM, "manage_materials"),
    "materials/upload/": (("OPTIONS", "POST"), "manage_materials"),
    "materials/upload/<uuid:material_id>/": (("HEAD", "PATCH", "DELETE"), "manage_materials"),
    "materials/<uuid:material_id>/": (READ, "view_materials"),
    "materials/<uuid:material_id>/retitle/": (WRITE, "manage_materials"),
    "materials/<uuid:material_id>/check/": (WRITE, "manage_materials"),
    "materials/<uuid:material_id>/withdraw/": (WRITE, "manage_materials"),
    "materials/<uuid:material_id>/file/": (READ, "view_materials"),
    "materials/<uuid:material_id>/photo.jpg": (READ, "view_materials"),
    "materials/<uuid:material_id>/preview/": (READ, "view_materials"),
    "rounds/": (READ, "view_rounds"),
    "rounds/<uuid:round_id>/": (READ, "view_rounds"),
    "rounds/<uuid:round_id>/robustness/": (READ, "run_computation"),
    "rounds/<uuid:round_id>/following/": (READ, "view_rounds"),
    "rounds/<uuid:round_id>/versions/": (READ, "view_rounds"),
    "panels/": (READ, "manage_panels"),
    "rounds/<uuid:round_id>/panel/": (READ, "manage_panels"),
    "rounds/<uuid:round_id>/panel/add/": (WRITE, "manage_panels"),
    "rounds/<uuid:round_id>/panel.xlsx": (READ, "enter_paper"),
    "rounds/<uuid:round_id>/draw/": (FORM, "manage_panels"),
    "rounds/<uuid:round_id>/conflicts/": (WRITE, "manage_panels"),
    "panel/<uuid:member_id>/": (FORM, "manage_panels"),
    "draws/<uuid:draw_id>/": (FORM, "manage_panels"),
    "conflicts/": (FORM, "view_routes"),
    "conflicts/contacts/": (FORM, "manage_panels"),
    "conflicts/<uuid:conflict_id>/decide/": (WRITE, "manage_panels"),
    "conflicts/<uuid:conflict_id>/back/": (WRITE, "view_routes"),
    "rounds/<uuid:round_id>/routes/": (FORM, "manage_panels"),
    "routes/<uuid:route_id>/": (FORM, "manage_panels"),
    "routes/<uuid:route_id>/sheet/": (READ, "view_routes"),
    "stops/<uuid:stop_id>/move/": (WRITE, "manage_panels"),
    "my-day/": (READ, "view_routes"),
    "places/": (FORM, "manage_panels"),
    "rounds/<uuid:round_id>/forms/": (READ, "enter_paper"),
    "rounds/<uuid:round_id>/forms.docx": (READ, "enter_paper"),
    "keying/": (READ, "enter_paper"),
    "keying/new/": (FORM, "enter_paper"),
    "keying/<uuid:keyed_id>/": (FORM, "enter_paper"),
    "keying/<uuid:keyed_id>/withdraw/": (WRITE, "enter_paper"),
    "rounds/<uuid:round_id>/workbook.xlsx": (READ, "view_rounds"),
    "rounds/<uuid:round_id>/nominations.<str:extension>": (READ, "view_nominations"),
    "rounds/<uuid:round_id>/sheets.<str:extension>": (READ, "import_data"),
    "rounds/<uuid:round_id>/records/": (READ, "import_data"),
    "rounds/<uuid:round_id>/facts.<str:extension>": (READ, "import_data"),
    "events/<int:event_id>/withdraw/": (WRITE, "import_data"),
    "rounds/<uuid:round_id>/open/": (WRITE, "run_computation"),
    "rounds/<uuid:round_id>/compute/": (WRITE, "run_computation"),
    "rounds/<uuid:round_id>/return/": (WRITE, "run_computation"),
    "computations/<uuid:computation_id>/confirm/": (WRITE, "confirm_result"),
    "computations/<uuid:computation_id>/publish/": (WRITE, "publish_result"),
    "computations/<uuid:computation_id>/bundle.zip": (READ, "import_data"),
    "computations/<uuid:computation_id>/anomalies/": (FORM, "decide_result"),
    "computations/<uuid:computation_id>/decisions/": (FORM, "decide_result"),
    "computations/<uuid:computation_id>/decisions/apply/": (WRITE, "decide_result"),
    "decisions/<uuid:decision_id>/drop/": (WRITE, "decide_result"),
    "decisions/<uuid:decision_id>/release/": (WRITE, "decide_result"),
    "computations/<uuid:computation_id>/notice/": (FORM, "manage_notices"),
    "notices/": (READ, "view_notices"),
    "notices/<uuid:notice_id>/": (READ, "view_notices"),
    "notices/<uuid:notice_id>/end/": (WRITE, "manage_notices"),
    "notices/<uuid:notice_id>/withdraw/": (WRITE, "manage_notices"),
    "notices/<uuid:notice_id>/object/": (FORM, "object"),
    "notices/<uuid:notice_id>/note/": (FORM, "manage_notices"),
    "notices/<uuid:notice_id>/notice.docx": (READ, "manage_notices"),
    "notices/<uuid:notice_id>/list.xlsx": (READ, "manage_notices"),
    "objections/<uuid:objection_id>/": (FORM, "view_notices"),
    "objections/<uuid:objection_id>/deadline/": (WRITE, "manage_notices"),
    "notices/<slug:code>/<slug:slug>/": (READ, PUBLIC),
    "results/<uuid:result_id>/": (READ, "view_explanations"),
    "results/<uuid:result_id>/tally/": (READ, "view_explanations"),
    "results/<uuid:result_id>/tally.docx": (READ, "view_explanations"),
    "dashboard/": (READ, "view_dashboard"),
    "prefecture/": (READ, "view_prefecture"),
    "townships/": (READ, "view_townships"),
    "townships/<uuid:township_id>/": (READ, "view_townships"),
    "years/<int:year>/workbook.xlsx": (READ, "view_townships"),
    "titles/": (READ, "view_titles"),
    "titles/<uuid:organization_id>/": (READ, "view_titles"),
    "titles.xlsx": (READ, "view_titles"),
    "titles/acts/": (READ, "manage_titles"),
    "titles/<uuid:organization_id>/acts/new/": (FORM, "manage_titles"),
    "titles/acts/<uuid:act_id>/confirm/": (WRITE, "manage_titles"),
    "titles/acts/<uuid:act_id>/decline/": (WRITE, "manage_titles"),
    "titles/reinspection/": (FORM, "manage_titles"),
    "titles/delisted.docx": (READ, "manage_titles"),
    "award/": (READ, "manage_titles"),
    "rounds/<uuid:round_id>/award/": (READ, "manage_titles"),
    "rounds/<uuid:round_id>/award/plaques/": (WRITE, "manage_titles"),
    "rounds/<uuid:round_id>/award/certificates.pdf": (READ, "manage_titles"),
    "rounds/<uuid:round_id>/award/naming.docx": (READ, "manage_titles"),
    "subsidies/": (READ, "view_townships"),
    "subsidies/issue/": (WRITE, "manage_titles"),
    "subsidies/notice.docx": (READ, "manage_titles"),
    "subsidies.xlsx": (READ, "view_townships"),
    "practices/": (READ, "view_practices"),
    "practices/new/": (FORM, "write_practices"),
    "practices/<uuid:practice_id>/": (READ, "view_practices"),
    "practices/<uuid:practice_id>/edit/": (FORM, "write_practices"),
    "practices/<uuid:practice_id>/share/": (WRITE, "manage_titles"),
    "practices/<uuid:practice_id>/withdraw/": (WRITE, "write_practices"),
    "practices/<uuid:practice_id>/files/<uuid:material_id>/": (READ, "view_practices"),
    "inspectors.<str:extension>": (READ, "import_data"),
    "trial/": (READ, "manage_campaigns"),
    "trial/files/": (WRITE, "manage_campaigns"),
    "trial.xlsx": (READ, "manage_campaigns"),
    "nominations/": (READ, "nominate"),
    "nominations/<uuid:nomination_id>/": (READ, "view_nominations"),
    "nominations/<uuid:nomination_id>/save/": (WRITE, "nominate"),
    "nominations/<uuid:nomination_id>/withdraw/": (WRITE, "nominate"),
    "nominations/<uuid:nomination_id>/decide/": (WRITE, "review_nominations"),
    "nominations/<uuid:nomination_id>/form.docx": (READ, "view_nominations"),
    "rounds/<uuid:round_id>/nominate/": (FORM, "nominate"),
    "rounds/<uuid:round_id>/review/": (FORM, "review_nominations"),
    "rounds/<uuid:round_id>/review.xlsx": (READ, "review_nominations"),
    "review/": (READ, "review_nominations"),
    "burden/": (READ, "view_nominations"),
    "imports/": (READ, "import_data"),
    "imports/new/<slug:kind>/": (FORM, "import_data"),
    "imports/template/<slug:kind>.<str:extension>": (READ, "import_data"),
    "imports/<uuid:upload_id>/": (READ, "import_data"),
    "imports/<uuid:upload_id>/confirm/": (WRITE, "import_data"),
    "organizations/": (READ, "manage_organizations"),
    "organizations/export.<str:extension>": (READ, "manage_organizations"),
    "organizations/new/": (FORM, "manage_organizations"),
    "organizations/adopt/": (FORM, "manage_organizations"),
    "organizations/<uuid:organization_id>/": (READ, "manage_organizations"),
    "organizations/<uuid:organization_id>/rename/": (FORM, "manage_organizations"),
    "organizations/<uuid:organization_id>/move/": (FORM, "manage_organizations"),
    "organizations/<uuid:organization_id>/retire/": (WRITE, "manage_organizations"),
    "people/": (READ, "manage_people"),
    "people/new/": (FORM, "manage_people"),
    "people/<uuid:membership_id>/reset/": (WRITE, "manage_people"),
    "people/<uuid:membership_id>/end/": (WRITE, "manage_people"),
    "jobs/": (READ, "view_jobs"),
    "jobs/<uuid:job_id>/": (READ, "view_jobs"),
    "jobs/<uuid:job_id>/progress/": (READ, "view_jobs"),
    "jobs/<uuid:job_id>/cancel/": (WRITE, "view_jobs"),
    "rehearsals/": (READ, "rehearse"),
    "rehearsals/end/": (WRITE, "rehearse"),
    "rehearsals/<uuid:round_id>/begin/": (WRITE, "rehearse"),
    "rehearsals/<uuid:round_id>/fill/": (WRITE, "rehearse"),
    "messages/": (READ, "manage_messages"),
    "messages/channels/new/": (FORM, "manage_messages"),
    "messages/channels/<uuid:channel_id>/": (FORM, "manage_messages"),
    "messages/channels/<uuid:channel_id>/try/": (WRITE, "manage_messages"),
    "messages/<uuid:message_id>/retry/": (WRITE, "manage_messages"),
    "messages/<uuid:message_id>/drop/": (WRITE, "manage_messages"),
    "audit/": (READ, "view_audit"),
    "security/": (READ, "view_security"),
    "security/<uuid:user_id>/unlock/": (WRITE, "view_security"),
    "tenants/": (READ, "manage_tenants"),
    "tenants/new/": (FORM, "manage_tenants"),
    "tenants/divisions/": (FORM, "manage_tenants"),
}

#: Answers of role-holders that are not 200 or 302 where the thing is of their own county, and why.
NARROWER: dict[tuple[str, str], tuple[int, str]] = {
    ("sheet-photos/<uuid:photo_id>/", "GET"): (404, "the picture of the cast is not on the disk"),
    ("materials/upload/", "OPTIONS"): (204, "tus answers without a body"),
    ("materials/upload/", "POST"): (412, "tus asks for its version first"),
    ("materials/upload/<uuid:material_id>/", "HEAD"): (404, "an upload is its owner's alone"),
    ("materials/upload/<uuid:material_id>/", "PATCH"): (404, "an upload is its owner's alone"),
    ("materials/upload/<uuid:material_id>/", "DELETE"): (404, "an upload is its owner's alone"),
}


@dataclass(frozen=True)
class Route:
    pattern: str
    methods: tuple[str, ...]
    permissions: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """Names of the values in the address, in order."""
        import re

        return re.findall(r"<(?:\w+:)?(\w+)>", self.pattern)

    @property
    def is_api(self) -> bool:
        return self.pattern.startswith("api/")

    def path(self, values: dict[str, Any]) -> str:
        import re

        filled = re.sub(r"\(\?P<(\w+)>[^)]*\)|<(?:\w+:)?(\w+)>", lambda m: str(values[m[1] or m[2]]), self.pattern)
        return "/" + filled.replace("^", "").replace("$", "")


def routes() -> list[Route]:
    return [Route(pattern, methods, tuple(said.split())) for pattern, (methods, said) in ROUTES.items()]


def walk() -> Iterator[tuple[str, Any]]:
    """Pattern and view of every address Django answers, addresses of the API with a format suffix left out."""
    yield from _walk(get_resolver().url_patterns, "")


def _walk(patterns: list[Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for entry in patterns:
        pattern = prefix + str(entry.pattern)
        if hasattr(entry, "url_patterns"):
            yield from _walk(entry.url_patterns, pattern)
        else:
            yield pattern, entry.callback


def permission_of(view: Any) -> str | None:
    """What the view itself says: a permission, "public" or "signed_in"; nothing for views that are not ours."""
    inner = getattr(view, "view_class", None) or getattr(view, "cls", None)
    return getattr(view, "permission", None) or getattr(inner, "permission", None)
