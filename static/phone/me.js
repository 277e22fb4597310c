// The person, this phone, and the way out: signing out takes this person's data off the phone, never an unsent sheet.

import { app, changed, pending, photosDue, photosFailed } from "./state.js";
import { dialog, h, say, whenWords } from "./dom.js";
import { header, notices, strip, tabs } from "./frame.js";
import { readyWords } from "./today.js";
import { leave } from "./net.js";
import { freshToken } from "./sync.js";
import * as store from "./store.js";

export function mePage() {
  const person = app.day && app.day.inspector;
  const rows = person ? [
    ["姓名", `${person.name}（${person.number} 号）`],
    ["所在单位", person.home],
    ["组织部门", app.day.tenant.office],
    ["上次联网", whenWords(app.fetchedAt)],
    ["离线", readyWords()],
    ["本机保存", { true: "浏览器已答应长期保存", false: "浏览器没有答应长期保存，请当天上传" }[app.persisted] || "正在询问浏览器"],
    app.others ? ["本机另有", `他人未传的评分单 ${app.others} 份，须本人登录后上传`] : null,
    app.update ? ["新版本", "已下载，关掉本页再打开即是"] : null,
  ].filter(Boolean) : [];
  return [
    h("header", { class: "hd" }, strip(), header("我的", "")),
    h("main", { id: "main" }, notices(),
      h("section", { class: "q", "aria-label": "本人与本机" }, h("dl", { class: "kv" }, rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))))),
      h("div", { class: "dr" }, h("a", { class: "btn", href: "/" }, "打开工作台"),
        person ? h("button", { type: "button", class: "btn", id: "signout", onclick: askLeave }, "退出登录") : null)),
    tabs("#/me"),
  ];
}

// --- the way out -------------------------------------------------------------------------------------

const carried = () => {
  const known = new Set(app.exported || []);
  return pending() > 0 && app.sheets.filter((each) => each.state === "waiting" || each.state === "failed").every((each) => known.has(each.uuid));
};

function askLeave() {
  const photos = photosDue().length + photosFailed().length;
  if (pending() && !carried()) {
    refuse(`还有 ${pending()} 份评分单没有送达服务器。请等有信号传完；实在传不上去，先在“待传”里导出文件，再退出。`);
  } else if (app.alarm) {
    refuse(app.alarm);
  } else if (pending()) {
    confirm(`${pending()} 份未送达的已导出文件。退出后本机仍替您留着，别人看不到；再登录继续上传。`, "退出登录", true);
  } else if (photos || app.drafts.size) {
    const what = [app.drafts.size ? `${app.drafts.size} 份没有提交的草稿` : "", photos ? `${photos} 张没有传成的照片` : ""].filter(Boolean).join("、");
    confirm(`本机还有${what}，退出会一并删除，不能找回。`, "删除并退出", false, true);
  } else {
    confirm("评分单都已送达。退出后，本机上您的路线、评分和照片全部删除。", "退出登录", false);
  }
}

function refuse(words) {
  dialog("现在不能退出", (close) => [
    h("p", {}, words),
    h("a", { class: "btn go wide", href: "#/queue", onclick: close }, "去待传"),
  ]);
}

function confirm(words, verb, keep, severe) {
  dialog("退出登录", (close) => {
    const problem = h("p", { class: "err", role: "alert" });
    const go = h("button", { type: "button", class: `btn wide ${severe ? "bad" : "go"}`, onclick: async () => {
      go.disabled = true;
      problem.textContent = await out(keep);
      go.disabled = false;
      if (!problem.textContent) close();
    } }, verb);
    return [h("p", {}, words), problem, go];
  });
}

// First the server, then the phone: without a network nobody is signed out, so nothing is deleted.
async function out(keep) {
  const owner = app.owner;
  try {
    await leave(await tokenOf(owner));
  } catch (trouble) {
    return trouble.kind === "offline" ? "现在没有网络，退不出登录，本机内容都在。有信号时再退出。" : `没有退出：${trouble.message}`;
  }
  await store.forget(owner, keep);
  await changed();
  say("已退出。", "ok");
  location.replace(`/signin/?next=${encodeURIComponent("/phone/")}`);
  return "";
}

// A session that ended by itself needs no token: then only the phone is cleared.
async function tokenOf(owner) {
  try {
    const token = await freshToken();
    if (app.owner !== owner) throw new Error("登录的人换了，请重新打开本页");
    return token;
  } catch (trouble) {
    if (trouble.kind === "signin") return "";
    throw trouble;
  }
}
