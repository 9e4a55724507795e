/* One message: who, when, blocks or text, and the menu that appears on it. */

import { api } from "./api.js";
import { showBlocks } from "./blocks.js";
import { clockTime, moment } from "./dates.js";
import { h } from "./dom.js";
import { languageOf, t } from "./i18n.js";
import { icon } from "./icons.js";
import { menuButton } from "./menu.js";
import { decode, mrkdwn } from "./mrkdwn.js";
import { appBadge, avatar } from "./people.js";
import { channel, isApp, nameOf, session, store } from "./store.js";
import { Surface } from "./surface.js";
import { refused, toast } from "./toast.js";

const surfaces = new Map();

export function shownAt(message) {
  return new Date(message.shown_at ?? Number(message.ts) * 1000);
}

export function authorName(message) {
  const named = message.username && message.username !== message.user;
  return named ? message.username : nameOf(message.user);
}

function surfaceOf(message) {
  const key = `${session.as} ${message.channel} ${message.ts}`;
  if (!surfaces.has(key)) {
    const container = { type: "message", channel: message.channel, message_ts: message.ts };
    surfaces.set(key, new Surface(container));
  }
  return surfaces.get(key);
}

function joined(message) {
  const name = message.inviter && nameOf(message.inviter);
  const place = `#${channel(message.channel)?.name ?? ""}`;
  const words = name ? t("message.addedBy", { name, place }) : t("message.joined", { place });
  return h("div", { class: "message__text message__text--soft" }, words);
}

function body(message, known) {
  if (message.subtype === "channel_join") return joined(message);
  if (!message.blocks?.length) {
    const edited = message.edited && h("span", { class: "message__edited" }, ` ${t("message.edited")}`);
    const lang = languageOf(message.text ?? "");
    return h("div", { class: "message__text", lang }, ...mrkdwn(message.text), edited);
  }
  const host = known ?? h("div", { class: "blocks" });
  showBlocks(host, message.blocks, surfaceOf(message));
  return host;
}

function files(message) {
  if (!message.files?.length) return null;
  const links = message.files.map((file) =>
    h(
      "a",
      {
        class: "file",
        href: api.fileUrl(message.channel, file.id),
        download: file.name,
        data: { testid: "file", fileId: file.id },
      },
      icon("file"),
      h("span", { class: "file__name" }, file.title),
    ),
  );
  return h("div", { class: "files" }, ...links);
}

async function copy(message) {
  await navigator.clipboard?.writeText(decode(message.text ?? ""));
  toast(t("message.copied"));
}

function menuItems(message) {
  const items = [{ label: t("message.copy"), before: icon("copy"), run: () => copy(message) }];
  const shortcuts = message.ephemeral ? [] : store.shortcuts.filter((shortcut) => shortcut.type === "message");
  if (shortcuts.length) items.push({ separator: true }, { heading: store.app.name });
  shortcuts.forEach((shortcut) =>
    items.push({
      label: shortcut.name,
      before: avatar(store.app.bot_user_id, 20),
      data: { callbackId: shortcut.callback_id },
      run: async () =>
        refused(await api.shortcut(shortcut.callback_id, { channel: message.channel, message_ts: message.ts })),
    }),
  );
  return items;
}

function toolbar(message, { onReply }) {
  const reply =
    onReply &&
    !message.ephemeral &&
    h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": t("message.reply"),
        title: t("message.reply"),
        data: { testid: "message-reply" },
        onclick: onReply,
      },
      icon("reply"),
    );
  const more = menuButton(
    {
      class: "icon-button",
      "aria-label": t("message.more"),
      title: t("message.more"),
      data: { testid: "message-more" },
    },
    icon("more"),
    () => menuItems(message),
    { label: t("message.more"), align: "end" },
  );
  return h("div", { class: "message__tools", role: "group" }, reply, more);
}

function time(message) {
  const at = shownAt(message);
  return h("time", { class: "message__time", datetime: at.toISOString(), title: moment(at) }, clockTime(at));
}

function headline(message) {
  return h(
    "div",
    { class: "message__head" },
    h("span", { class: "message__author" }, authorName(message)),
    isApp(message.user) && appBadge(),
    time(message),
  );
}

function repliesLink(replies, onReply) {
  if (!replies.length) return null;
  const faces = [...new Set(replies.map((reply) => reply.user))].slice(0, 4).map((id) => avatar(id, 24));
  const count = replies.length === 1 ? t("message.oneReply") : t("message.replies", { n: replies.length });
  return h(
    "button",
    { type: "button", class: "replies", data: { testid: "thread-open" }, onclick: onReply },
    ...faces,
    h("span", {}, count),
  );
}

/** `known` is the node that showed this message before; its unchanged blocks are used again. */
export function messageNode(message, { grouped, replies = [], onReply, known }) {
  const marker =
    message.ephemeral &&
    h("div", { class: "message__ephemeral", data: { testid: "ephemeral" } }, icon("eye", 14), t("message.ephemeral"));
  const aside = grouped
    ? h("span", { class: "message__aside-time", "aria-hidden": "true" }, clockTime(shownAt(message)))
    : avatar(message.user, 36, authorName(message));
  return h(
    "article",
    {
      class: ["message", grouped && "message--grouped", message.ephemeral && "message--ephemeral"],
      tabindex: "-1",
      "aria-label": `${authorName(message)}, ${moment(shownAt(message))}`,
      data: { testid: "message", ts: message.ts, user: message.user, ephemeral: message.ephemeral ? "true" : "false" },
    },
    h("div", { class: "message__aside" }, aside),
    h(
      "div",
      { class: "message__main" },
      marker,
      !grouped && headline(message),
      body(message, known?.querySelector(".blocks")),
      files(message),
      repliesLink(replies, onReply),
    ),
    toolbar(message, { onReply }),
  );
}
