/* Writing a scheme: points that add up while one types, choosing a rule kind, a word about what is not saved yet.
   Pages work without it: sums and problems come with every save. */
(function () {
  "use strict";

  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));

  /* ---------- exact sums: decimals as whole numbers, never floats ---------- */
  const PLACES = 9;
  function exact(text) {
    const half = (text || "").normalize("NFKC").trim();
    const found = /^(\d{1,12})(?:\.(\d{1,9}))?$/.exec(half);
    return found ? BigInt(found[1] + (found[2] || "").padEnd(PLACES, "0")) : null;
  }
  function written(number) {
    const text = String(number).padStart(PLACES + 1, "0");
    const rest = text.slice(-PLACES).replace(/0+$/, "");
    return text.slice(0, -PLACES) + (rest ? "." + rest : "");
  }

  /* A row's worth: what is typed, what the server said of it, or the sum of the rows below it. */
  function worth(row, rows) {
    const input = row.querySelector("[data-points]");
    if (input) return exact(input.value);
    const shown = row.querySelector("[data-sum]");
    if (row.dataset.worth !== undefined) return exact(row.dataset.worth);
    if (row.dataset.fixed !== undefined) return shown ? exact(shown.textContent) : null;
    const sum = added(rows.filter((each) => each.dataset.above === row.dataset.row), rows);
    if (shown) shown.textContent = written(sum);
    return sum;
  }
  function added(some, rows) {
    return some.filter((row) => row.dataset.role === "base").reduce((sum, row) => sum + (worth(row, rows) || 0n), 0n);
  }
  function addUp(table) {
    const rows = all("tbody tr", table);
    const total = added(rows.filter((row) => row.dataset.above === ""), rows);
    all("[data-total]").forEach((place) => { place.textContent = written(total); });
    const field = document.querySelector('[name="b.full_marks"]'), place = document.querySelector("[data-adds-up]");
    const stated = field ? exact(field.value) : null;
    place.replaceChildren();
    if (stated === null) return;
    const word = document.createElement("span"), gap = total - stated;
    word.className = gap === 0n ? "st ok" : "st bad";
    word.textContent = gap === 0n ? "与总分一致" : "比总分" + (gap > 0n ? "多 " : "少 ") + written(gap > 0n ? gap : -gap) + " 分";
    place.append(word);
  }
  const table = document.querySelector("[data-adds]");
  if (table) {
    document.addEventListener("input", (event) => {
      if (event.target.matches('[data-points], [name="b.full_marks"]')) addUp(table);
    });
    addUp(table);
  }

  /* ---------- another kind of rule has other fields: save and show them ---------- */
  document.addEventListener("change", (event) => {
    if (event.target.matches("select[data-kind]")) event.target.form.requestSubmit();
  });

  /* ---------- what is not saved yet ---------- */
  const form = document.querySelector("form[data-guard]");
  if (form) {
    let changed = false;
    const mark = form.querySelector("[data-unsaved]");
    form.addEventListener("input", () => { changed = true; if (mark) mark.hidden = false; });
    form.addEventListener("submit", () => { changed = false; });
    window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
  }

  /* ---------- on phones the list of parts is a strip: bring the present one into it ---------- */
  const here = document.querySelector(".blocks [aria-current]");
  if (here) {
    const strip = here.closest("ul");
    strip.scrollLeft = here.offsetLeft - (strip.clientWidth - here.offsetWidth) / 2;
  }
})();
