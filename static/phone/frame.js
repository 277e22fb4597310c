// What every page of the phone has: demonstration strip, header with place and line, tabs below, notices of what needs a
// person.

import { app, failed, pending, photosFailed, waiting } from "./state.js";
import { h, icon } from "./dom.js";

export function strip() {
  const tenant = app.day && app.day.tenant;
  if (!tenant || !(tenant.demo || tenant.rehearsal)) return null;
  const words = tenant.rehearsal ? "演练，所评不计入结果" : "演示数据，分值为合成";
  return h("div", { class: "demo", role: "note" }, h("b", {}, words));
}

const pill = (tone, name, words) => h("span", { class: `net ${tone}` }, icon(name), words);
const door = (href, tone, name, words) => h("a", { class: "tap", href }, pill(tone, name, words));

function netPill(alone) {
  if (app.need === "signin" && app.owner) return door(signIn(), "bad", "failed", "请重新登录");
  if (app.net === "offline") return pill("off", "offline", alone ? "离线，可打分" : "离线");
  if (app.syncing && waiting().length) return pill("on", "waiting", "正在上传");
  return alone ? pill("on", "online", app.net === "online" ? "已联网" : "正在连接") : null;
}

// Red only for what needs a person; what waits for a signal is blue and says how many.
function queuePill() {
  const bad = failed().length + photosFailed().length;
  if (bad) return door("#/queue", "bad", "failed", `未传成 ${bad}`);
  return waiting().length ? door("#/queue", "wait", "waiting", `待传 ${waiting().length}`) : null;
}

export function pills(element) {
  const queue = queuePill();
  element.replaceChildren(h("span", { role: "status" }, netPill(!queue)), ...[queue].filter(Boolean));
}

export function header(title, small, back) {
  const place = h("span", { class: "pills", id: "pills" });
  pills(place);
  const arrow = back ? h("a", { class: "bk", href: back, "aria-label": "返回今日" }, icon("back")) : null;
  const heading = h("h1", { tabindex: "-1", id: "title" }, title, small ? h("small", {}, small) : null);
  return h("div", { class: back ? "hr inner" : "hr" }, arrow, heading, h("span", { class: "grow" }), place);
}

const TABS = [["#/", "list", "今日"], ["#/queue", "waiting", "待传"], ["#/done", "sent", "已送达"], ["#/me", "person", "我的"]];

export function tabs(current) {
  const count = pending();
  return h("nav", { class: "tab", "aria-label": "主导航" }, TABS.map(([href, name, word]) => {
    const dot = href === "#/queue" && count ? h("span", { class: "dot", "aria-label": `${count} 份` }, String(count)) : null;
    return h("a", { href, id: `tab-${name}`, "aria-current": href === current ? "page" : null }, icon(name), word, dot);
  }));
}

const again = () => `/phone/${location.search}${location.hash}`;
export const signIn = () => `/signin/?next=${encodeURIComponent(again())}`;

const strong = (name, tone, title, words, action) => h("div", { class: `fl ${tone}`, role: "note" },
  icon(name), h("span", {}, h("b", {}, title), words), action || null);

function needNotice() {
  if (app.need === "signin") {
    const due = pending() ? `本机的 ${pending()} 份评分单都在，登录后自动上传。` : "本机内容都在，登录后继续。";
    return strong("failed", "bad", "登录已过期，请重新登录", due, h("a", { class: "act", href: signIn() }, "登录"));
  }
  if (app.need === "stranger") {
    const words = "请到工作台退出，再用评委的账号登录；或请组织部把账号与评委关联。";
    return strong("failed", "bad", "登录的账号不是评委", words, h("a", { class: "act", href: "/" }, "工作台"));
  }
  return app.need ? strong("failed", "bad", "没有传成", app.need) : null;
}

function skewNotice() {
  const minutes = Math.round(Math.abs(app.skew) / 60000);
  if (minutes <= 5) return null;
  const days = Math.floor(minutes / 1440);
  const gap = days ? `${days} 天` : minutes >= 60 ? `${Math.floor(minutes / 60)} 小时` : `${minutes} 分钟`;
  const words = "不影响评分：以服务器收到的时间为准。请校准手机时间。";
  return strong("held", "warn", `本机时间比服务器${app.skew > 0 ? "快" : "慢"}约 ${gap}`, words);
}

// Everything that a person must know on whatever page they are.
export function notices() {
  const alarm = app.alarm ? strong("failed", "bad", "与服务器核对不一致", app.alarm) : null;
  return [needNotice(), alarm, skewNotice()].filter(Boolean);
}
