// What the pages show: the person, the day, drafts, sheets and photos of that person, and how things stand with the line.
// Everything is read from the store again after a change; pages listen and draw.

import * as store from "./store.js";

export const app = {
  owner: "",
  day: null,
  fetchedAt: null,
  drafts: new Map(),
  sheets: [],
  photos: [],
  others: 0,
  net: navigator.onLine === false ? "offline" : "unknown", // unknown, online, offline
  need: "", // signin, stranger, or a sentence for a person
  syncing: false,
  ready: "starting", // starting, ready, none
  persisted: null,
  skew: 0, // milliseconds this phone is ahead of the server
  alarm: "", // the server holds something else than this phone was told
  update: false,
  doubt: false, // somebody signed in since the day was kept: until the server says who, nothing of anybody is shown
  trusted: false, // the person said who they are, without a network
};

// The server changes this cookie whenever somebody signs in; empty where it cannot be read.
export const door = () => (/(?:^|; )csrftoken=([^;]+)/.exec(document.cookie) || ["", ""])[1];

const listeners = new Set();

export function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const tell = () => listeners.forEach((each) => each());

const channel = typeof BroadcastChannel === "function" ? new BroadcastChannel("biaogan-phone") : null;
if (channel) channel.onmessage = () => load().then(tell);

// Other pages of this phone read again too.
export async function changed() {
  await load();
  tell();
  if (channel) channel.postMessage("changed");
}

export async function load() {
  const owner = (await store.readMeta("current")) || "";
  const kept = owner ? await store.get("days", owner) : null;
  app.doubt = Boolean(kept && kept.door && door() && kept.door !== door() && !app.trusted);
  app.owner = kept ? owner : "";
  app.day = kept ? kept.day : null;
  app.fetchedAt = kept ? kept.fetchedAt : null;
  const [drafts, sheets, photos] = await Promise.all(["drafts", "sheets", "photos"].map((each) => rows(each)));
  app.drafts = new Map(drafts.map((each) => [each.nomination, newer(each)]));
  app.sheets = sheets.sort((a, b) => a.device_sequence - b.device_sequence);
  app.photos = photos;
  app.others = await store.unsentOfOthers(app.owner);
  const notes = (app.owner && (await store.readMeta(`notes|${app.owner}`))) || {};
  app.alarm = notes.alarm || "";
  app.exported = notes.exported || [];
}

// A tap that was kept while this was being read is not forgotten again.
function newer(draft) {
  const shown = app.drafts.get(draft.nomination);
  return shown && shown.key === draft.key && shown.stamp > draft.stamp ? shown : draft;
}

const rows = (name) => (app.owner ? store.allOf(name, app.owner) : Promise.resolve([]));

export async function note(facts) {
  const key = `notes|${app.owner}`;
  await store.writeMeta(key, { ...((await store.readMeta(key)) || {}), ...facts });
}

// --- what follows from it --------------------------------------------------------------------------

export const rounds = () => (app.day ? app.day.rounds : []);

export function findStop(nomination) {
  for (const round of rounds()) {
    const stop = round.stops.find((each) => each.nomination === nomination);
    if (stop) return { round, stop };
  }
  return null;
}

export const waiting = () => app.sheets.filter((each) => each.state === "waiting");
export const failed = () => app.sheets.filter((each) => each.state === "failed");

// Those of this phone that the office has not decided yet.
export function held() {
  return app.sheets.filter((each) => {
    const found = each.state === "quarantined" && findStop(each.nomination);
    return each.state === "quarantined" && (!found || stateOf(found.stop).name === "held");
  });
}
export const photosDue = () => app.photos.filter((each) => each.state === "waiting");
export const photosFailed = () => app.photos.filter((each) => each.state === "failed");

// Everything that is not on the server yet.
export const pending = () => waiting().length + failed().length;

// The sheet of a stop that the server holds: what the day says, or what this phone was told since.
export function sentOf(stop) {
  const own = app.sheets.filter((each) => each.nomination === stop.nomination && each.state === "sent").pop();
  const revision = own ? own.verdict.revision || 1 : 0;
  if (stop.sent && stop.sent.revision >= revision) return stop.sent;
  if (!own) return null;
  return {
    uuid: own.uuid, revision, total: own.total, marks: own.marks, details: JSON.parse(own.details_text),
    received_at: own.verdict.received_at, reopened: null, reopen_reason: "",
  };
}

const WORDS = {
  recused: "回避", failed: "未传成", waiting: "待传", held: "待核对", scoring: "评分中", sent: "已送达", todo: "未评",
};

const REOPENED = { open: "组织部已同意重开，请修改后重交", asked: "已申请重开，等组织部答复" };

const answer = (name, extra) => ({ name, word: WORDS[name], note: "", sheet: null, ...extra });

// One word for a stop; what needs a person comes before what goes by itself.
export function stateOf(stop) {
  const own = app.sheets.filter((each) => each.nomination === stop.nomination);
  const last = own[own.length - 1];
  const sent = sentOf(stop);
  if (stop.recused && !last && !sent) return answer("recused", { note: stop.recused });
  if (last && last.state === "failed") return answer("failed", { note: last.verdict.message, sheet: last });
  if (last && last.state === "waiting") return answer("waiting", { sheet: last });
  if (app.drafts.has(stop.nomination)) return answer("scoring", {});
  const photo = photosFailed().find((each) => each.nomination === stop.nomination);
  if (photo) return answer("failed", { note: "照片未传成，请重拍", sheet: last || null });
  const kept = heldAt(stop, last, sent);
  if (kept) return answer("held", { note: kept, sheet: last || null });
  if (sent) return answer("sent", { sheet: last || null, note: REOPENED[sent.reopened] || "" });
  const aside = stop.quarantined && stop.quarantined.state === "set_aside";
  return answer("todo", { note: aside ? `上次交的没有采用：${stop.quarantined.reply || stop.quarantined.message}` : "" });
}

// Why the office has a sheet of this stop before it; the server's word of it, else what this phone was told.
function heldAt(stop, last, sent) {
  const there = stop.quarantined;
  if (there && there.state === "waiting") return there.message;
  if (!last || last.state !== "quarantined" || (sent && sent.uuid === last.uuid)) return "";
  return there && there.uuid === last.uuid ? "" : last.verdict.message;
}
