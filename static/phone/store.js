// What is kept on the phone: one IndexedDB, every row under its owner, so that one person's rows never meet another's.
// A write counts as done when its transaction has ended and the row has been read back.

const NAME = "biaogan-phone";
const STORES = ["meta", "days", "drafts", "sheets", "photos"];
let opened = null;

export class Changed extends Error {}

export function ask(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export function open() {
  if (opened) return opened;
  opened = new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => STORES.forEach((each) => request.result.createObjectStore(each, { keyPath: "key" }));
    request.onblocked = () => reject(new Error("blocked"));
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      request.result.onclose = () => { opened = null; };
      resolve(request.result);
    };
  });
  return opened;
}

// A phone that slept may have lost its connection to the store: then once more with a new one.
async function begin(stores, mode) {
  try {
    return (await open()).transaction(stores, mode, { durability: "strict" });
  } catch (error) {
    opened = null;
    return (await open()).transaction(stores, mode);
  }
}

// One transaction over ``stores``; ``work`` gets each store in that order and may await only its requests.
export async function change(stores, work) {
  const transaction = await begin(stores, "readwrite");
  const ended = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error || new Error("本机存储没有写入"));
    transaction.onerror = () => reject(transaction.error);
  });
  ended.catch(() => {});
  let result;
  try {
    result = await work(...stores.map((each) => transaction.objectStore(each)));
  } catch (error) {
    try { transaction.abort(); } catch (_) { /* it had ended already */ }
    throw error;
  }
  await ended;
  return result;
}

export async function get(store, key) {
  return ask((await begin([store], "readonly")).objectStore(store).get(key));
}

export async function allOf(store, owner) {
  return ask((await begin([store], "readonly")).objectStore(store).getAll(range(owner)));
}

const range = (owner) => IDBKeyRange.bound(`${owner}|`, `${owner}|\uffff`);

export async function readMeta(key) {
  const row = await get("meta", key);
  return row ? row.value : undefined;
}

export function writeMeta(key, value) {
  return change(["meta"], (meta) => ask(meta.put({ key, value })));
}

// The row that stands in for a lock; renewed while its page works.
export function writeLock(page, until) {
  return change(["meta"], (meta) => ask(meta.put({ key: "lock", page, until })));
}

// --- the day -------------------------------------------------------------------------------------

export async function saveDay(owner, day, fetchedAt, door) {
  await change(["days", "meta"], async (days, meta) => {
    await ask(days.put({ key: owner, day, fetchedAt, door }));
    await ask(meta.put({ key: "current", value: owner }));
  });
  const back = await get("days", owner);
  if (!back || JSON.stringify(back.day) !== JSON.stringify(day)) throw new Error("当天数据没有存好");
}

// --- drafts --------------------------------------------------------------------------------------

// Another page of this phone may hold the same draft: whoever saw an older one writes nothing.
async function unchanged(drafts, draft) {
  const known = await ask(drafts.get(draft.key));
  if ((known ? known.stamp : 0) !== draft.stamp) throw new Changed();
}

export async function saveDraft(draft) {
  const next = { ...draft, stamp: draft.stamp + 1 };
  await change(["drafts"], async (drafts) => {
    await unchanged(drafts, draft);
    await ask(drafts.put(next));
  });
  const back = await get("drafts", draft.key);
  if (JSON.stringify(back) !== JSON.stringify(next)) throw new Error("没有存好");
  return next.stamp;
}

export function dropDraft(key) {
  return change(["drafts"], (drafts) => ask(drafts.delete(key)));
}

// --- sheets --------------------------------------------------------------------------------------

// The draft becomes a sheet in the queue, its photos go with it, and the device counts one further: all or nothing.
export async function queueSheet(draft, sheet) {
  await change(["drafts", "sheets", "photos", "meta"], async (drafts, sheets, photos, meta) => {
    await unchanged(drafts, draft);
    const counter = (await ask(meta.get("sequence"))) || { key: "sequence", value: 0 };
    sheet.device_sequence = counter.value + 1;
    await ask(meta.put({ key: "sequence", value: sheet.device_sequence }));
    await ask(sheets.put(sheet));
    await ask(drafts.delete(draft.key));
    for (const photo of await ask(photos.getAll(range(sheet.owner)))) {
      if (photo.nomination !== sheet.nomination || photo.sheet) continue;
      await ask(photos.put({ ...photo, sheet: sheet.uuid, state: "waiting" }));
    }
  });
  const back = await get("sheets", sheet.key);
  if (JSON.stringify(back) !== JSON.stringify(sheet)) throw new Error("没有存好");
}

export function changeSheet(key, facts) {
  return change(["sheets"], async (sheets) => {
    const row = await ask(sheets.get(key));
    if (row) await ask(sheets.put({ ...row, ...facts }));
  });
}

// From here on these may have reached the server; those taken back in another page meanwhile stay out.
export function markTried(keys) {
  return change(["sheets"], async (sheets) => {
    const going = [];
    for (const key of keys) {
      const row = await ask(sheets.get(key));
      if (!row || row.state !== "waiting") continue;
      going.push({ ...row, attempts: row.attempts + 1 });
      await ask(sheets.put(going[going.length - 1]));
    }
    return going;
  });
}

// A sheet that never left this phone, or that the server refused, is a draft again.
export function takeBack(key, draft) {
  return change(["drafts", "sheets", "photos"], async (drafts, sheets, photos) => {
    const row = await ask(sheets.get(key));
    if (!row || !(row.state === "failed" || (row.state === "waiting" && row.attempts === 0))) throw new Changed();
    if (await ask(drafts.get(draft.key))) throw new Changed();
    await ask(drafts.put({ ...draft, stamp: 1 }));
    await ask(sheets.delete(key));
    for (const photo of await ask(photos.getAll(range(row.owner)))) {
      if (photo.sheet === row.uuid) await ask(photos.put({ ...photo, sheet: "", state: "draft" }));
    }
  });
}

// --- photos --------------------------------------------------------------------------------------

export async function savePhoto(photo) {
  await change(["photos"], (photos) => ask(photos.put(photo)));
  const back = await get("photos", photo.key);
  if (!back || back.bytes.byteLength !== photo.bytes.byteLength) throw new Error("照片没有存好");
}

export function changePhoto(key, facts) {
  return change(["photos"], async (photos) => {
    const row = await ask(photos.get(key));
    if (row) await ask(photos.put({ ...row, ...facts }));
  });
}

export function dropPhoto(key) {
  return change(["photos"], (photos) => ask(photos.delete(key)));
}

// --- people --------------------------------------------------------------------------------------

// How much of other people lies here unsent: a count, never whose or what.
export async function unsentOfOthers(owner) {
  const rows = await ask((await begin(["sheets"], "readonly")).objectStore("sheets").getAll());
  return rows.filter((each) => each.owner !== owner && (each.state === "waiting" || each.state === "failed")).length;
}

// Nothing of this person stays; ``keep`` leaves the rows (exported, not confirmed) but nobody is at the door.
export function forget(owner, keep) {
  return change(STORES, async (meta, days, ...rows) => {
    await ask(meta.delete("current"));
    if (keep) return;
    await ask(days.delete(owner));
    await ask(meta.delete(`notes|${owner}`));
    for (const each of rows) await ask(each.delete(range(owner)));
  });
}
