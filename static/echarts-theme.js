/* The chart theme, read from the colour tokens of the element it stands in, so that the hall screen gets its own.
   Gives window.biaoganChartTheme(element); charts.js registers it. No colour is written here. */
(function () {
  "use strict";

  function axis(ink, lines, grid) {
    return {
      axisLine: { show: Boolean(lines), lineStyle: { color: lines || grid } },
      axisTick: { show: false },
      axisLabel: { color: ink, fontSize: 12 },
      nameTextStyle: { color: ink, fontSize: 12 },
      splitLine: { show: !lines, lineStyle: { color: [grid] } },
      splitArea: { show: false },
    };
  }

  window.biaoganChartTheme = function (element) {
    const style = window.getComputedStyle(element);
    const token = (name) => style.getPropertyValue("--" + name).trim();
    const ink = token("ink"), second = token("ink-2"), third = token("ink-3"), surface = token("surface");
    const category = axis(third, token("axis"), token("grid")), value = axis(third, "", token("grid"));
    return {
      color: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => token("c" + n)),
      backgroundColor: "transparent",
      animation: false,
      textStyle: { fontFamily: token("sans"), color: ink, fontSize: 12 },
      title: { left: 0, textStyle: { color: ink, fontSize: 14, fontWeight: 700 }, subtextStyle: { color: second, fontSize: 12 } },
      legend: { right: 0, top: 0, icon: "circle", itemWidth: 10, itemHeight: 10, itemGap: 16, textStyle: { color: second, fontSize: 12 } },
      grid: { left: 8, right: 16, top: 32, bottom: 8, containLabel: true },
      categoryAxis: category, timeAxis: category, valueAxis: value, logAxis: value,
      line: { symbol: "circle", symbolSize: 7, smooth: false, lineStyle: { width: 2 }, itemStyle: { borderWidth: 2 } },
      bar: { barMaxWidth: 28 },
      scatter: { symbolSize: 8 },
      pie: { itemStyle: { borderColor: surface, borderWidth: 1 } },
      heatmap: { itemStyle: { borderColor: surface, borderWidth: 2 }, label: { show: true, color: ink, fontSize: 12 } },
      map: {
        label: { color: ink }, itemStyle: { areaColor: token("idle-tint"), borderColor: token("line-2") },
        emphasis: { itemStyle: { areaColor: token("h1") }, label: { color: ink } },
      },
      visualMap: { inRange: { color: [0, 1, 2, 3, 4, 5].map((n) => token("h" + n)) }, textStyle: { color: second } },
      markLine: { symbol: "none", lineStyle: { color: token("accent"), width: 1.5, type: [8, 5] }, label: { color: token("accent"), fontSize: 12 } },
      markPoint: { label: { color: token("on-accent") } },
      tooltip: {
        backgroundColor: surface, borderColor: token("line-2"), borderWidth: 1, padding: [8, 12],
        textStyle: { color: ink, fontSize: 13 }, axisPointer: { lineStyle: { color: token("axis") }, crossStyle: { color: token("axis") } },
      },
      dataZoom: { borderColor: token("line"), handleStyle: { color: token("axis") }, textStyle: { color: third } },
      aria: { enabled: false },
    };
  };
})();
