/* rich_text blocks → DOM nodes. */

import { dateTokens } from "./dates.js";
import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { broadcast, channelMention, link, mention } from "./mrkdwn.js";

const WRAPPERS = [
  ["code", "code"],
  ["bold", "strong"],
  ["italic", "em"],
  ["strike", "s"],
  ["underline", "u"],
];

function lines(text) {
  return text.split("\n").flatMap((line, index) => (index ? [h("br"), line] : [line]));
}

const PARTS = {
  text: (part) => lines(part.text),
  link: (part) => [link(part.url, part.text ?? part.url)],
  user: (part) => [mention(part.user_id)],
  channel: (part) => [channelMention(part.channel_id)],
  usergroup: (part) => [h("span", { class: "mention" }, `@${part.usergroup_id}`)],
  broadcast: (part) => [broadcast(part.range)],
  emoji: (part) => [emoji(part.name) ?? `:${part.name}:`],
  date: (part) => [h("time", {}, dateTokens(part.timestamp, part.format, part.fallback))],
  color: (part) => [h("span", { class: "code" }, part.value)],
};

function styled(part) {
  const nodes = PARTS[part.type]?.(part) ?? [part.text ?? ""];
  return WRAPPERS.reduce((inner, [style, tag]) => {
    if (!part.style?.[style]) return inner;
    return [h(tag, { class: tag === "code" ? "code" : null }, ...inner)];
  }, nodes);
}

function inlineParts(elements) {
  return (elements ?? []).flatMap(styled);
}

function plainParts(elements) {
  return (elements ?? []).map((part) => part.text ?? part.url ?? "").join("");
}

function list(element) {
  const tag = element.style === "ordered" ? "ol" : "ul";
  const props = {
    class: ["rich-list", `rich-list--${element.indent ?? 0}`],
    start: element.offset ? element.offset + 1 : null,
  };
  return h(tag, props, ...(element.elements ?? []).map((item) => h("li", {}, ...inlineParts(item.elements))));
}

const SECTIONS = {
  rich_text_section: (element) => h("div", {}, ...inlineParts(element.elements)),
  rich_text_list: list,
  rich_text_preformatted: (element) => h("pre", { class: "pre" }, plainParts(element.elements)),
  rich_text_quote: (element) => h("blockquote", { class: "quote" }, ...inlineParts(element.elements)),
};

export function richText(block) {
  return (block.elements ?? []).map((element) => SECTIONS[element.type]?.(element) ?? null);
}
