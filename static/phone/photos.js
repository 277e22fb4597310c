// Photos: taken or chosen, made small on the phone (which also takes off where and when), kept as bytes until sent.

import { app, changed } from "./state.js";
import { h, icon, say } from "./dom.js";
import { sha256, uuid4 } from "./digest.js";
import * as store from "./store.js";

const LONG_SIDE = 1600;
const QUALITY = 0.8;
const LARGEST = 2 * 1024 * 1024;
const PER_SHEET = 12;

const words = { draft: "", waiting: "待传", failed: "未传成" };

const ofSheet = (sheet) => app.photos.filter((each) => each.nomination === sheet.stop.nomination && !each.sheet);

// ``criterion`` is a key, or "" for the place as a whole.
export function photoStrip(sheet, criterion) {
  const list = h("ul", { class: "ph" });
  const input = h("input", {
    type: "file", accept: "image/*", capture: "environment", class: "vh", tabindex: "-1", "aria-hidden": "true",
    onchange: () => take(sheet, criterion, input, update),
  });
  const button = h("button", { type: "button", class: "btn", onclick: () => input.click() }, icon("camera"), "拍照");
  const update = () => {
    const own = ofSheet(sheet).filter((each) => each.criterion === criterion);
    list.hidden = !own.length;
    list.replaceChildren(...own.map((photo, index) => thumb(photo, index, () => drop(photo, update))));
  };
  return { element: h("div", { class: "pr" }, button, input, list), update };
}

export function thumb(photo, index, ondrop) {
  const address = URL.createObjectURL(new Blob([photo.bytes], { type: photo.type }));
  const image = h("img", { src: address, alt: `照片 ${index + 1}`, onload: () => URL.revokeObjectURL(address) });
  const state = photo.message || words[photo.state];
  const remove = ondrop ? h("button", { type: "button", "aria-label": `删除照片 ${index + 1}`, onclick: ondrop }, icon("close")) : null;
  return h("li", {}, image, state ? h("small", {}, state) : null, remove);
}

async function drop(photo, update) {
  await store.dropPhoto(photo.key);
  await changed();
  update();
}

async function take(sheet, criterion, input, update) {
  const file = input.files[0];
  input.value = "";
  if (!file) return;
  if (ofSheet(sheet).length >= PER_SHEET) {
    say(`一份评分单最多 ${PER_SHEET} 张照片，请先删去一张。`, "bad");
    return;
  }
  try {
    const bytes = await smaller(file);
    const id = uuid4();
    await store.savePhoto({
      key: `${app.owner}|${id}`, owner: app.owner, id, nomination: sheet.stop.nomination, sheet: "", criterion,
      type: "image/jpeg", bytes, sha256: sha256(bytes), state: "draft", message: "",
    });
    sheet.touch();
    await changed();
    update();
  } catch (error) {
    say("这张照片读不出或存不下，请重拍；评分不受影响。", "bad");
  }
}

async function smaller(file) {
  const image = await picture(file);
  const scale = Math.min(1, LONG_SIDE / Math.max(image.width, image.height));
  for (let share = scale; share > scale / 8; share /= 1.5) {
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.width * share));
    canvas.height = Math.max(1, Math.round(image.height * share));
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
    if (blob && blob.size <= LARGEST) return new Response(blob).arrayBuffer();
  }
  throw new Error("too large");
}

function picture(file) {
  return new Promise((resolve, reject) => {
    const address = URL.createObjectURL(file);
    const image = new Image();
    image.onload = () => { resolve(image); URL.revokeObjectURL(address); };
    image.onerror = () => { reject(new Error("no picture")); URL.revokeObjectURL(address); };
    image.src = address;
  });
}
