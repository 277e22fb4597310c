/* The hall screen: Escape leaves it, and chart text grows with the page. Everything else is in charts.js. */
(function () {
  "use strict";

  document.addEventListener("keydown", (event) => {
    const leave = document.querySelector("a[data-leave]");
    if (event.key === "Escape" && leave) window.location.assign(leave.href);
  });
})();
