/* On the page that takes in a scheme: the place of a problem leads to its line in the text. Without it the line is named. */
(function () {
  "use strict";

  const text = document.getElementById("id_text");
  if (!text) return;

  function show(line) {
    const lines = text.value.split("\n");
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    text.focus();
    text.setSelectionRange(start, start + (lines[line - 1] || "").length);
    const height = parseFloat(window.getComputedStyle(text).lineHeight);
    text.scrollTop = Math.max(0, (line - 4) * height);
    text.scrollIntoView({ block: "center" });
  }

  document.querySelectorAll(".problems .where, .warnings .where").forEach((cell) => {
    const found = /第 (\d+) 行/.exec(cell.textContent);
    if (!found) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "lk";
    button.title = "在文本中选中这一行";
    button.textContent = cell.textContent.trim();
    button.addEventListener("click", () => show(Number(found[1])));
    cell.replaceChildren(button);
  });
})();
