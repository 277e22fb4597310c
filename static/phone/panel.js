// What lies folded below a criterion: guidance, evidence, self-assessment, remark, photos, not applicable, taking a mark back.

import { h } from "./dom.js";
import { photoStrip } from "./photos.js";

export function panel(criterion, number, sheet) {
  const key = criterion.key;
  const remark = h("textarea", {
    rows: "2", maxlength: "500", placeholder: "备注（可不写）", "aria-label": `${criterion.name}的备注`,
    oninput: () => sheet.edit((draft) => put(draft.remarks, key, remark.value.trim()), true),
  });
  const photos = photoStrip(sheet, key);
  const away = criterion.may_not_apply ? notApplicable(criterion, sheet) : null;
  const clear = h("button", { type: "button", class: "btn", onclick: () => sheet.give(key, null, false) }, "撤回这条打分");
  const element = h("div", { class: "pn", id: `panel-${number}`, hidden: true },
    guidance(criterion, sheet.stop.self), remark, photos.element, away ? away.element : null, clear);
  const update = () => {
    if (document.activeElement !== remark) remark.value = sheet.draft.remarks[key] || "";
    clear.hidden = sheet.draft.marks[key] === undefined;
    photos.update();
    if (away) away.update();
  };
  return { element, update };
}

export function put(place, key, value) {
  if (value) place[key] = value;
  else delete place[key];
}

function guidance(criterion, self) {
  const evidence = criterion.evidence || [];
  const own = self && self.marks && self.marks[criterion.key];
  return [
    criterion.guidance ? h("p", { class: "gd" }, criterion.guidance) : h("p", { class: "gd" }, "办法没有写评分细则。"),
    evidence.length ? h("p", { class: "gd" }, `看材料：${evidence.map((each) => each.name || each).join("、")}`) : null,
    own !== undefined && own !== null ? h("p", { class: "gd" }, `村里自评 ${own} 分`) : null,
  ];
}

function notApplicable(criterion, sheet) {
  const key = criterion.key;
  const box = h("input", { type: "checkbox", onchange: () => sheet.edit((draft) => {
    delete draft.marks[key];
    delete draft.deductions[key];
    if (box.checked) draft.na[key] = reason.value.trim();
    else delete draft.na[key];
  }) });
  const reason = h("input", {
    type: "text", class: "wide", maxlength: "100", placeholder: "不适用的理由（必填）", "aria-label": `${criterion.name}不适用的理由`,
    oninput: () => sheet.edit((draft) => { if (draft.na[key] !== undefined) draft.na[key] = reason.value.trim(); }, true),
  });
  const element = h("div", { class: "na" }, h("label", { class: "tk" }, box, "本条不适用"), reason);
  const update = () => {
    const given = sheet.draft.na[key];
    box.checked = given !== undefined;
    reason.hidden = given === undefined;
    if (document.activeElement !== reason) reason.value = given || "";
  };
  return { element, update };
}
