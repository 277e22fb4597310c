// One stop: the sheet to fill in, or what became of it. Also: every sheet that was sent, readable.

import { app, changed, findStop, rounds, sentOf, stateOf } from "./state.js";
import { badge, dialog, h, icon, say, whenWords } from "./dom.js";
import { header, notices, strip, tabs } from "./frame.js";
import { contentOf, thaw } from "./sheet.js";
import { callJson } from "./net.js";
import { flush, freshToken } from "./sync.js";
import { Changed, takeBack } from "./store.js";
import { Scoring } from "./scoring.js";

// Answers a Scoring, or the elements of a page that only shows.
export function stopPage(nomination) {
  const found = findStop(nomination);
  if (!found) return away();
  const { round, stop } = found;
  const state = stateOf(stop);
  if (state.name === "scoring") return new Scoring(round, stop);
  if (state.name === "todo") return round.state === "nominating" ? early(round, stop) : new Scoring(round, stop);
  return settled(round, stop, state);
}

function away() {
  const words = app.day ? "这个组织不在您的路线上。路线有变的，请联网后再看；还没有编入的，请联系组织部。" : "本机还没有下载您的任务。";
  return plain("不在路线上", h("section", { class: "q pad" }, h("p", { class: "big" }, words), h("p", {}, h("a", { class: "btn", href: "#/" }, "看今日路线"))));
}

const plain = (title, ...content) => [
  h("header", { class: "hd" }, strip(), header(title, "", "#/")),
  h("main", { id: "main" }, notices(), content),
  tabs(""),
];

const early = (round, stop) => plain(stop.organization, h("section", { class: "q pad" },
  h("p", { class: "big" }, `${round.title}还没有开始评分。${round.note || ""}`)));

// --- what became of it -------------------------------------------------------------------------------

function settled(round, stop, state) {
  const sheet = state.sheet;
  const sent = sentOf(stop);
  const shown = state.name === "sent" ? sent : sheet && { ...sheet, details: JSON.parse(sheet.details_text) };
  return [
    h("header", { class: "hd" }, strip(), header(stop.organization, [stop.township, stop.tier].filter(Boolean).join(" · "), "#/")),
    h("main", { id: "main" }, notices(),
      h("section", { class: `q pad st ${state.name}` }, badge(state.name, state.word), h("p", {}, sentence(state, sent)),
        problems(sheet), actions(round, stop, state, sent)),
      shown ? readable(round, shown) : null),
    tabs(""),
  ];
}

function sentence(state, sent) {
  if (state.name === "sent") {
    return `服务器 ${whenWords(sent.received_at)} 收到${sent.revision > 1 ? `第 ${sent.revision} 稿` : ""}，共 ${sent.total === null ? "—" : sent.total} 分。`;
  }
  if (state.name === "waiting") return "已存本机，有信号自动上传。";
  if (state.name === "held") return `已送到服务器，暂不计入，由组织部核对：${state.note}`;
  return state.note;
}

function problems(sheet) {
  const all = (sheet && sheet.verdict && sheet.verdict.problems) || [];
  return all.length ? h("ul", { class: "pb" }, all.map((each) => h("li", {}, [each.column, each.reason, each.remedy].filter(Boolean).join("："))) ) : null;
}

function actions(round, stop, state, sent) {
  const sheet = state.sheet;
  if (state.name === "failed" && sheet && sheet.state === "failed") {
    return [rework(sheet, "修改后再提交"), h("a", { class: "btn", href: "#/queue" }, "看未传成的")];
  }
  if (state.name === "waiting") {
    return [h("button", { type: "button", class: "btn go", onclick: flush }, "立即上传"),
      sheet.attempts === 0 ? rework(sheet, "撤回修改", "") : null];
  }
  return state.name === "sent" ? reopening(round, stop, sent) : null;
}

function rework(sheet, words, tone = "go") {
  return h("button", { type: "button", class: `btn ${tone}`, onclick: async () => {
    try {
      await takeBack(sheet.key, thaw(sheet));
    } catch (error) {
      say(error instanceof Changed ? "这一份已经在上传，不能撤回了；送达后可以申请重开。" : "本机没有存上，请再试。", "bad");
    }
    await changed();
  } }, words);
}

function reopening(round, stop, sent) {
  if (sent.reopened === "open") {
    return [
      h("p", { class: "hint" }, "组织部已同意重开，请修改后重交。"),
      h("button", { type: "button", class: "btn go", id: "revise", onclick: () => revise(round, stop, sent) }, "修改评分"),
    ];
  }
  if (sent.reopened === "asked") return h("p", { class: "hint" }, `已申请重开：${sent.reopen_reason}。组织部同意后可以修改。`);
  const before = sent.reopened === "declined" ? h("p", { class: "hint" }, "上次申请重开，组织部没有同意。") : null;
  return [before, h("button", { type: "button", class: "btn", onclick: () => askReopening(stop) }, "申请重开")];
}

function revise(round, stop, sent) {
  const content = contentOf(sent.marks, sent.details);
  const page = new Scoring(round, stop, { ...content, based_on: sent.revision });
  page.touch().then(changed);
}

function askReopening(stop) {
  dialog("申请重开", (close) => {
    const reason = h("textarea", { rows: "3", maxlength: "200", id: "why", "aria-label": "重开的理由", placeholder: "为什么要改，如第 3 条看漏了台账" });
    const problem = h("p", { class: "err", role: "alert" });
    const go = h("button", { type: "button", class: "btn go wide", onclick: async () => {
      problem.textContent = reason.value.trim() ? "" : "请写理由。";
      if (problem.textContent) return;
      go.disabled = true;
      try {
        const token = await freshToken();
        await callJson("reopen/", { nomination: stop.nomination, reason: reason.value.trim() }, { token });
        close();
        say("已向组织部申请重开。", "ok");
        flush();
      } catch (trouble) {
        go.disabled = false;
        problem.textContent = trouble.kind === "offline" ? "现在没有网络，申请没有送出；有信号时再申请。" : `${trouble.message}`;
      }
    } }, "提交申请");
    return [reason, problem, go];
  });
}

// --- readable ----------------------------------------------------------------------------------------

// Every mark of a sheet by its name; 0 stands as 0, what was left out says why.
export function readable(round, sheet) {
  const details = sheet.details || {};
  if (details.abstained) return h("section", { class: "q pad" }, h("p", {}, `弃权：${details.abstained}`));
  const away = details.not_applicable || {};
  let number = 0;
  const rows = (item) => item.criteria.map((each) => {
    number += 1;
    const mark = sheet.marks[each.key];
    const empty = away[each.key] ? `不适用：${away[each.key]}` : "—";
    return h("li", {}, h("b", {}, String(number)), h("span", {}, each.name, extra(details, each.key)), h("output", {}, mark === null || mark === undefined ? empty : mark));
  });
  return h("section", { class: "rd_", "aria-label": "各条打分" }, round.scheme.items.map((item) => [h("h2", { class: "rd" }, item.name), h("ol", { class: "mk" }, rows(item))]),
    details.remark ? h("p", { class: "rn" }, `总体意见：${details.remark}`) : null,
    details.signed_name ? h("p", { class: "rn" }, `签名：${details.signed_name}`) : null);
}

function extra(details, key) {
  const lines = ((details.deductions || {})[key] || []).map((line) => `${line.name} ${line.times} 次，扣 ${line.points} 分${line.reason ? `（${line.reason}）` : ""}`);
  const remark = (details.remarks || {})[key];
  return [...lines, remark].filter(Boolean).map((each) => h("small", {}, each));
}

// --- everything that was sent ------------------------------------------------------------------------

export function donePage() {
  const sent = rounds().flatMap((round) => round.stops.map((stop) => ({ round, stop, sheet: sentOf(stop), state: stateOf(stop) })))
    .filter((each) => each.sheet);
  const rows = sent.map(({ stop, sheet, state }) => h("li", {}, h("a", { href: `#/stop/${stop.nomination}`, id: `d-${stop.nomination}` },
    h("span", { class: "tx" }, h("b", {}, stop.organization), h("span", {}, `${stop.township} · ${whenWords(sheet.received_at)} 收到`),
      state.name !== "sent" ? h("em", {}, state.word) : sheet.reopened === "open" ? h("em", {}, "已重开，可以修改") : sheet.reopened === "asked" ? h("em", {}, "已申请重开") : null),
    h("output", {}, sheet.total === null ? "弃权" : sheet.total), icon("next"))));
  return [
    h("header", { class: "hd" }, strip(), header("已送达", sent.length ? `${sent.length} 份，服务器已收到` : "")),
    h("main", { id: "main" }, notices(), sent.length ? h("ul", { class: "rt dn" }, rows)
      : h("section", { class: "q pad" }, h("p", { class: "big" }, "还没有送达的评分单。签名提交后，有信号自动上传，服务器收到后列在这里。"))),
    tabs("#/done"),
  ];
}
