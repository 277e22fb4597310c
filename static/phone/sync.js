// Bringing sheets to the server: the day first (it says who is signed in and gives a fresh token), then the queue in
// batches, then photos. A sheet leaves the queue only when a verdict names its id and the hash this phone computed.

import * as store from "./store.js";
import { app, changed, door, load, note, photosDue, tell, waiting } from "./state.js";
import { Trouble, call, callJson } from "./net.js";
import { outgoing } from "./sheet.js";
import { sha256, uuid4 } from "./digest.js";

const BATCH = 20;
const BATCH_BYTES = 900000;
const FIRST_PAUSE = 4;
const LONGEST_PAUSE = 240;
const LOCK_SECONDS = 120;
const HEX = /^[0-9a-f]{64}$/;
const KEPT = { stored: "sent", duplicate: "sent", quarantined: "quarantined" };

const page = uuid4();
let token = "";
let pause = FIRST_PAUSE;
let timer = 0;
let running = null;
let again = false;

// --- one at a time ---------------------------------------------------------------------------------

// Two pages of one phone: the browser's locks where there are any, else a row that runs out by itself.
async function alone(work) {
  if (navigator.locks) return navigator.locks.request("biaogan-phone", { ifAvailable: true }, (lock) => lock && work());
  const mine = await store.change(["meta"], async (meta) => {
    const row = await store.ask(meta.get("lock"));
    if (row && row.page !== page && row.until > Date.now()) return false;
    await store.ask(meta.put({ key: "lock", page, until: Date.now() + LOCK_SECONDS * 1000 }));
    return true;
  });
  if (!mine) return null;
  try {
    return await work();
  } finally {
    await store.change(["meta"], (meta) => store.ask(meta.delete("lock")));
  }
}

async function renewLock() {
  if (navigator.locks) return;
  await store.writeLock(page, Date.now() + LOCK_SECONDS * 1000);
}

// --- the day ---------------------------------------------------------------------------------------

export const ownerOf = (day) => `${day.tenant.name}/${day.inspector.id}`;

// Whoever is signed in is the person of this page from now on; what others left unsent stays theirs.
export async function fetchDay() {
  const asked = Date.now();
  const day = await call("day/");
  const now = Date.now();
  token = day.csrf_token;
  const owner = ownerOf(day);
  const kept = { ...day, csrf_token: "" };
  await store.saveDay(owner, kept, now, door());
  app.net = "online";
  app.need = "";
  app.skew = (asked + now) / 2 - Date.parse(day.server_time);
  await changed();
  return owner;
}

export const freshToken = async () => { await fetchDay(); return token; };

// --- the queue -------------------------------------------------------------------------------------

function nextBatch(tried) {
  const batch = [];
  let bytes = 0;
  for (const sheet of waiting()) {
    if (tried.has(sheet.uuid)) continue;
    const size = new TextEncoder().encode(JSON.stringify(outgoing(sheet))).length;
    if (batch.length === BATCH || (batch.length && bytes + size > BATCH_BYTES)) break;
    batch.push(sheet);
    bytes += size;
  }
  return batch;
}

async function sendQueue(owner) {
  const device = await deviceId();
  const tried = new Set();
  let sent = false;
  for (let batch = nextBatch(tried); batch.length; batch = nextBatch(tried)) {
    batch.forEach((each) => tried.add(each.uuid));
    await renewLock();
    const going = await store.markTried(batch.map((each) => each.key));
    if (!going.length) continue;
    const body = { device, inspector: app.day.inspector.id, sheets: going.map(outgoing) };
    const answer = await callJson("sheets/", body, { token });
    checkReceipt(answer.receipt);
    await settle(going, answer.verdicts);
    await load();
    await compare(answer.receipt);
    await changed();
    if (app.owner !== owner) return sent;
    sent = true;
  }
  return sent;
}

export async function deviceId() {
  const known = await store.readMeta("device");
  if (known) return known;
  await store.writeMeta("device", uuid4());
  return store.readMeta("device");
}

// A receipt that is not whole, or is another person's, is no receipt: nothing leaves the queue.
function checkReceipt(receipt) {
  const whole = receipt && HEX.test(receipt.digest) && Number.isInteger(receipt.count) && receipt.signature;
  if (!whole) throw new Trouble("offline", "服务器的回执没有收全");
  if (receipt.inspector !== app.day.inspector.id) throw new Trouble("server", "登录的人换了，请重新打开本页");
}

async function settle(batch, verdicts) {
  const byId = new Map((Array.isArray(verdicts) ? verdicts : []).map((each) => [each.uuid, each]));
  for (const sheet of batch) {
    const verdict = byId.get(sheet.uuid);
    if (!verdict) continue;
    const state = KEPT[verdict.verdict];
    if (state && verdict.content_hash === sheet.hash) {
      await store.changeSheet(sheet.key, { state, verdict });
    } else if (state) {
      const message = "服务器收到的内容与本机的不一致，本机原样保留。请导出文件交组织部。";
      await store.changeSheet(sheet.key, { state: "failed", verdict: { ...verdict, code: "differs", message } });
    } else if (verdict.verdict === "refused") {
      await store.changeSheet(sheet.key, { state: "failed", verdict });
    }
  }
}

// The receipt speaks for all the server holds of this person. More than here: another device sent it. Fewer, or as many
// but others: something is wrong, and a person must know.
async function compare(receipt) {
  const rounds = new Set(app.day.rounds.map((each) => each.id));
  const kept = app.sheets.filter((each) => (each.state === "sent" || each.state === "quarantined") && rounds.has(each.place.round));
  const digest = sha256(kept.map((each) => `${each.uuid}:${each.hash}\n`).sort().join(""));
  const differs = receipt.count < kept.length || (receipt.count === kept.length && receipt.digest !== digest);
  const alarm = differs
    ? `服务器回执是 ${receipt.count} 份，本机已送达的是 ${kept.length} 份，内容对不上。本机全部保留，请联系组织部核对。`
    : "";
  await note({ alarm, receipt });
}

// --- photos ----------------------------------------------------------------------------------------

async function sendPhotos() {
  const there = new Set(app.sheets.filter((each) => each.state === "sent" || each.state === "quarantined").map((e) => e.uuid));
  for (const photo of photosDue().filter((each) => there.has(each.sheet))) {
    await renewLock();
    try {
      const headers = { "Content-Type": photo.type, "X-Sheet": photo.sheet, "X-Criterion": encodeURIComponent(photo.criterion) };
      const answer = await call(`photos/${photo.id}/`, { method: "POST", body: photo.bytes, headers, token, seconds: 120 });
      const kept = answer.verdict === "stored" || answer.verdict === "duplicate";
      if (kept && (!answer.sha256 || answer.sha256 === photo.sha256)) await store.dropPhoto(photo.key);
    } catch (trouble) {
      if (trouble.kind !== "refused") throw trouble;
      await store.changePhoto(photo.key, { state: "failed", message: trouble.message });
    }
  }
}

// --- when --------------------------------------------------------------------------------------------

async function round() {
  const owner = await fetchDay();
  const sent = await sendQueue(owner);
  await sendPhotos();
  if (sent) await fetchDay();
}

async function attempt() {
  try {
    await round();
  } catch (trouble) {
    if (trouble.kind !== "token") throw trouble;
    await round();
  }
}

function heard(trouble) {
  if (!(trouble instanceof Trouble)) {
    app.need = `本机出错：${trouble.message || trouble}。评分都在本机，请重新打开本页。`;
  } else if (trouble.kind === "offline") {
    app.net = "offline";
  } else {
    app.net = "online";
    if (trouble.kind === "signin" || trouble.kind === "stranger") app.need = trouble.kind;
    else app.need = trouble.kind === "server" ? "" : trouble.message;
  }
}

// Sends what waits, whoever asks, one at a time; answers when it is over. Never throws.
export function flush() {
  if (running) {
    again = true;
    return running;
  }
  clearTimeout(timer);
  running = (async () => {
    app.syncing = true;
    tell();
    let done = false;
    try {
      await alone(attempt);
      done = true;
    } catch (trouble) {
      heard(trouble);
    }
    app.syncing = false;
    running = null;
    await load();
    tell();
    plan(done);
  })();
  return running;
}

function plan(done) {
  const due = waiting().length + photosDue().length;
  pause = done && !due ? FIRST_PAUSE : Math.min(pause * 2, LONGEST_PAUSE);
  const more = again;
  again = false;
  if (done && more && due) {
    flush();
    return;
  }
  const idle = app.need === "signin" || app.need === "stranger" || !due;
  const seconds = idle ? LONGEST_PAUSE : pause * (0.75 + Math.random() / 2);
  timer = setTimeout(flush, seconds * 1000);
}

// From the first page on: when a signal returns, when the person looks again, and by a clock that grows patient.
export function begin() {
  window.addEventListener("online", () => { pause = FIRST_PAUSE; flush(); });
  window.addEventListener("offline", () => { app.net = "offline"; tell(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  return flush();
}
