/* Starts the page for the person in ?as= and keeps it in step with the server. */

import { api, listen } from "./api.js";
import { Conversation } from "./conversation.js";
import { h, replace } from "./dom.js";
import { setLocale, t } from "./i18n.js";
import { Modals } from "./modal.js";
import { Sidebar } from "./sidebar.js";
import {
  applyState,
  channel,
  dropMessage,
  emit,
  on,
  openChannel,
  putMessage,
  putPrompts,
  session,
  setClock,
  setMessages,
  store,
} from "./store.js";
import { ThreadPane } from "./thread.js";
import { refused } from "./toast.js";
import { TopBar } from "./topbar.js";

const root = document.getElementById("app");
const modals = new Modals();
const thread = new ThreadPane();
const conversation = new Conversation({ go, openThread: (message) => thread.open(message) });
const sidebar = new Sidebar({ go, viewAs });
const topbar = new TopBar({ viewAs, drawer: () => sidebar.drawer(true) });
const lost = h("div", { class: "lost", role: "status", hidden: true, data: { testid: "connection-lost" } });
const skip = h("button", { type: "button", class: "skip", onclick: () => conversation.node.focus() });
let stopListening = () => {};
const BOOT_PAUSE = 2000;
let boots = 0;
let news = 0;

function readAddress() {
  const [place, tab] = location.hash.replace(/^#\/?/, "").split("/");
  return { as: new URLSearchParams(location.search).get("as"), place, tab };
}

function writeAddress({ push }) {
  const suffix = session.place === "app" ? `app/${session.tab}` : session.place;
  const address = `?${new URLSearchParams({ as: session.as })}#/${suffix}`;
  if (push) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
}

function isPlace(place) {
  return place === "app" || Boolean(channel(place));
}

function isHome() {
  return session.place === "app" && session.tab === "home";
}

/** Goes to a channel, or to a tab of the app; what was seen in the last one counts as read. */
function go(place, tab = place === "app" ? "messages" : null, { push = true } = {}) {
  if (session.place && !isHome()) api.messages(openChannel());
  thread.close();
  session.place = place;
  session.tab = tab === "home" && store.app.home !== false ? "home" : "messages";
  if (push) writeAddress({ push });
  markRead();
  sidebar.show();
  sidebar.drawer(false);
  conversation.show();
  loadPlace();
}

async function loadPlace() {
  if (isHome()) await openHome();
  else await loadMessages(openChannel());
  if (session.place === "app" && !isHome()) refused(await api.openMessages());
}

/** Reads again when news came in meanwhile: the answer may be older than what they told. */
async function upToDate(read) {
  let answer;
  let before;
  do {
    before = news;
    answer = await read();
  } while (news !== before);
  return answer;
}

async function openHome() {
  const { as } = session;
  const known = await upToDate(api.home);
  if (as !== session.as) return;
  if (known.ok !== false) showHome(known.view);
  refused(await api.openHome());
}

function showHome(view) {
  store.home = view ?? null;
  emit("home");
}

async function loadMessages(id) {
  const { as } = session;
  const answer = await upToDate(() => api.messages(id));
  if (as !== session.as || refused(answer)) return;
  setMessages(
    id,
    answer.messages.map((message) => ({ channel: id, ...message })),
  );
  emit("messages", id);
}

function markRead() {
  const open = channel(openChannel());
  if (open && !isHome()) open.unread = 0;
}

function onMessage(message) {
  const isNew = putMessage(message);
  const here = message.channel === openChannel() && !isHome();
  const target = channel(message.channel);
  if (isNew && !here && target && message.user !== session.as) target.unread = (target.unread ?? 0) + 1;
  emit("messages", message.channel);
  sidebar.show();
}

function showViews(views) {
  store.views = views ?? [];
  modals.show(store.views);
}

const HANDLERS = {
  message: onMessage,
  message_changed: (message) => {
    putMessage(message);
    emit("messages", message.channel);
  },
  message_deleted: ({ channel: id, ts }) => {
    dropMessage(id, ts);
    emit("messages", id);
  },
  views: ({ views }) => showViews(views),
  home: ({ view }) => showHome(view),
  clock: (clock) => {
    setClock(clock);
    emit("clock");
    emit("messages", openChannel());
  },
  state: () => refreshState(),
  prompts: (found) => {
    putPrompts(found);
    emit("prompts");
  },
};

async function refreshState() {
  const state = await api.state();
  if (state.ok === false) return;
  applyState(state);
  markRead();
  topbar.show();
  sidebar.show();
  conversation.showHead();
}

async function refreshViews() {
  const { as } = session;
  const answer = await upToDate(api.views);
  if (as === session.as && answer.ok !== false) showViews(answer.views);
}

/** After a lost connection everything on screen may be old. */
async function catchUp() {
  await Promise.all([refreshState(), refreshViews(), openChannel() && loadMessages(openChannel())]);
  if (isHome()) showHome((await upToDate(api.home)).view);
}

/** Resolves when news arrive, so that nothing can happen unseen between reading and listening. */
function connect() {
  let wasUp = false;
  stopListening();
  const { as } = session;
  return new Promise((resolve) => {
    stopListening = listen(as, {
      onEvent: (name, data) => {
        if (as !== session.as) return;
        news += 1;
        HANDLERS[name](data);
      },
      onUp: () => {
        lost.hidden = true;
        root.dataset.connected = "true";
        if (wasUp) catchUp();
        wasUp = true;
        resolve();
      },
      onDown: () => {
        lost.textContent = t("connection.lost");
        lost.hidden = false;
        root.dataset.connected = "false";
      },
    });
  });
}

function viewAs(id) {
  session.as = id;
  writeAddress({ push: true });
  boot();
}

async function boot() {
  const address = readAddress();
  const mine = (boots += 1);
  root.dataset.ready = "false";
  session.as = address.as;
  thread.close();
  store.views = [];
  modals.leave();
  store.messages.clear();
  store.home = null;
  session.place = null;
  const state = await api.state();
  if (mine !== boots) return;
  if (state.ok === false) {
    setLocale(navigator.language);
    refused(state);
    if (state.error === "http_404") history.replaceState(null, "", location.pathname);
    setTimeout(boot, BOOT_PAUSE);
    return;
  }
  applyState(state);
  session.as = store.me.id;
  setLocale(store.me.locale, store.clock?.tz);
  document.title = `${store.app.name} · ${store.team.name}`;
  skip.textContent = t("sidebar.skip");
  topbar.show();
  await connect();
  if (mine !== boots) return;
  go(isPlace(address.place) ? address.place : "app", address.tab, { push: false });
  writeAddress({ push: false });
  await refreshViews();
  root.dataset.ready = "true";
  root.dataset.as = session.as;
}

on("views-stale", refreshViews);
on("thread", () => root.classList.toggle("app--thread", Boolean(session.thread)));
addEventListener("popstate", () => {
  const address = readAddress();
  if (address.as !== session.as) boot();
  else go(isPlace(address.place) ? address.place : "app", address.tab, { push: false });
});
replace(root, skip, topbar.node, sidebar.node, sidebar.veil, conversation.node, thread.node, lost);
boot();
