// Calls to the server, and what went wrong in one word. An answer that does not carry our sign is the network's, whatever
// its status: a captive portal answers 200.

const ROOT = "/api/v1/phone/";

// kind: offline (normal, tried again), server (tried again), signin, stranger (no inspector), token, refused (for a person)
export class Trouble extends Error {
  constructor(kind, message) {
    super(message || kind);
    this.kind = kind;
  }
}

function kindOf(status, body) {
  if (status === 401) return "signin";
  if (status === 403) return body && body.code === "not_inspector" ? "stranger" : "token";
  if (status === 408 || status === 429 || status >= 500) return "server";
  return "refused";
}

async function answerOf(path, options, seconds) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), seconds * 1000);
  try {
    const response = await fetch(ROOT + path, { ...options, cache: "no-store", signal: stop.signal });
    return { response, body: await response.text() };
  } catch (error) {
    throw new Trouble("offline", "连不上服务器");
  } finally {
    clearTimeout(timer);
  }
}

export async function call(path, { method = "GET", body, token, headers = {}, seconds = 45 } = {}) {
  const all = { Accept: "application/json", ...headers };
  if (token) all["X-CSRFToken"] = token;
  const { response, body: written } = await answerOf(path, { method, body, headers: all }, seconds);
  if (response.headers.get("X-Biaogan") !== "1") throw new Trouble("offline", "网络要求先登录或被拦截，不是服务器的回答");
  let read = null;
  try {
    read = JSON.parse(written);
  } catch (error) {
    if (response.ok) throw new Trouble("offline", "服务器的回答没有收全");
  }
  if (response.ok && read && typeof read === "object") return read;
  throw new Trouble(kindOf(response.status, read), (read && (read.message || read.detail)) || "服务器没有接受");
}

export const callJson = (path, content, options) => call(path, {
  ...options,
  method: "POST",
  body: JSON.stringify(content),
  headers: { "Content-Type": "application/json" },
});

// The door is a page, not the API: whether it worked is asked of the API afterwards.
export async function leave(token) {
  try {
    await fetch("/signout/", { method: "POST", headers: { "X-CSRFToken": token }, cache: "no-store" });
  } catch (error) {
    throw new Trouble("offline", "连不上服务器");
  }
  try {
    await call("day/", { seconds: 20 });
  } catch (trouble) {
    if (trouble.kind === "signin") return;
    throw trouble;
  }
  throw new Trouble("refused", "服务器没有退出登录，请再试一次");
}
