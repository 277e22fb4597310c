/* Draws every <div data-chart data-source="id"> with the ECharts option in the JSON script element of that id.
   Drawn as SVG so that prints are sharp; nothing moves by itself; tooltips are drawn, not written as HTML, because the
   content security policy forbids style attributes. The finding and the table of figures are in the page already. */
(function () {
  "use strict";

  const MINUS = "\u2212";
  const number = (value, places) => Number(value).toFixed(places).replace("-", MINUS);
  const plain = (given) => {
    const value = given !== null && typeof given === "object" && "value" in given ? given.value : given;
    return Array.isArray(value) ? value[value.length - 1] : value;
  };
  const dashed = (show) => (given) => {
    const value = plain(given);
    return value === null || value === undefined || value === "" || value === "-" ? "—" : show(value);
  };
  const FORMATTERS = {
    "@percent": dashed((value) => number(value, 2) + "%"),
    "@percent0": dashed((value) => number(value, 0) + "%"),
    "@score": dashed((value) => number(value, 2)),
    "@signed": dashed((value) => (Number(value) > 0 ? "+" : "") + number(value, 2)),
  };

  /* names of formatters become functions; "var(--c1)" becomes the colour of that token */
  function revive(node, token) {
    if (Array.isArray(node)) return node.map((each) => revive(each, token));
    if (node !== null && typeof node === "object") {
      return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, revive(value, token)]));
    }
    if (typeof node !== "string") return node;
    const named = /^var\(--([a-z0-9-]+)\)$/.exec(node);
    return FORMATTERS[node] || (named ? token(named[1]) : node);
  }

  function themeFor(box) {
    const name = box.closest(".theme-hall") ? "biaogan-hall" : "biaogan";
    window.echarts.registerTheme(name, window.biaoganChartTheme(box));
    return name;
  }

  function draw(box) {
    const source = document.getElementById(box.dataset.source);
    if (!source || window.echarts.getInstanceByDom(box)) return;
    const style = window.getComputedStyle(box);
    const option = revive(JSON.parse(source.textContent), (name) => style.getPropertyValue("--" + name).trim());
    option.animation = false;
    if (option.tooltip) option.tooltip = Object.assign({ confine: true }, option.tooltip, { renderMode: "richText" });
    const chart = window.echarts.init(box, themeFor(box), { renderer: "svg" });
    chart.setOption(option);
    chart.on("click", (event) => { if (event.data && event.data.url) window.location.assign(event.data.url); });
    if (window.ResizeObserver) new ResizeObserver(() => { if (box.clientWidth) chart.resize(); }).observe(box);
  }

  function drawAll(root) {
    if (!window.echarts) return;
    const boxes = Array.from((root || document).querySelectorAll("[data-chart]"));
    if (root && root.matches && root.matches("[data-chart]")) boxes.push(root);
    boxes.forEach(draw);
  }

  const PAPER = 660; /* css pixels between the margins of an upright A4 page */
  function onPaper(printing) {
    document.querySelectorAll("[data-chart]").forEach((box) => {
      const chart = window.echarts && window.echarts.getInstanceByDom(box);
      if (chart) chart.resize(printing ? { width: Math.min(box.clientWidth || PAPER, PAPER) } : { width: "auto" });
    });
  }
  window.addEventListener("beforeprint", () => onPaper(true));
  window.addEventListener("afterprint", () => onPaper(false));
  document.addEventListener("htmx:afterSwap", (event) => drawAll(event.target));
  drawAll();
  /* measured text is wrong until the web font is here */
  if (document.fonts) document.fonts.ready.then(() => document.querySelectorAll("[data-chart]").forEach((box) => {
    const chart = window.echarts && window.echarts.getInstanceByDom(box);
    if (chart) chart.resize();
  }));
})();
