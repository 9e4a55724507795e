/* What a person typed → what Slack's client would send: escaped, with mentions and links marked. */

import { store } from "./store.js";

const BROADCASTS = ["channel", "here", "everyone"];

function names() {
  const people = store.people.flatMap((person) => [[person.name, `<@${person.id}>`], [person.real_name, `<@${person.id}>`]]);
  const app = [store.app.name, `<@${store.app.bot_user_id}>`];
  const ranges = BROADCASTS.map((range) => [range, `<!${range}>`]);
  return [...people, app, ...ranges].filter(([name]) => name).sort((a, b) => b[0].length - a[0].length);
}

function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

function pattern(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function withMentions(text) {
  const known = names();
  const any = new RegExp(`(^|[^\\p{L}\\p{N}@])@(${known.map(([name]) => pattern(escaped(name))).join("|")})(?![A-Za-z0-9_])`, "giu");
  const find = (typed) => known.find(([name]) => escaped(name).toLowerCase() === typed.toLowerCase())[1];
  const mentioned = text.replace(any, (_, before, typed) => `${before}${find(typed)}`);
  return store.channels.filter((channel) => channel.kind === "channel").reduce(
    (result, channel) => result.replace(new RegExp(`(^|\\s)#${pattern(escaped(channel.name))}(?=\\s|$)`, "gu"), `$1<#${channel.id}|${channel.name}>`),
    mentioned,
  );
}

/** Commands go out as typed: what a mention becomes there depends on the command's should_escape. */
export function outgoing(typed) {
  const text = typed.trim();
  if (text.startsWith("/")) return text;
  return withMentions(escaped(text)).replace(/(^|\s)(https?:\/\/[^\s<>|]+)/g, "$1<$2>");
}
