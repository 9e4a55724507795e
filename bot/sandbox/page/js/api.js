/* Talking to the emulator's /local API. */

import { session } from "./store.js";

const HEADERS = { "Content-Type": "application/json", "X-Local-Workspace": "1" };

async function call(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    return { ok: false, error: "network" };
  }
  const answer = await response.json().catch(() => null);
  if (response.ok && answer) return answer;
  return { ok: false, error: answer?.error ?? `http_${response.status}` };
}

function get(path, parameters = {}) {
  return call(`/local/${path}?${new URLSearchParams({ as: session.as ?? "", ...parameters })}`);
}

function post(path, body) {
  const payload = JSON.stringify({ as: session.as, ...body });
  return call(`/local/${path}`, { method: "POST", headers: HEADERS, body: payload });
}

export const api = {
  state: () => get("state"),
  messages: (channel) => get("messages", { channel }),
  views: () => get("views"),
  home: () => get("home"),
  openHome: () => post("home", {}),
  openMessages: () => post("messages-tab", {}),
  send: (channel, text, threadTs) => post("send", { channel, text, ...(threadTs ? { thread_ts: threadTs } : {}) }),
  upload: (channel, file) => {
    const where = new URLSearchParams({ as: session.as ?? "", channel, name: file.name });
    return call(`/local/upload?${where}`, { method: "POST", headers: { "X-Local-Workspace": "1" }, body: file });
  },
  fileUrl: (channel, id) => `/local/file?${new URLSearchParams({ as: session.as ?? "", channel, id })}`,
  action: (container, blockId, actionId, element, values) =>
    post("action", { container, block_id: blockId, action_id: actionId, element, state: { values } }),
  options: (container, blockId, actionId, value) =>
    post("options", { container, block_id: blockId, action_id: actionId, value }),
  submit: (viewId, values) => post("submit", { view_id: viewId, state: { values } }),
  close: (viewId, clear) => post("close", { view_id: viewId, clear }),
  shortcut: (callbackId, where = {}) => post("shortcut", { callback_id: callbackId, ...where }),
  account: (user, active) => post("account", { user, active }),
  nextWorkingDay: () => post("clock", { to: "next-working-day" }),
  nextHour: () => post("clock", { to: "next-hour" }),
};

const EVENTS = ["message", "message_changed", "message_deleted", "views", "home", "clock", "state", "prompts"];

/** Server-sent events of one person; reconnects by itself with growing pauses until stopped. */
export function listen(as, { onEvent, onUp, onDown }) {
  let source;
  let timer;
  let pause = 500;
  const open = () => {
    source = new EventSource(`/local/events?${new URLSearchParams({ as })}`);
    source.onopen = () => {
      pause = 500;
      onUp();
    };
    source.onerror = () => {
      onDown();
      source.close();
      timer = setTimeout(open, pause);
      pause = Math.min(pause * 2, 8000);
    };
    EVENTS.forEach((name) => source.addEventListener(name, (event) => onEvent(name, JSON.parse(event.data || "{}"))));
  };
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
