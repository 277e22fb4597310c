/* Sends materials in pieces (tus), each file with its progress; goes on after a broken line, a pause or a reload.
   Without it the form sends one file at once. What a file is, the server decides. */
(function () {
  "use strict";

  const form = document.getElementById("upload");
  if (!form || !window.tus || !window.tus.isSupported) return;

  const card = document.getElementById("sending"), list = card.querySelector("ul");
  const pattern = document.getElementById("sending-row");
  const file = form.elements.file, organization = form.elements.organization, title = form.elements.title;
  file.multiple = true;

  file.addEventListener("change", () => {
    title.disabled = file.files.length > 1;
    if (title.disabled) title.value = "";
  });

  const token = () => form.elements.csrfmiddlewaretoken.value;
  const megabytes = (bytes) => (bytes / 1024 / 1024).toFixed(1) + " MB";

  function row(name) {
    const item = pattern.content.cloneNode(true).firstElementChild;
    const part = (act) => item.querySelector(`[data-act=${act}]`);
    item.querySelector("b").textContent = name;
    ["pause", "resume", "drop"].forEach((act) => part(act).setAttribute("aria-label", `${part(act).textContent}“${name}”`));
    item.querySelector("progress").setAttribute("aria-label", `“${name}”的上传进度`);
    list.append(item);
    card.hidden = false;
    return {
      item, part,
      say(words, state) { item.querySelector(".sub").textContent = words; item.dataset.state = state; },
      show(...acts) { ["pause", "resume", "drop", "open"].forEach((act) => { part(act).hidden = !acts.includes(act); }); },
      reach(percent) { item.querySelector("progress").value = percent; },
    };
  }

  function send(chosen, of, named) {
    const line = row(chosen.name);
    let settled = { state: "", problem: "" };
    const upload = new window.tus.Upload(chosen, {
      endpoint: form.dataset.endpoint,
      chunkSize: Number(form.dataset.chunk),
      retryDelays: [0, 1000, 3000, 5000, 10000, 20000],
      metadata: { organization: of, filename: chosen.name, title: named },
      removeFingerprintOnSuccess: true,
      fingerprint: () => Promise.resolve(["biaogan", of, chosen.name, chosen.size, chosen.lastModified].join("-")),
      onBeforeRequest: (request) => request.setHeader("X-CSRFToken", token()),
      onAfterResponse: (request, response) => {
        settled = {
          state: response.getHeader("Material-State") || settled.state,
          problem: decodeURIComponent(response.getHeader("Material-Problem") || "") || settled.problem,
        };
      },
      onProgress: (sent, whole) => {
        line.reach((100 * sent) / whole);
        line.say(sent < whole ? `已传 ${megabytes(sent)}，共 ${megabytes(whole)}` : "已传完，正在检查内容", "sending");
      },
      onShouldRetry: (error) => {
        const status = error.originalResponse ? error.originalResponse.getStatus() : 0;
        const again = status === 0 || status === 409 || status === 423 || status >= 500;
        if (again) line.say("网络断开，正在重试；也可以过一会儿再继续", "broken");
        return again;
      },
      onError: (error) => {
        const answer = error.originalResponse;
        const plain = answer && (answer.getHeader("Content-Type") || "").startsWith("text/plain");
        if (plain) { line.say(answer.getBody(), "refused"); line.show(); return; }
        line.say(answer ? "服务器没有接收，请刷新页面、重新登录后再试" : "网络断开，已传的部分不会丢，请点“继续”", "broken");
        line.show("resume", "drop");
      },
      onSuccess: () => {
        line.reach(100);
        line.part("open").href = `${form.dataset.library}${upload.url.replace(/\/$/, "").split("/").pop()}/`;
        line.part("open").setAttribute("aria-label", `查看“${chosen.name}”`);
        line.show("open");
        if (settled.state === "refused") line.say(settled.problem, "refused");
        else line.say(settled.state === "ready" ? "已收到，检查通过" : "已传完，请点“查看”", "done");
      },
    });
    const start = () => { line.show("pause", "drop"); upload.start(); };
    line.part("pause").addEventListener("click", () => upload.abort().then(() => { line.say("已暂停", "paused"); line.show("resume", "drop"); line.part("resume").focus(); }));
    line.part("resume").addEventListener("click", () => { line.say("正在继续", "sending"); start(); line.part("pause").focus(); });
    line.part("drop").addEventListener("click", () => upload.abort(true).catch(() => null).then(() => { line.item.remove(); card.hidden = !list.children.length; file.focus(); }));
    line.say("准备上传", "sending");
    upload.findPreviousUploads().then((earlier) => {
      if (earlier.length) upload.resumeFromPreviousUpload(earlier[0]);
      start();
    });
  }

  form.addEventListener("submit", (event) => {
    if (!organization.value || !file.files.length) return;
    event.preventDefault();
    Array.from(file.files).forEach((chosen) => send(chosen, organization.value, title.value));
    file.value = "";
    title.value = "";
    title.disabled = false;
  });
})();
