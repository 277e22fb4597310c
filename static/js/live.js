/* Pages that follow what happens: asks its address again and again with the tag of what it shows, and takes what is new.
   304 means nothing new. What a person is typing is never taken away. The page is whole without this. */
(function () {
  "use strict";

  const state = document.querySelector("[data-poll-state]");
  const two = (n) => String(n).padStart(2, "0");
  const clock = (when) => `${two(when.getHours())}:${two(when.getMinutes())}:${two(when.getSeconds())}`;

  function say(words, lost) {
    if (!state) return;
    if (state.textContent !== words) state.textContent = words;
    state.classList.toggle("lost", Boolean(lost));
  }

  /* ---------- asking ---------- */
  function busy(root) {
    const at = document.activeElement;
    const typing = at && root.contains(at) && at.matches("input, textarea, select") && at.value;
    return Boolean(typing || document.querySelector("dialog[open]"));
  }

  function follow(root) {
    const every = Number(root.dataset.every) || 3000;
    let tag = root.dataset.tag || "";
    let heard = new Date();
    let pause = every;

    function take(html) {
      const places = new Map();
      root.querySelectorAll(".scroll").forEach((each, i) => places.set(i, [each.scrollLeft, each.scrollTop]));
      const focus = focusOf(root);
      root.innerHTML = html;
      root.querySelectorAll(".scroll").forEach((each, i) => { if (places.has(i)) [each.scrollLeft, each.scrollTop] = places.get(i); });
      if (focus) { const again = root.querySelector(focus); if (again) again.focus({ preventScroll: true }); }
      root.dispatchEvent(new CustomEvent("followed"));
    }

    async function ask() {
      const stop = new AbortController();
      const timer = setTimeout(() => stop.abort(), 8000);
      try {
        const headers = tag ? { "If-None-Match": tag } : {};
        const answer = await fetch(root.dataset.poll, { headers, cache: "no-store", signal: stop.signal, redirect: "manual" });
        if (answer.status === 200) {
          const html = await answer.text();
          if (busy(root)) { say("有新情况，填完后自动更新"); return; }
          tag = answer.headers.get("ETag") || "";
          take(html);
        } else if (answer.status !== 304) {
          throw new Error(String(answer.status || "signed out"));
        }
        heard = new Date();
        pause = every;
        say(`更新于 ${clock(heard)}`);
      } catch (error) {
        pause = Math.min(pause * 2, 15000);
        say(`连接中断，显示的是 ${clock(heard)} 的情况，正在重试；如一直不恢复，请刷新页面`, true);
      } finally {
        clearTimeout(timer);
      }
    }

    async function go() {
      if (!document.hidden) await ask();
      setTimeout(go, pause);
    }
    document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
    say(`更新于 ${clock(heard)}`);
    setTimeout(go, every);
  }

  function focusOf(root) {
    const at = document.activeElement;
    if (!at || !root.contains(at)) return "";
    if (at.id) return `#${CSS.escape(at.id)}`;
    const link = at.getAttribute("href");
    return link ? `a[href="${CSS.escape(link)}"]` : "";
  }

  /* ---------- the hall: one screen at a time, by itself or by the arrow keys ---------- */
  function screens(root) {
    const every = Number(root.dataset.screens);
    let shown = 0;
    const number = document.querySelector("[data-screen-no]");
    const all = () => Array.from(root.querySelectorAll(".screen"));

    function show(step) {
      const each = all();
      if (!each.length) return;
      shown = (shown + step + each.length) % each.length;
      each.forEach((screen, i) => { screen.hidden = i !== shown; });
      const longest = Math.max(1, ...Array.from(each[shown].querySelectorAll("tbody"), (body) => body.rows.length));
      each[shown].style.setProperty("--rows", String(longest));
      if (number) number.textContent = each.length > 1 ? `第 ${shown + 1} / ${each.length} 屏 · 方向键翻页 · Esc 退出` : "Esc 退出";
    }
    document.addEventListener("keydown", (event) => {
      if (event.key === "ArrowRight" || event.key === "ArrowDown") show(1);
      else if (event.key === "ArrowLeft" || event.key === "ArrowUp") show(-1);
      else if (event.key === "Escape") { const out = document.querySelector(".ft a"); if (out) window.location.assign(out.href); }
    });
    root.addEventListener("followed", () => show(0));
    setInterval(() => { if (!document.hidden) show(1); }, every);
    show(0);
  }

  document.querySelectorAll("[data-poll]").forEach(follow);
  document.querySelectorAll("[data-screens]").forEach(screens);
}());
