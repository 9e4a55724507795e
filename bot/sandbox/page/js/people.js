/* Avatars and names of people and of the app. */

import { h, svg } from "./dom.js";
import { currentLocale, t } from "./i18n.js";
import { icon } from "./icons.js";
import { isApp, nameOf, person, store } from "./store.js";

const COLOURS = ["#8f3a68", "#1d6f8f", "#2f7a52", "#9a5412", "#5a4fb0", "#a8324a", "#3a6b8f", "#6b6a17"];

/** Each person of the workspace has a colour of his own; strangers get one by their id. */
function colour(id) {
  const place = store.people.findIndex((item) => item.id === id);
  if (place >= 0) return COLOURS[place % COLOURS.length];
  const sum = [...id].reduce((total, sign) => total * 31 + sign.codePointAt(0), 7);
  return COLOURS[Math.abs(sum | 0) % COLOURS.length];
}

/** 林悦 → 悦, Grace Porter → GP */
function initials(name) {
  const clean = name.trim();
  if (/^\p{Script=Han}/u.test(clean)) return clean.slice(-1);
  return clean
    .split(/\s+/)
    .map((word) => word[0] ?? "")
    .slice(0, 2)
    .join("")
    .toUpperCase();
}

export function avatar(id, size = 36, name = nameOf(id)) {
  const style = `avatar avatar--${size}`;
  if (isApp(id)) {
    const mark = svg(["M9 23V11.5A3.5 3.5 0 0 1 12.5 8H22", "M9 16h10"], { size: size * 0.9, viewBox: "0 0 32 32" });
    return h("span", { class: `${style} avatar--app`, "aria-hidden": "true" }, mark);
  }
  const node = h("span", { class: style, "aria-hidden": "true" }, initials(name || "?"));
  node.style.backgroundColor = colour(id || "?");
  return node;
}

/** Whose command it is: the app's, or one that Slack has of its own. */
export function commandMark(command, size) {
  if (command.source === store.app.name) return avatar(store.app.bot_user_id, size);
  return h("span", { class: `avatar avatar--${size} avatar--slack`, "aria-hidden": "true" }, icon("slash", size * 0.7));
}

/** A padlock, two linked diamonds for a channel shared with another company, or the hash sign. */
export function channelIcon(channel) {
  if (channel?.is_private) return "lock";
  return channel?.is_shared ? "linked" : "hash";
}

export function appBadge() {
  return h("span", { class: "badge" }, t("app.badge"));
}

/** Whether Slack marks the person: as deactivated, a guest, or of another company. */
export function standing(id) {
  const found = person(id);
  if (found?.is_active === false) return t("person.inactive");
  if (found?.is_external) return t("person.external");
  return found?.is_guest ? t("person.guest") : null;
}

/** The hint says it twice, "客户经理 · account manager"; the viewer's language is enough. */
export function roleHint(id) {
  const parts = (person(id)?.role_hint ?? "").split(" · ");
  return parts[currentLocale() === "zh-CN" ? 0 : parts.length - 1];
}
