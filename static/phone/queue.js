// What is not on the server yet: waiting, failed with what to do, held for the office; try now, or carry it away as a file.

import { app, changed, failed, held, note, pending, photosDue, photosFailed, waiting } from "./state.js";
import { badge, dialog, h, say, whenWords } from "./dom.js";
import { header, notices, strip, tabs } from "./frame.js";
import { outgoing, stamp } from "./sheet.js";
import { thumb } from "./photos.js";
import { base64 } from "./digest.js";
import { deviceId, flush } from "./sync.js";
import { dropPhoto } from "./store.js";

export function queuePage() {
  const empty = !pending() && !held().length && !photosDue().length && !photosFailed().length;
  return [
    h("header", { class: "hd" }, strip(), header("待传", pending() ? `${pending()} 份在本机，未到服务器` : "")),
    h("main", { id: "main" }, notices(), empty ? nothing() : null,
      group("未传成", failed(), "服务器没有收下，需要您处理；本机原样保留。"),
      photoGroup(),
      group("待传", waiting(), waiting().length ? lineWords() : ""),
      photosDue().length ? h("p", { class: "rn" }, `另有 ${photosDue().length} 张照片，在评分单送达后上传。`) : null,
      pending() || photosDue().length ? doors() : null,
      group("待核对", held(), "已在服务器上，暂不计入，由组织部决定；您不用再交。")),
    tabs("#/queue"),
  ];
}

const nothing = () => h("section", { class: "q pad" }, h("p", { class: "big" }, "没有要传的。提交的评分单都已送达服务器。"));

function lineWords() {
  if (app.syncing) return "正在上传……";
  return app.net === "offline" ? "没有网络，属正常；有信号自动上传。" : "就要上传。";
}

const TONES = { failed: "failed", waiting: "waiting", quarantined: "held" };

function group(word, sheets, words) {
  if (!sheets.length) return null;
  return h("section", { "aria-label": word },
    h("div", { class: "sh" }, h("h2", {}, `${word} ${sheets.length}`)), words ? h("p", { class: "rn" }, words) : null,
    h("ul", { class: "rt dn" }, sheets.map((sheet) => h("li", { class: TONES[sheet.state] },
      h("a", { href: `#/stop/${sheet.nomination}`, id: `q-${sheet.uuid}` },
        h("span", { class: "tx" }, h("b", {}, sheet.place.organization), h("span", {}, `${sheet.place.township} · ${whenWords(sheet.client_time)} 提交`),
          sheet.state !== "waiting" && sheet.verdict ? h("em", {}, sheet.verdict.message) : null),
        h("output", {}, sheet.total === null ? "弃权" : sheet.total), badge(TONES[sheet.state], word))))));
}

function photoGroup() {
  const all = photosFailed();
  if (!all.length) return null;
  return h("section", { class: "q pad", "aria-label": "照片未传成" }, h("h2", {}, `照片未传成 ${all.length}`),
    h("ul", { class: "ph" }, all.map((photo, i) => thumb(photo, i, async () => { await dropPhoto(photo.key); await changed(); }))),
    h("p", { class: "hint" }, "评分单不受影响；不要的照片点右上角删去。"));
}

function doors() {
  return h("div", { class: "dr" },
    h("button", { type: "button", class: "btn go", id: "retry", onclick: retry }, "立即上传"),
    h("button", { type: "button", class: "btn", id: "export", onclick: saveFile }, "导出文件"),
    canShare() ? h("button", { type: "button", class: "btn", id: "share", onclick: share }, "分享文件") : null,
    h("button", { type: "button", class: "btn", id: "astext", onclick: showText }, "看文本"),
    h("p", { class: "hint" }, "一直传不上去时，导出文件交给组织部录入；本机的仍然保留，以后传上去也不会重复。"));
}

async function retry() {
  await flush();
  if (app.need) return;
  if (app.net === "offline") say("现在连不上服务器，评分单都在本机，有信号自动上传。");
  else if (!pending()) say("都已送达。", "ok");
}

// --- the file ----------------------------------------------------------------------------------------

const two = (n) => String(n).padStart(2, "0");

export async function exported() {
  const sheets = [...failed(), ...waiting()].sort((a, b) => a.device_sequence - b.device_sequence);
  const ids = new Set(sheets.map((each) => each.uuid));
  const { inspector, tenant } = app.day;
  const content = {
    format: "biaogan-queue/1",
    exported_at: stamp(new Date()),
    inspector,
    tenant,
    device: await deviceId(),
    sheets: sheets.map(outgoing),
    photos: app.photos.filter((each) => ids.has(each.sheet) || each.state === "waiting").map(photoRow),
  };
  const now = new Date();
  const serial = (app.exportsToday || 0) + 1;
  app.exportsToday = serial;
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  return { name: `标杆未传评分单-${inspector.name}-${day}-${serial}.json`, text: JSON.stringify(content), ids: [...ids] };
}

const photoRow = (photo) => ({
  uuid: photo.id, sheet: photo.sheet, criterion: photo.criterion, type: photo.type, sha256: photo.sha256, data: base64(photo.bytes),
});

const fileOf = (made) => new File([made.text], made.name, { type: "application/json" });

async function remember(made) {
  await note({ exported: made.ids });
  await changed();
}

async function saveFile() {
  const made = await exported();
  const address = URL.createObjectURL(fileOf(made));
  const link = h("a", { href: address, download: made.name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
  await remember(made);
  say(`已导出 ${made.ids.length} 份：${made.name}`, "ok");
}

function canShare() {
  try {
    return Boolean(navigator.canShare) && navigator.canShare({ files: [new File(["{}"], "a.json", { type: "application/json" })] });
  } catch (error) {
    return false;
  }
}

async function share() {
  const made = await exported();
  try {
    await navigator.share({ files: [fileOf(made)], title: made.name });
    await remember(made);
  } catch (error) {
    say("没有分享出去；可以改用导出文件。");
  }
}

// Where a web view can neither save nor share: the text itself, to be copied.
async function showText() {
  const made = await exported();
  dialog("未传评分单的文本", () => [
    h("p", { class: "hint" }, "全选复制，发给组织部，存成文件后在控制室导入。"),
    h("textarea", { rows: "10", readonly: true, "aria-label": "未传评分单的文本", onfocus: (event) => event.target.select() }, made.text),
    h("button", { type: "button", class: "btn wide", onclick: async () => {
      try {
        await navigator.clipboard.writeText(made.text);
        await remember(made);
        say("已复制。", "ok");
      } catch (error) {
        say("浏览器不让复制，请在框内全选后复制。");
      }
    } }, "复制"),
  ]);
}
