// Making elements, icons, dialogs and short messages. No markup is ever built from text.

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  back: "M10 3.5 5.5 8 10 12.5",
  next: "M6 3.5 10.5 8 6 12.5",
  down: "M3.5 6 8 10.5 12.5 6",
  offline: "M2 2l12 12M5 8.3a4.500 4.500 0 0 1 1.700-.9M3 6a8 8 0 0 1 2.200-1.300M8 4.200A8 8 0 0 1 13 6M9.800 7.500l1.200.8M8 11.500v.1",
  online: "M5 8.300a4.500 4.500 0 0 1 6 0M3 6a8 8 0 0 1 10 0M8 11.500v.1",
  failed: "M8 2.500 14.300 13.500H1.700zM8 6.500v3.200M8 11.600v.1",
  waiting: "M8 13V4M4.500 7.200 8 3.700l3.500 3.500",
  sent: "M3 8.5 6.5 12 13 4.5",
  recused: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M4 4l8 8",
  held: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M8 5v3.500l2 1.500",
  list: "M5.500 4h8M5.500 8h8M5.500 12h8M2.500 4h.1M2.500 8h.1M2.500 12h.1",
  person: "M8 2.500a2.700 2.700 0 1 0 0 5.400 2.700 2.700 0 0 0 0-5.400M2.800 14c.4-3 2.500-4.300 5.200-4.300s4.800 1.300 5.200 4.300",
  camera: "M2 5h3l1-1.500h4L11 5h3v8H2zM8 6.800a2.200 2.200 0 1 0 0 4.400 2.200 2.200 0 0 0 0-4.400",
  close: "M4 4l8 8M12 4l-8 8",
};

// h("button", {class: "go", onclick: …}, "继续"): attributes by name, listeners by on…, true and false as present or not.
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  Object.entries(attributes || {}).forEach(([name, value]) => {
    if (value === undefined || value === null || value === false) return;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  });
  element.append(...children.flat(3).filter((each) => each !== null && each !== undefined && each !== false));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "ico");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export const badge = (name, word) => h("span", { class: `bd ${name}` }, PATHS[name] ? icon(name) : null, word);

// New children in place of the old; the element that had the focus gets it back by its id.
export function fill(element, ...children) {
  const focused = element.contains(document.activeElement) ? document.activeElement.id : "";
  element.replaceChildren(...children.flat(3).filter(Boolean));
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

// --- messages --------------------------------------------------------------------------------------

let hiding = 0;

export function say(message, tone) {
  const place = document.getElementById("say");
  clearTimeout(hiding);
  place.className = `say ${tone || ""}`;
  place.textContent = "";
  place.append(h("span", {}, message));
  hiding = setTimeout(() => { place.textContent = ""; }, 6000);
}

// --- dialogs ---------------------------------------------------------------------------------------

// A bottom sheet; ``close()`` removes it. Where the browser knows no <dialog> it lies above the page all the same.
export function dialog(label, build) {
  const before = document.activeElement;
  const box = h("dialog", { class: "dlg", "aria-label": label });
  const close = () => {
    if (!box.isConnected) return;
    if (typeof box.close === "function" && box.open) box.close();
    box.remove();
    document.body.classList.remove("covered");
    if (before && before.isConnected) before.focus({ preventScroll: true });
  };
  const shut = h("button", { type: "button", class: "x", "aria-label": "关闭", onclick: close }, icon("close"));
  box.append(h("div", { class: "dh" }, h("h2", {}, label), shut), ...[build(close)].flat(3).filter(Boolean));
  box.addEventListener("cancel", (event) => { event.preventDefault(); close(); });
  box.addEventListener("click", (event) => { if (event.target === box) close(); });
  document.body.append(box);
  if (typeof box.showModal === "function") box.showModal();
  else { box.setAttribute("open", ""); box.classList.add("plain"); }
  document.body.classList.add("covered");
  return close;
}

export const closeDialogs = () => document.querySelectorAll("dialog.dlg .x").forEach((each) => each.click());

// --- words -----------------------------------------------------------------------------------------

const WEEK = "日一二三四五六";
const two = (n) => String(n).padStart(2, "0");

export const clock = (date) => `${two(date.getHours())}:${two(date.getMinutes())}`;

export function dayWords(date) {
  return `${date.getMonth() + 1} 月 ${date.getDate()} 日 周${WEEK[date.getDay()]}`;
}

export function whenWords(value) {
  const date = new Date(value);
  const today = new Date().toDateString() === date.toDateString();
  return today ? clock(date) : `${date.getMonth() + 1} 月 ${date.getDate()} 日 ${clock(date)}`;
}

export const dateOf = (text) => new Date(`${text}T00:00:00`);
