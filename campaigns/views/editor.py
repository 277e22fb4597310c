"""Writing a scheme without its text: the draft as a whole, one block at a time, and what becomes of it.

Every button is a plain form. What a person typed is kept even when it is wrong; only a draft without errors becomes a
version. How a block's form is made is ``block_forms``; which problem belongs where is ``editor``.
"""

from fractions import Fraction
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, get_permitted, require
from schemes import ProblemsFound, Scheme
from schemes.describe import criteria_lines, describe
from schemes.editing import Tree, add_criterion, place_of, value_at
from schemes.exact import decimal_text

from ..block_controls import Control
from ..block_forms import BlockForm
from ..editor import CRITERIA, Desk
from ..models import SchemeDraft
from ..queries import visible_drafts
from ..services.drafts import DraftChanged, DraftRefused, discard_draft, finish_draft, save_parts, undo_last
from ..services.schemes import VersionRefused

MANAGE = Permission.MANAGE_CAMPAIGNS
MOST_DIFFERENCES = 12


def find(request: HttpRequest, draft_id: UUID) -> Desk:
    draft: SchemeDraft = get_permitted(request.membership, MANAGE, visible_drafts(request.membership), pk=draft_id)
    return Desk(draft)


def posted_revision(request: HttpRequest) -> int:
    """The revision that the person had before them; one that nobody had when the form does not say."""
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


@require(MANAGE)
@require_safe
def draft(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The whole: what is still to be mended, with a link to each place; once nothing is, the scheme in words."""
    desk = find(request, draft_id)
    scheme = desk.scheme
    words = {"document": scheme, "paragraphs": describe(scheme), "criteria": criteria_lines(scheme)} if scheme else {}
    return render(request, "campaigns/editor/draft.html", {"desk": desk, "here": "", **words})


@require(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def draft_block(request: HttpRequest, draft_id: UUID, block: str) -> HttpResponse:
    desk = find(request, draft_id)
    try:
        form = desk.form(block)
    except KeyError as error:
        raise Http404 from error
    if block == CRITERIA:
        return redirect("campaigns:draft_criteria", desk.draft.pk)
    return answer(request, desk, form, desk.address(block), {"here": block})


@require(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def draft_node(request: HttpRequest, draft_id: UUID, node: str) -> HttpResponse:
    """One item or criterion with everything about it."""
    desk, indexes = find(request, draft_id), indexes_of(node)
    try:
        form = desk.node_form(indexes)
    except KeyError as error:
        raise Http404 from error
    name = value_at(desk.tree, (*form.steps, "name"))
    context = {"here": CRITERIA, "node": node, "node_name": name, "back": desk.address(CRITERIA)}
    if request.POST.get("do") == "under":
        tree, address = add_criterion(form.read(request.POST), indexes), f"{desk.address(CRITERIA)}#r-{node}"
        return settle(request, desk, form, tree, address, context)
    return answer(request, desk, form, desk.node_address(indexes), context)


def indexes_of(text: str) -> tuple[int, ...]:
    """``0-2`` as ``(0, 2)``. Raises Http404 for anything else."""
    parts = text.split("-")
    if not all(part.isdecimal() and len(part) < 5 for part in parts):
        raise Http404
    return tuple(map(int, parts))


def answer(request: HttpRequest, desk: Desk, form: BlockForm, address: str, context: dict[str, Any]) -> HttpResponse:
    """Show the form, or keep what was posted and come back to where the person was."""
    if request.method != "POST":
        return show(request, desk, form, context)
    tree, anchor = form.read(request.POST), ""
    if do := request.POST.get("do", ""):
        tree, anchor = form.act(tree, do)
    return settle(request, desk, form, tree, f"{address}#f-{anchor}" if anchor else address, context)


def settle(
    request: HttpRequest, desk: Desk, form: BlockForm, tree: Tree, address: str, context: dict[str, Any]
) -> HttpResponse:
    """Keep the block of ``tree`` and go on, or show it again beside what somebody else has kept meanwhile."""
    if refused := keep(request, desk, tree, [str(form.steps[0])]):
        mine = BlockForm(tree, form.steps, form.about, form.without)
        return show(request, desk, mine, {**context, **conflict(mine, form, refused)})
    return redirect(address)


def keep(request: HttpRequest, desk: Desk, tree: Tree, parts: list[str]) -> DraftChanged | None:
    """Save these blocks of ``tree``; what is refused because of its size is said on the next page."""
    values = {name: tree.get(name) for name in parts}
    before = desk.draft.revision
    try:
        saved = save_parts(draft=desk.draft, parts=values, revision=posted_revision(request), actor=request.user)
    except DraftChanged as changed:
        return changed
    except DraftRefused as refused:
        messages.error(request, str(refused))
    else:
        if saved.revision > before and not request.POST.get("do"):
            messages.success(request, "已保存。")
    return None


def conflict(mine: BlockForm, theirs: BlockForm, changed: DraftChanged) -> dict[str, Any]:
    """What the second of two people sees: who was first, and what differs. Theirs stands; mine is in the form."""
    return {"conflict": changed, "differences": differences(mine.control(), theirs.control())}


def differences(mine: Control, theirs: Control) -> list[tuple[str, str, str]]:
    """(label, theirs, mine) of every value that differs."""
    ours = {control.name: control for control in mine.all()}
    others = {control.name: control for control in theirs.all()}
    found = []
    for name in [*ours, *(name for name in others if name not in ours)]:
        control = ours.get(name) or others[name]
        pair = [side[name].shown if name in side else "（没有）" for side in (others, ours)]
        if control.is_leaf and pair[0] != pair[1]:
            found.append((control.label, *pair))
    return found[:MOST_DIFFERENCES]


def show(request: HttpRequest, desk: Desk, form: BlockForm, context: dict[str, Any]) -> HttpResponse:
    problems = [] if "conflict" in context else desk.problems_of(form.steps)
    here = len(place_of(form.steps))
    problems = [problem for problem in problems if ".children[" not in problem.place[here:]]
    facts = {"desk": desk, "control": form.control(problems), "problems": problems}
    return render(request, "campaigns/editor/block.html", {**facts, **context})


# --- the inspector's page -------------------------------------------------------------------------


@require(MANAGE)
@require_safe
def draft_sheet(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """The sheet as an inspector will have it on a phone, as far as the draft can be read."""
    desk = find(request, draft_id)
    return render(request, "campaigns/editor/sheet.html", {"desk": desk, "here": "sheet", **sheet_lines(desk.readable)})


def sheet_lines(scheme: Scheme | None) -> dict[str, Any]:
    """Items and the criteria that inspectors mark, each with what may be written; and those marked otherwise."""
    if scheme is None or not scheme.leaves:
        return {"scheme": scheme}
    marked = {leaf.key for leaf in scheme.leaves}
    lines = [
        {"item": bool(node.children), "name": node.name, "guidance": node.guidance, "evidence": node.evidence,
         "points": decimal_text(node.full or Fraction(0)), "allowed": getattr(node.mark, "allowed", str)()}
        for node in scheme.nodes.values()
        if marked & {leaf.key for leaf in node.leaves}
    ]  # fmt: skip
    full = sum((method.full for method in scheme.methods), Fraction(0))
    apart = [node.name for node in scheme.nodes.values() if not node.children and node.key not in marked]
    return {"scheme": scheme, "lines": lines, "full": decimal_text(full), "apart": apart}


# --- what becomes of it ---------------------------------------------------------------------------


@require(MANAGE)
@require_POST
def draft_undo(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    desk = find(request, draft_id)
    try:
        undo_last(draft=desk.draft, revision=posted_revision(request), actor=request.user)
    except DraftRefused as refused:
        messages.error(request, f"{refused}没有撤销。")
    else:
        messages.success(request, "已撤销上一步；再按一次可以恢复。")
    block = next(iter(desk.draft.undo), "")
    return redirect(desk.address(block) if block else "campaigns:draft", *([] if block else [desk.draft.pk]))


@require(MANAGE)
@require_POST
def draft_finish(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """A version comes of it, which somebody else publishes."""
    desk = find(request, draft_id)
    try:
        version = finish_draft(draft=desk.draft, revision=posted_revision(request), actor=request.user)
    except ProblemsFound as found:
        messages.error(request, f"还有 {len(found.problems)} 处要改，没有存为版本。改好下面各处后再试。")
    except VersionRefused as refused:
        messages.error(request, f"{refused}请到“{desk.form('identity').about.label}”里改。")
    except DraftRefused as refused:
        messages.error(request, f"{refused}请看过现在的内容，再存为版本。")
    else:
        messages.success(request, f"{version} 已存为草稿版本，待另一位管理员核对后发布。")
        return redirect("campaigns:scheme", version.pk)
    return redirect("campaigns:draft", desk.draft.pk)


@require(MANAGE)
@require_POST
def draft_delete(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    desk = find(request, draft_id)
    discard_draft(draft=desk.draft, actor=request.user)
    messages.success(request, f"编辑稿“{desk.draft}”已删除。")
    return redirect(reverse("campaigns:schemes"))
