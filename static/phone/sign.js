// The last step: what is handed in, the signature by finger or by name, and one button.

import { dialog, h, say } from "./dom.js";

const WIDTH = 640;
const HEIGHT = 240;
const LARGEST = 30 * 1024;

// ``summary`` is what the person signs for; ``hand(signature, name)`` keeps the sheet and answers whether it was kept.
export function askSignature({ summary, name, remark, onremark, photos, hand }) {
  dialog("签名提交", (close) => {
    const pad = signaturePad();
    const typed = h("input", { type: "text", class: "wide", id: "signed-name", maxlength: "40", autocomplete: "name", value: name });
    const byName = h("input", { type: "checkbox", id: "by-name" });
    const problem = h("p", { class: "err", role: "alert" });
    const note = h("textarea", { rows: "2", maxlength: "1000", id: "sheet-remark", placeholder: "总体意见（可不写）", value: remark,
      oninput: () => onremark(note.value.trim()) });
    const submit = h("button", { type: "button", class: "btn go wide", onclick: async () => {
      problem.textContent = faultOf(pad, typed, byName);
      if (problem.textContent) return;
      submit.disabled = true;
      if (await hand(pad.empty() ? "" : pad.image(), typed.value.trim(), note.value.trim())) close();
      else submit.disabled = false;
    } }, "提交");
    return [
      h("div", { class: "sm" }, summary),
      h("label", { class: "fd" }, "总体意见", note),
      photos,
      h("div", { class: "fd" }, h("span", { class: "lb" }, "手写签名", h("button", { type: "button", class: "btn", onclick: pad.clear }, "重签")), pad.element),
      h("label", { class: "fd" }, "姓名", typed),
      h("label", { class: "tk" }, byName, "不便手写，以上面的姓名为签名"),
      problem, submit,
      h("p", { class: "hint" }, "提交后先存在本机，有信号自动上传；送达后要修改，须申请重开。"),
    ];
  });
}

function faultOf(pad, typed, byName) {
  if (!typed.value.trim()) return "请写姓名。";
  if (pad.empty() && !byName.checked) return "请在框内签名；不便手写的，请勾选以姓名为签名。";
  return "";
}

function signaturePad() {
  const canvas = h("canvas", { width: String(WIDTH), height: String(HEIGHT), class: "ink", role: "img", "aria-label": "手写签名框" });
  const pen = canvas.getContext("2d");
  let drawn = false;
  let last = null;
  const blank = () => {
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, WIDTH, HEIGHT);
    drawn = false;
  };
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return { x: ((event.clientX - box.left) * WIDTH) / box.width, y: ((event.clientY - box.top) * HEIGHT) / box.height };
  };
  const start = (event) => {
    event.preventDefault();
    last = place(event);
    if (canvas.setPointerCapture) canvas.setPointerCapture(event.pointerId);
  };
  const move = (event) => {
    if (!last) return;
    const next = place(event);
    stroke(pen, last, next);
    last = next;
    drawn = true;
  };
  const end = () => { last = null; };
  canvas.addEventListener("pointerdown", start);
  canvas.addEventListener("pointermove", move);
  ["pointerup", "pointercancel"].forEach((each) => canvas.addEventListener(each, end));
  blank();
  return { element: canvas, empty: () => !drawn, clear: blank, image: () => small(canvas) };
}

function stroke(pen, from, to) {
  pen.strokeStyle = "#221d19";
  pen.lineWidth = 5;
  pen.lineCap = "round";
  pen.beginPath();
  pen.moveTo(from.x, from.y);
  pen.lineTo(to.x, to.y);
  pen.stroke();
}

// A PNG that fits; strokes stay readable at half the size.
function small(canvas) {
  for (let share = 1; share > 0.2; share *= 0.7) {
    const copy = h("canvas", { width: String(Math.round(WIDTH * share)), height: String(Math.round(HEIGHT * share)) });
    copy.getContext("2d").drawImage(canvas, 0, 0, copy.width, copy.height);
    const image = copy.toDataURL("image/png");
    if (image.length <= LARGEST) return image;
  }
  say("签名太密，请重签得简单些。", "bad");
  return "";
}
