// The day: how much waits and was sent, where to go on, the route with one word for each stop.

import { app, failed, pending, photosFailed, rounds, stateOf, tell, waiting } from "./state.js";
import { badge, dateOf, dayWords, h, whenWords } from "./dom.js";
import { header, notices, signIn, strip, tabs } from "./frame.js";
import { criteriaOf, isAnswered } from "./sheet.js";

const ORDER = [["sent", "已送达"], ["waiting", "待传"], ["failed", "未传成"], ["held", "待核对"], ["scoring", "评分中"],
  ["todo", "未评"], ["recused", "回避"]];

// Somebody signed in on this phone since: what lies here is shown to nobody until the server has said who it is.
export function doubtPage() {
  const person = app.day.inspector.name;
  const go = () => { app.trusted = true; app.doubt = false; tell(); };
  const own = h("button", { type: "button", class: "btn", id: "own", onclick: go }, `我是${person}，没有网络，继续评分`);
  return [
    h("header", { class: "hd" }, h("div", { class: "hr" }, h("h1", { tabindex: "-1", id: "title" }, "现场评分"))),
    h("main", { id: "main" }, app.need === "signin" || app.need === "stranger" ? notices() : null, h("section", { class: "q pad" },
      h("p", { class: "big" }, "这部手机刚登录过，正在核对登录的是谁。"), app.net === "offline" ? own : null)),
  ];
}

export function todayPage() {
  if (!app.day) return nobody();
  const all = rounds().flatMap((round) => round.stops.map((stop) => ({ round, stop, state: stateOf(stop) })));
  const title = rounds().length ? rounds().map((each) => each.title).join("、") : "没有任务";
  return [
    h("header", { class: "hd" }, strip(), header("今日", `${dayWords(new Date())} · ${title}`)),
    h("main", { id: "main" }, notices(), counts(all), resume(all), rounds().length ? rounds().map((round) => routes(round, all)) : idle()),
    tabs("#/"),
  ];
}

function nobody() {
  const offline = app.net === "offline";
  const words = app.need === "stranger" ? null : offline
    ? "本机还没有下载您的任务。请在有网络的地方打开本页，登录一次，以后没有网络也能评分。"
    : app.need === "signin" ? "登录后下载当天的路线和评分标准，以后没有网络也能评分。" : "正在下载当天的任务……";
  const door = app.need === "signin" ? h("p", {}, h("a", { class: "btn go", href: signIn() }, "登录")) : null;
  return [
    h("header", { class: "hd" }, header("现场评分", "")),
    h("main", { id: "main" }, app.need === "signin" ? [] : notices(), words ? h("section", { class: "q pad" }, h("p", { class: "big" }, words), door) : null),
  ];
}

const idle = () => h("section", { class: "q pad" }, h("p", { class: "big" }, "近期没有您参加的评分。组织部编好评委组后，这里显示路线。"));

// --- how things stand --------------------------------------------------------------------------------

function counts(all) {
  const bad = failed().length + photosFailed().length;
  const sent = all.filter((each) => each.state.name === "sent").length;
  const cell = (href, id, number, name, word) => h("a", { href, id }, h("b", {}, String(number)), badge(name, word));
  return h("section", { class: "q", "aria-label": "上传情况" },
    h("div", { class: "qn" },
      cell("#/queue", "n-waiting", waiting().length, "waiting", "待传"),
      cell("#/queue", "n-failed", bad, bad ? "failed" : "none", "未传成"),
      cell("#/done", "n-sent", sent, "sent", "已送达")),
    h("p", {}, lineWords()),
    h("p", { id: "ready" }, readyWords()));
}

function lineWords() {
  const last = app.fetchedAt ? `上次联网 ${whenWords(app.fetchedAt)}` : "";
  const due = pending() ? `${pending()} 份都已存本机` : app.drafts.size ? "草稿已存本机" : "没有要传的";
  return [due, last, waiting().length ? "有信号自动上传" : ""].filter(Boolean).join(" · ");
}

// Said before the inspector leaves: what this browser can do without a network.
export function readyWords() {
  const words = {
    ready: "已备好离线使用：关掉再打开也能评分",
    starting: "正在准备离线使用，请稍候",
    none: "本浏览器不支持后台缓存，离线时请不要关闭或刷新本页",
  }[app.ready];
  const kept = app.persisted === false ? "；浏览器没有答应长期保存，请当天上传" : "";
  return `${words}${kept}。`;
}

function resume(all) {
  const open = all.filter((each) => each.round.open && each.state.name === "scoring");
  const next = open.sort((a, b) => started(b).localeCompare(started(a)))[0]
    || all.find((each) => each.round.open && each.state.name === "todo");
  if (!next) return null;
  const { round, stop } = next;
  const criteria = criteriaOf(round.scheme);
  const draft = app.drafts.get(stop.nomination);
  const done = draft ? criteria.filter((each) => isAnswered(draft, each.key)).length : 0;
  const where = `第 ${round.stops.indexOf(stop) + 1} 站，共 ${round.stops.length} 站`;
  const bar = h("progress", { class: "pg", max: String(criteria.length), value: String(done), "aria-hidden": "true" });
  return h("a", { class: "next", href: `#/stop/${stop.nomination}`, id: "resume" },
    h("span", {}, h("small", {}, `${draft ? "正在评分" : "下一站"} · ${where}`), h("b", {}, stop.organization),
      h("small", {}, `${stop.township} · ${stop.tier}${draft ? ` · 已评 ${done} / ${criteria.length} 条` : ""}`)),
    h("span", { class: "go" }, draft ? "继续" : "评分"), bar);
}

const started = (each) => app.drafts.get(each.stop.nomination).started_at;

// --- the route ---------------------------------------------------------------------------------------

function routes(round, all) {
  const mine = all.filter((each) => each.round === round);
  const groups = new Map();
  mine.forEach((each) => {
    const name = [each.stop.on ? dayWords(dateOf(each.stop.on)) : "", each.stop.route].filter(Boolean).join(" · ");
    groups.set(name, [...(groups.get(name) || []), each]);
  });
  const tally = ORDER.map(([name, word]) => [word, mine.filter((each) => each.state.name === name).length]);
  const words = tally.filter(([, count]) => count).map(([word, count]) => `${word} ${count}`).join(" · ");
  return h("section", { "aria-label": `${round.title}路线` },
    h("div", { class: "sh" }, h("h2", {}, rounds().length > 1 ? `${round.title}路线` : "路线"), h("span", {}, words)),
    round.note ? h("p", { class: "rn" }, round.note) : null,
    round.counts === false ? h("p", { class: "rn" }, "您是观察或见习评委，所评照收，不计入结果。") : null,
    mine.length ? null : h("p", { class: "rn" }, "路线还没有排好或没有公布，联网后再看。"),
    [...groups].map(([name, stops]) => [
      groups.size > 1 && name ? h("h3", { class: "rd" }, name) : null,
      h("ol", { class: "rt" }, stops.map(row)),
    ]));
}

function row({ round, stop, state }) {
  const current = state.name === "scoring";
  return h("li", { class: current ? "now" : state.name },
    h("a", { href: `#/stop/${stop.nomination}`, id: `s-${stop.nomination}` },
      h("span", { class: "tm" }, stop.time || `${round.stops.indexOf(stop) + 1}`),
      h("i", { class: "nd", "aria-hidden": "true" }),
      h("span", { class: "tx" }, h("b", {}, stop.organization),
        h("span", {}, [stop.township, stop.tier].filter(Boolean).join(" · ")),
        state.note ? h("em", {}, state.note) : null),
      badge(current ? "now" : state.name, state.word)));
}

// The place that a QR code at a stop names: the page goes there, whatever else is open.
export function scanned() {
  const nomination = new URLSearchParams(location.search).get("stop");
  if (!nomination) return;
  history.replaceState(null, "", `/phone/#/stop/${nomination.toLowerCase()}`);
}
