// Starts the page: store, person, first drawing, service worker, sync; then draws whichever address is asked for.

import { app, listen, load, tell } from "./state.js";
import { closeDialogs, fill, h } from "./dom.js";
import { doubtPage, scanned, todayPage } from "./today.js";
import { donePage, stopPage } from "./stop.js";
import { queuePage } from "./queue.js";
import { mePage } from "./me.js";
import { Scoring } from "./scoring.js";
import { begin } from "./sync.js";

const root = document.getElementById("app");
const VERSION = root.dataset.version;
let page = null; // a Scoring while a sheet is filled in
let shownOwner = "";
let shownHash = "";

const PAGES = { "": todayPage, "#/": todayPage, "#/queue": queuePage, "#/done": donePage, "#/me": mePage };

function build(hash) {
  if (app.doubt) {
    page = null;
    return doubtPage();
  }
  const stop = /^#\/stop\/([0-9a-f-]{36})$/i.exec(hash);
  const made = stop ? stopPage(stop[1].toLowerCase()) : (PAGES[hash] || todayPage)();
  page = made instanceof Scoring ? made : null;
  return page ? page.page() : made;
}

function draw() {
  shownOwner = app.owner;
  shownHash = location.hash;
  fill(root, build(location.hash));
  document.body.className = page ? "scoring" : "";
  measure();
  if (page) page.refresh();
  document.title = `${document.getElementById("title")?.firstChild?.textContent || "现场评分"} · 标杆`;
}

async function go() {
  closeDialogs();
  if (page) await page.leave();
  draw();
  window.scrollTo(0, 0);
  document.getElementById("title")?.focus({ preventScroll: true });
}

// News of the line or of another page: the sheet being filled in stays as it is, only its header speaks.
function heard() {
  if (location.hash !== shownHash) return; // the page for it is about to be drawn
  if (page && shownOwner === app.owner && shownHash === location.hash && stillOpen()) page.onState();
  else draw();
}

const stillOpen = () => !app.owner || app.drafts.has(page.stop.nomination) || !app.sheets.some((each) => each.nomination === page.stop.nomination && each.state === "waiting");

function measure() {
  const height = document.querySelector(".hd")?.offsetHeight || 0;
  document.documentElement.style.setProperty("--top", `${height}px`);
}

// --- without a network -------------------------------------------------------------------------------

async function prepare() {
  if (!("serviceWorker" in navigator)) {
    app.ready = "none";
    return;
  }
  try {
    const registration = await navigator.serviceWorker.register("/phone/sw.js", { scope: "/phone/" });
    app.update = Boolean(registration.waiting && navigator.serviceWorker.controller);
    registration.addEventListener("updatefound", () => watch(registration.installing, true));
    if (!registration.active) watch(registration.installing || registration.waiting, false);
    app.ready = registration.active ? "ready" : "starting";
  } catch (error) {
    app.ready = "none";
  }
}

function watch(worker, update) {
  if (!worker) return;
  worker.addEventListener("statechange", () => {
    if (worker.state === "activated") app.ready = "ready";
    if (worker.state === "installed" && update && navigator.serviceWorker.controller) app.update = true;
    if (worker.state === "redundant" && app.ready === "starting") app.ready = "none";
    tell();
  });
}

// Where there is no service worker the browser's own cache opens the page; asked anew while the line is good, so that
// it stays young.
async function refreshShell() {
  if (app.net !== "online" || navigator.serviceWorker?.controller) return;
  try {
    const answer = await fetch("/phone/", { cache: "no-cache" });
    if (answer.headers.get("X-Biaogan") !== "1") return;
    const other = new DOMParser().parseFromString(await answer.text(), "text/html");
    const version = other.getElementById("app")?.dataset.version;
    if (!version || version === VERSION) return;
    const links = other.querySelectorAll("link[rel=modulepreload], link[rel=stylesheet]");
    await Promise.all(Array.from(links, (link) => fetch(link.getAttribute("href"))));
    app.update = true;
    tell();
  } catch (error) {
    // the page that is open goes on
  }
}

async function persist() {
  try {
    app.persisted = navigator.storage && navigator.storage.persist ? await navigator.storage.persist() : false;
  } catch (error) {
    app.persisted = false;
  }
  tell();
}

function unusable() {
  fill(root, h("main", { id: "main" }, h("section", { class: "q pad" }, h("h1", { tabindex: "-1", id: "title" }, "这个浏览器存不住评分"),
    h("p", { class: "big" }, "浏览器不让本页在手机里保存，离线评分会丢。请关闭无痕浏览，或换用手机自带的浏览器打开本页。"))));
}

async function start() {
  scanned();
  try {
    await load();
  } catch (error) {
    unusable();
    return;
  }
  draw();
  listen(heard);
  window.addEventListener("hashchange", go);
  window.addEventListener("resize", measure);
  prepare().then(tell);
  persist();
  await begin();
  refreshShell();
}

start();
