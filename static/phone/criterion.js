// One criterion on the sheet: its keys, its folded panel, and what it shows once a mark is given. Zero is a mark.

import { h, icon, dialog } from "./dom.js";
import { allowedText, deductedMark, lineCost, lowestOf } from "./sheet.js";
import { parse } from "./exact.js";
import { panel } from "./panel.js";

const KEYS = 7;

// ``sheet`` is the page's: ``draft``, ``give(key, mark, byFinger)``, ``edit(change)``. Answers the element and ``update``.
export function criterionBox(criterion, number, sheet) {
  const output = h("output", { class: "no" }, "未评");
  const folded = panel(criterion, number, sheet);
  const more = h("button", {
    type: "button", class: "cn", id: `more-${number}`, "aria-expanded": "false", "aria-controls": `panel-${number}`,
    onclick: () => fold(more, folded.element),
  }, h("b", {}, String(number)), h("span", { class: "nm" }, criterion.name), h("span", { class: "fm" }, `满分 ${criterion.max}`),
  icon("down"), output);
  const keys = keysOf(criterion, number, sheet);
  const label = `${number} ${criterion.name}，满分 ${criterion.max}`;
  const element = h("div", { class: "cr", id: `c-${number}`, role: "group", "aria-label": label, "data-key": criterion.key },
    more, keys.element, folded.element);
  const update = () => {
    const { marks, na } = sheet.draft;
    const mark = marks[criterion.key];
    output.className = mark === undefined ? "no" : "";
    output.textContent = mark !== undefined ? mark : na[criterion.key] !== undefined ? "不适用" : "未评";
    element.classList.toggle("off", na[criterion.key] !== undefined);
    keys.update(mark);
    folded.update();
  };
  return { element, update, key: criterion.key };
}

function fold(button, element) {
  element.hidden = !element.hidden;
  button.setAttribute("aria-expanded", String(!element.hidden));
}

function keysOf(criterion, number, sheet) {
  if (criterion.kind === "deduction") return deductionKeys(criterion, number, sheet);
  if (criterion.options && criterion.options.length) return optionKeys(criterion, number, sheet);
  return criterion.marks ? pointKeys(criterion, number, sheet) : numberKey(criterion, number, sheet);
}

const fingered = (event) => event.detail > 0;

// Radio buttons of the browser: arrows, screen readers and touch come with them. A tap ends with a click of detail 1,
// an arrow key with one of detail 0, so that the page moves on only under a finger.
function radio(criterion, number, sheet, mark, words) {
  const input = h("input", {
    type: "radio", name: `m-${number}`, value: mark, "aria-label": words ? `${words}，${mark} 分` : `${mark} 分`,
    onclick: (event) => sheet.give(criterion.key, mark, fingered(event)),
  });
  return h("label", { class: "ky" }, input, h("span", {}, words || mark, words ? h("small", {}, mark) : null));
}

function check(element, mark) {
  element.querySelectorAll("input[type=radio]").forEach((input) => { input.checked = input.value === mark; });
}

function pointKeys(criterion, number, sheet) {
  const all = criterion.marks;
  const shown = all.length > KEYS ? all.slice(1 - KEYS) : all;
  const rest = all.slice(0, all.length - shown.length);
  const lower = rest.length ? h("button", {
    type: "button", class: "lo", onclick: () => openLower(criterion, rest, sheet),
  }) : null;
  const element = h("div", { class: `ks n${shown.length + (lower ? 1 : 0)}` }, lower,
    shown.map((mark) => radio(criterion, number, sheet, mark)));
  const update = (mark) => {
    check(element, mark);
    if (!lower) return;
    const chosen = rest.includes(mark);
    lower.classList.toggle("on", chosen);
    lower.replaceChildren(chosen ? mark : "更低");
    lower.setAttribute("aria-label", chosen ? `更低分值，已评 ${mark} 分` : "更低分值");
  };
  return { element, update };
}

function openLower(criterion, rest, sheet) {
  dialog(`${criterion.name}：更低分值`, (close) => h("div", { class: "lw" }, rest.map((mark) => h("button", {
    type: "button", "aria-pressed": String(sheet.draft.marks[criterion.key] === mark),
    onclick: (event) => { close(); sheet.give(criterion.key, mark, fingered(event)); },
  }, mark))));
}

function optionKeys(criterion, number, sheet) {
  const element = h("div", { class: `ks op n${Math.min(criterion.options.length, 4)}` },
    criterion.options.map((option) => radio(criterion, number, sheet, option.mark, option.label)));
  return { element, update: (mark) => check(element, mark) };
}

// So many steps that keys make no sense: the mark is written.
function numberKey(criterion, number, sheet) {
  const hint = `${lowestOf(criterion)} 至 ${criterion.max}，每档 ${criterion.step}`;
  const problem = h("small", { class: "err", id: `err-${number}`, role: "alert" });
  const input = h("input", {
    type: "text", inputmode: "decimal", autocomplete: "off", maxlength: "12", "aria-label": `打分，${hint}`,
    "aria-describedby": `err-${number}`, placeholder: hint,
    onchange: () => {
      const mark = allowedText(criterion, input.value);
      problem.textContent = input.value.trim() && mark === null ? `应为 ${hint}` : "";
      if (mark !== null || !input.value.trim()) sheet.give(criterion.key, mark, false);
    },
  });
  const key = (mark) => h("button", { type: "button", onclick: (event) => sheet.give(criterion.key, mark, fingered(event)) }, `${mark} 分`);
  const element = h("div", { class: "nk" }, input, key(lowestOf(criterion)), key(criterion.max), problem);
  const update = (mark) => {
    if (mark === undefined && problem.textContent) return;
    input.value = mark === undefined ? "" : mark;
    problem.textContent = "";
  };
  return { element, update };
}

// --- deductions --------------------------------------------------------------------------------------

// Full marks less what is counted up; "nothing to take off" has to be said, as a blank is not full marks.
function deductionKeys(criterion, number, sheet) {
  const lines = h("div", { class: "dl" });
  const full = radio(criterion, number, sheet, criterion.max, "不扣分");
  full.querySelector("input").addEventListener("click", () => sheet.edit((draft) => { delete draft.deductions[criterion.key]; }));
  const element = h("div", { class: "dk" }, h("div", { class: "ks op n1" }, full), lines, freeLine(criterion, sheet));
  const update = (mark) => {
    const own = sheet.draft.deductions[criterion.key] || [];
    check(element, own.length ? "" : mark);
    const named = (criterion.deductions || []).map((item) => countLine(criterion, item, own, sheet));
    const free = own.filter((line) => !(criterion.deductions || []).some((item) => item.name === line.name));
    const focused = lines.contains(document.activeElement) ? document.activeElement.id : "";
    lines.replaceChildren(...named, ...free.map((line) => countLine(criterion, { name: line.name, points: line.each }, own, sheet)));
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  };
  return { element, update };
}

function countLine(criterion, item, own, sheet) {
  const line = own.find((each) => each.name === item.name);
  const count = line ? line.times : 0;
  const id = `d-${criterion.key}-${item.name}`;
  const step = (sign, by, word) => h("button", {
    type: "button", id: `${id}${by}`, "aria-label": `${item.name}，${word}一次`, disabled: by < 0 && !count,
    onclick: () => setTimes(criterion, item, count + by, sheet),
  }, sign);
  const most = item.most ? `，最多扣 ${item.most} 分` : "";
  return h("div", { class: count ? "li on" : "li" },
    h("span", { class: "ln" }, item.name, h("small", {}, `每次扣 ${item.points} 分${most}`)),
    step("−", -1, "减"), h("output", { "aria-label": `${item.name}次数` }, count ? `${count} 次` : "0"), step("+", 1, "加"),
    count ? reasonOf(criterion, line, sheet, id) : null);
}

function reasonOf(criterion, line, sheet, id) {
  return h("input", {
    type: "text", class: "wide", id: `${id}r`, maxlength: "100", placeholder: "扣分原因，如哪一次、哪一户",
    "aria-label": `${line.name}的扣分原因`, value: line.reason || "",
    oninput: (event) => sheet.edit((draft) => {
      const kept = (draft.deductions[criterion.key] || []).find((each) => each.name === line.name);
      if (kept) kept.reason = event.target.value.trim();
    }, true),
  });
}

function setTimes(criterion, item, times, sheet) {
  sheet.edit((draft) => {
    const before = (draft.deductions[criterion.key] || []).filter((each) => each.name !== item.name);
    const known = (draft.deductions[criterion.key] || []).find((each) => each.name === item.name);
    const line = { name: item.name, each: item.points, times, points: "0", reason: known ? known.reason : "" };
    line.points = times ? lineCost(line, item.most ? String(item.most) : "") : "0";
    const lines = times > 0 ? [...before, line] : before;
    if (lines.length) draft.deductions[criterion.key] = lines;
    else delete draft.deductions[criterion.key];
    const mark = allowedText(criterion, deductedMark(criterion, lines));
    if (lines.length && mark !== null) draft.marks[criterion.key] = mark;
    else delete draft.marks[criterion.key];
    delete draft.na[criterion.key];
  });
}

function freeLine(criterion, sheet) {
  const name = h("input", { type: "text", maxlength: "80", placeholder: "其他扣分情形", "aria-label": "其他扣分情形" });
  const points = h("input", { type: "text", inputmode: "decimal", maxlength: "8", placeholder: "扣几分", "aria-label": "扣几分" });
  const problem = h("small", { class: "err", role: "alert" });
  const put = () => {
    const cost = parse(points.value);
    const left = cost && cost.n > 0 ? allowedText(criterion, deductedMark(criterion, [{ points: points.value }])) : null;
    problem.textContent = !name.value.trim() ? "请写扣分情形" : left === null ? `请写扣几分，每档 ${criterion.step}` : "";
    if (problem.textContent) return;
    setTimes(criterion, { name: name.value.trim(), points: allowedPoints(points.value) }, 1, sheet);
    name.value = "";
    points.value = "";
  };
  const add = h("button", { type: "button", onclick: put }, "扣分");
  return h("details", { class: "fr" }, h("summary", {}, "其他扣分"), h("div", { class: "fi" }, name, points, add), problem);
}

const allowedPoints = (written) => written.normalize("NFKC").trim().replace(/\s*分$/, "");
