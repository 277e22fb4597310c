/* Behaviour shared by all pages: navigation on phones, menus, toasts, table filters, copying, dialogs, printing.
   Pages work without it: links stay links, forms stay forms. Nothing here knows about charts or scoring. */
(function () {
  "use strict";

  const one = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const on = (type, selector, act) => document.addEventListener(type, (event) => {
    const target = event.target.closest ? event.target.closest(selector) : null;
    if (target) act(target, event);
  });

  /* ---------- navigation on narrow screens ---------- */
  function setNav(open) {
    const button = one(".nav-open"), nav = one("#nav");
    if (!button || !nav) return;
    button.setAttribute("aria-expanded", String(open));
    nav.classList.toggle("open", open);
    nav.style.top = open ? one(".top").getBoundingClientRect().bottom + "px" : "";
    document.body.classList.toggle("nav-is-open", open);
  }
  on("click", ".nav-open", (button, event) => {
    event.preventDefault();
    setNav(button.getAttribute("aria-expanded") !== "true");
  });

  /* ---------- menus close on a click elsewhere and on Escape ---------- */
  document.addEventListener("click", (event) => {
    all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    all("details.menu[open]").forEach((menu) => { menu.open = false; one("summary", menu).focus(); });
    const button = one(".nav-open[aria-expanded=true]");
    if (button) { setNav(false); button.focus(); }
  });

  /* ---------- toasts: six seconds, longer while looked at ---------- */
  function toast(content) {
    const pattern = one("#toast-pattern"), tray = one(".toasts");
    if (!pattern || !tray) return;
    const note = pattern.content.cloneNode(true).firstElementChild;
    one("span", note).append(content);
    let timer = 0;
    const wait = () => { timer = window.setTimeout(() => note.remove(), 6000); };
    const stay = () => window.clearTimeout(timer);
    ["mouseenter", "focusin"].forEach((type) => note.addEventListener(type, stay));
    ["mouseleave", "focusout"].forEach((type) => note.addEventListener(type, wait));
    one("button", note).addEventListener("click", () => note.remove());
    tray.append(note);
    wait();
  }
  function liftToasts(root) {
    all("template[data-toast]", root).forEach((template) => { toast(template.content.cloneNode(true)); template.remove(); });
  }

  /* ---------- table filters: rows carry data-group, data-place and their text ---------- */
  function shown(row, wanted) {
    const group = !wanted.group || row.dataset.group === wanted.group;
    const place = !wanted.place || row.dataset.place === wanted.place;
    return group && place && (!wanted.text || row.textContent.includes(wanted.text));
  }
  function filterTable(id) {
    const table = document.getElementById(id);
    if (!table) return;
    const pressed = one(`[data-filter-table="${id}"] [aria-pressed=true]`);
    const select = one(`select[data-filter-place="${id}"]`), text = one(`input[data-filter-text="${id}"]`);
    const wanted = { group: pressed ? pressed.dataset.filter : "", place: select ? select.value : "", text: text ? text.value.trim() : "" };
    const rows = all("tbody tr", table).filter((row) => row.dataset.group !== undefined);
    let count = 0;
    rows.forEach((row) => { row.hidden = !shown(row, wanted); count += row.hidden ? 0 : 1; });
    const narrowed = Boolean(wanted.group || wanted.place || wanted.text);
    all("tr.cut", table).forEach((row) => { row.hidden = narrowed; });
    tellCount(table, count, rows.length, narrowed);
    remember(wanted);
  }
  function tellCount(table, count, total, narrowed) {
    const card = table.closest(".card") || table.parentElement;
    let line = one(".more-rows", card);
    if (!line) { line = document.createElement("p"); line.className = "more-rows"; line.setAttribute("role", "status"); card.append(line); }
    line.hidden = !narrowed;
    line.textContent = count ? `显示 ${count} 家，共 ${total} 家` : "没有符合条件的行，请放宽筛选。";
  }
  function remember(wanted) {
    const address = new URL(window.location.href);
    Object.entries(wanted).forEach(([name, value]) => (value ? address.searchParams.set(name, value) : address.searchParams.delete(name)));
    window.history.replaceState(window.history.state, "", address);
    all("a[data-follow-filter]").forEach((link) => { link.search = address.search; });
  }
  function recall() {
    const asked = new URL(window.location.href).searchParams;
    const tables = new Set(all("[data-filter-table]").map((group) => group.dataset.filterTable));
    tables.forEach((id) => {
      const button = one(`[data-filter-table="${id}"] [data-filter="${CSS.escape(asked.get("group") || "")}"]`);
      const select = one(`select[data-filter-place="${id}"]`), text = one(`input[data-filter-text="${id}"]`);
      if (button) press(button);
      if (select && asked.get("place")) select.value = asked.get("place");
      if (text && asked.get("text")) text.value = asked.get("text");
      if (asked.get("group") || asked.get("place") || asked.get("text")) filterTable(id);
    });
  }
  function press(button) {
    all("[data-filter]", button.parentElement).forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
  }
  on("click", "[data-filter-table] [data-filter]", (button) => { press(button); filterTable(button.parentElement.dataset.filterTable); });
  on("change", "select[data-filter-place]", (select) => filterTable(select.dataset.filterPlace));
  on("input", "input[data-filter-text]", (input) => filterTable(input.dataset.filterText));

  /* ---------- dialogs ---------- */
  on("click", "[data-open]", (button) => {
    const dialog = document.getElementById(button.dataset.open);
    if (dialog && dialog.showModal) dialog.showModal();
  });
  on("click", "[data-close]", (button) => button.closest("dialog").close());
  on("click", "dialog", (dialog, event) => { if (event.target === dialog) dialog.close(); });

  /* ---------- small things ---------- */
  on("click", "[aria-disabled=true]", (control, event) => { event.preventDefault(); event.stopImmediatePropagation(); });
  on("click", "[data-print]", () => window.print());
  on("click", "[data-back]", () => window.history.back());
  on("change", "select[data-submit]", (select) => select.form.requestSubmit());
  on("click", "[data-copy]", async (button) => {
    const source = document.getElementById(button.dataset.copy);
    const text = source ? source.textContent.trim() : button.dataset.copyText || window.location.href;
    try { await navigator.clipboard.writeText(text); toast("已复制"); }
    catch (error) { toast("浏览器不允许复制，请手动选中后复制"); }
  });

  /* a form is sent once: a second press while the first is on its way does nothing */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "get" || form.dataset.again !== undefined || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    all("button:not([type=button])", form).forEach((button) => button.setAttribute("aria-busy", "true"));
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

  /* wide tables can be scrolled with the keyboard; each is named after its caption or its card, as a reader hears it */
  function nameOf(box) {
    const card = box.closest(".card"), named = one("caption", box) || (card && one("h2, h3", card));
    const text = `${named ? named.textContent.trim() : "表格"}，可左右滚动`;
    const same = all("[role=region]").filter((each) => (each.getAttribute("aria-label") || "").startsWith(text)).length;
    return same ? `${text}（${same + 1}）` : text;
  }
  function reachable() {
    all(".scroll").forEach((box) => {
      if (box.scrollWidth <= box.clientWidth) return;
      box.tabIndex = 0;
      if (box.hasAttribute("role")) return;
      box.setAttribute("role", "region");
      box.setAttribute("aria-label", nameOf(box));
    });
  }

  function start(root) {
    liftToasts(root);
    reachable();
    const summary = one("[data-focus]", root);
    if (summary) summary.focus();
  }
  document.addEventListener("htmx:afterSwap", (event) => start(event.target));
  window.addEventListener("resize", reachable);
  start(document);
  recall();
})();
