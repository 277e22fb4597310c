// Keeps the shell and its files so that the page opens without a network. It answers nothing else: never the API, never
// a POST. A new version is fetched beside the old one and takes over when the last page of the old one is closed.

const VERSION = "__VERSION__";
const FILES = __FILES__;
const SHELL = "/phone/";
const CACHE = `biaogan-phone-${VERSION}`;

async function put(cache, address) {
  const answer = await fetch(address, { cache: address === SHELL ? "reload" : "default", credentials: "same-origin" });
  if (!answer.ok || answer.headers.get("X-Biaogan") !== "1") throw new Error(address);
  if (address === SHELL && !(await answer.clone().text()).includes(VERSION)) throw new Error("another version");
  await cache.put(address, answer);
}

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => Promise.all([SHELL, ...FILES].map((each) => put(cache, each)))));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith("biaogan-phone-") && name !== CACHE;
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))))
    .then(() => self.clients.claim()));
});

async function kept(request, address) {
  const cache = await caches.open(CACHE);
  return (await cache.match(address)) || fetch(request);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && pathname === SHELL) event.respondWith(kept(request, SHELL));
  else if (FILES.includes(pathname)) event.respondWith(kept(request, pathname));
});
