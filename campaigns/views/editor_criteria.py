"""The criteria of a draft as one table: names, points and steps in place, the tree by buttons, a sheet handed in."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import Permission, require
from schemes import Problem, ProblemsFound
from schemes.criteria_merge import merge_criteria
from schemes.criteria_rows import Row, criteria_rows, stated_total, total_of, with_rows
from schemes.criteria_table import CriteriaTable, read_criteria_table
from schemes.editing import (
    Tree,
    add_beside,
    add_criterion,
    add_item,
    move_node,
    read_tree,
    remove_node,
    set_at,
    write_document,
)
from schemes.exact import decimal_text

from ..block_forms import BlockForm
from ..editor import CRITERIA, Desk
from ..forms import CriteriaFileForm
from .editor import conflict, find, indexes_of, keep

MANAGE = Permission.MANAGE_CAMPAIGNS
_TYPED = re.compile(r"t\.(\d+(?:-\d+)*)\.(name|max|step)")
_COLUMNS = {".name": "name", ".mark.max": "max", ".mark.step": "step"}


@require(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def draft_criteria(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    desk = find(request, draft_id)
    form = desk.form(CRITERIA)
    if request.method != "POST":
        return show(request, desk, form, desk.tree, {})
    tree = with_rows(form.read(request.POST), typed_rows(request.POST))
    do = request.POST.get("do", "")
    tree, address = act(desk, form, tree, do)
    if changed := keep(request, desk, tree, [CRITERIA]):
        mine = BlockForm(tree, form.steps, form.about, form.without)
        rows = [(name, theirs, ours) for name, theirs, ours in row_differences(desk.tree, tree)]
        found = conflict(mine, form, changed)
        return show(request, desk, mine, tree, {**found, "differences": found["differences"] + rows})
    return redirect(address)


def typed_rows(data: QueryDict) -> Iterator[tuple[tuple[int, ...], str, str]]:
    """Names, full marks and steps of the table as they were typed."""
    for name, text in data.items():
        if found := _TYPED.fullmatch(name):
            yield tuple(map(int, found[1].split("-"))), found[2], str(text).strip()[:200]


def act(desk: Desk, form: BlockForm, tree: Tree, do: str) -> tuple[Tree, str]:
    """What a button does to the tree, and the address to go to afterwards."""
    here, (verb, _, place) = desk.address(CRITERIA), do.partition(":")
    if verb == "item":
        after = add_item(tree)
        return after, f"{here}#r-{len(after['criteria']['tree']) - 1}"
    if verb not in ("open", "under", "beside", "raise", "sink", "drop"):
        return form.act(tree, do)[0] if do else tree, here
    indexes = indexes_of(place)
    if verb == "open":
        return tree, desk.node_address(indexes)
    if verb == "under":
        return add_criterion(tree, indexes), f"{here}#r-{place}"
    if verb == "beside":
        after = (*indexes[:-1], indexes[-1] + 1)
        return add_beside(tree, indexes), f"{here}#r-{'-'.join(map(str, after))}"
    if verb == "drop":
        return remove_node(tree, indexes), f"{here}#r-{'-'.join(place.split('-')[:-1])}"
    return move_node(tree, indexes, -1 if verb == "raise" else 1), f"{here}#r-{place}"


def row_differences(theirs: Tree, mine: Tree) -> Iterator[tuple[str, str, str]]:
    """(what, theirs, mine) of the first rows that are not the same."""
    for one, other in zip(criteria_rows(theirs), criteria_rows(mine), strict=False):
        told = [f"{row.name or '（无名称）'}，{row.full_text or '—'} 分" for row in (one, other)]
        if told[0] != told[1]:
            yield f"第 {one.id} 行", told[0], told[1]


def show(request: HttpRequest, desk: Desk, form: BlockForm, tree: Tree, context: dict[str, Any]) -> HttpResponse:
    rows, stated = criteria_rows(tree), stated_total(tree)
    problems = [] if "conflict" in context else desk.problems_of((CRITERIA,))
    beside, own = beside_rows(rows, problems)
    total = total_of(rows)
    facts = {
        "desk": desk,
        "here": CRITERIA,
        "rows": [(row, beside.get(row.place, {})) for row in rows],
        "control": form.control(own),
        "problems": problems,
        "total": decimal_text(total),
        "short": decimal_text(abs(total - stated)) if stated is not None and total != stated else "",
        "over": stated is not None and total > stated,
    }
    return render(request, "campaigns/editor/criteria.html", {**facts, **context})


def beside_rows(rows: list[Row], problems: list[Problem]) -> tuple[dict[str, dict[str, list[Problem]]], list[Problem]]:
    """Problems by row and column (``row`` for what has no column of the table), and those of no row."""
    places = sorted((row.place for row in rows), key=len, reverse=True)
    beside: dict[str, dict[str, list[Problem]]] = {}
    own = []
    for problem in problems:
        place = next((place for place in places if problem.place.startswith(place)), None)
        if place is None:
            own.append(problem)
        else:
            column = _COLUMNS.get(problem.place[len(place) :], "row")
            beside.setdefault(place, {}).setdefault(column, []).append(problem)
    return beside, own


# --- a sheet handed in ----------------------------------------------------------------------------


@require(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def draft_import(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Choose a file, see what would become of the criteria, confirm. Nothing is kept before."""
    desk = find(request, draft_id)
    if "confirm" in request.POST:
        return confirm(request, desk)
    form = CriteriaFileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"desk": desk, "here": CRITERIA, "form": form}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            table = read_criteria_table(file.name, file.read(), step=form.cleaned_data["step"])
        except ProblemsFound as found:
            context["problems"] = [problem.as_dict() for problem in found.problems]
        else:
            context |= preview(desk, table)
    return render(request, "campaigns/editor/import.html", context)


def preview(desk: Desk, table: CriteriaTable) -> dict[str, Any]:
    merged = merge_criteria(desk.tree, table)
    kept: Tree = {"tree": merged.tree, "full_marks": decimal_text(table.total)}
    rows = criteria_rows({"criteria": kept})
    return {"table": table, "merged": merged, "rows": rows, "total": kept["full_marks"], "kept": write_document(kept)}


def confirm(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What was seen in the preview replaces the criteria; whatever else the block says stays."""
    try:
        kept = read_tree(request.POST.get("kept", ""))
    except ProblemsFound:
        kept = {}
    if not isinstance(kept.get("tree"), list):
        messages.error(request, "没有导入。请重新选择文件。")
        return redirect("campaigns:draft_import", desk.draft.pk)
    tree = set_at(desk.tree, (CRITERIA, "tree"), kept["tree"])
    tree = set_at(tree, (CRITERIA, "full_marks"), str(kept.get("full_marks", "")))
    if changed := keep(request, desk, tree, [CRITERIA]):
        messages.error(request, f"{changed}没有导入。请看过现在的标准，再导入一遍。")
    return redirect("campaigns:draft_criteria", desk.draft.pk)
