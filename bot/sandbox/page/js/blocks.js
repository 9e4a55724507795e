/* Block Kit blocks → DOM nodes, laid out as Slack lays them out. */

import { chart } from "./chart.js";
import { controls } from "./controls.js";
import { h, replace, sync, uid } from "./dom.js";
import { bequeath, controlsIn, keepFocus } from "./focus.js";
import { languageOf, t } from "./i18n.js";
import { icon } from "./icons.js";
import { markdown } from "./markdown.js";
import { safeUrl, textNodes, textString } from "./mrkdwn.js";
import { whenReleased } from "./press.js";
import { richText } from "./richtext.js";
import { Slot } from "./surface.js";

function element(surface, blockId, item, options) {
  const build = controls[item.type];
  return build ? build(new Slot(surface, blockId, item, options)) : unknown(item.type);
}

function unknown(type) {
  return h("div", { class: "unknown" }, t("message.unknownBlock", { type }));
}

function picture(item, className) {
  const url = safeUrl(item.image_url ?? item.slack_file?.url ?? "");
  const props = {
    class: className,
    src: url,
    alt: item.alt_text ?? "",
    loading: "lazy",
    referrerpolicy: "no-referrer",
  };
  return url ? h("img", props) : h("span", { class: "unknown" }, item.alt_text ?? "");
}

function section(block, surface) {
  const fields = block.fields?.length
    ? h(
        "div",
        { class: "section__fields" },
        ...block.fields.map((field) => h("div", { class: "section__field" }, ...textNodes(field))),
      )
    : null;
  const text = block.text ? h("div", { class: "section__text" }, ...textNodes(block.text)) : null;
  const accessory = block.accessory && accessoryNode(block, surface);
  return h(
    "div",
    { class: ["section", accessory && "section--with-accessory"] },
    h("div", { class: "section__main" }, text, fields),
    accessory,
  );
}

function accessoryNode(block, surface) {
  const item = block.accessory;
  if (item.type === "image") return h("div", { class: "section__accessory" }, picture(item, "section__image"));
  const below = ["radio_buttons", "checkboxes"].includes(item.type);
  const label = textString(block.text).slice(0, 120) || null;
  const labelled = item.type === "button" ? {} : { label };
  return h(
    "div",
    { class: ["section__accessory", below && "section__accessory--below"] },
    element(surface, block.block_id, item, labelled),
  );
}

function context(block) {
  const parts = (block.elements ?? []).map((item) =>
    item.type === "image" ? picture(item, "context__image") : h("span", { class: "context__text" }, ...textNodes(item)),
  );
  return h("div", { class: "context" }, ...parts);
}

function actions(block, surface) {
  return h(
    "div",
    { class: "actions" },
    ...(block.elements ?? []).map((item) => element(surface, block.block_id, item)),
  );
}

function image(block) {
  const title = block.title ? h("figcaption", { class: "image__title" }, ...textNodes(block.title)) : null;
  return h("figure", { class: "image" }, title, picture(block, "image__picture"));
}

const GROUPS = ["radio_buttons", "checkboxes"];

function input(block, surface) {
  const id = uid("field");
  const field = { id, labelId: `${id}-label`, describedBy: `${id}-error ${id}-hint`, required: !block.optional };
  const optional = block.optional && h("span", { class: "field__optional" }, t("input.optional"));
  const isGroup = GROUPS.includes(block.element.type);
  const label = h(
    isGroup ? "div" : "label",
    { class: "field__label", id: field.labelId, for: isGroup ? null : id },
    ...textNodes(block.label),
    optional,
  );
  const control = element(surface, block.block_id, block.element, {
    field,
    dispatches: Boolean(block.dispatch_action),
  });
  const error = h("div", { class: "field__error", id: `${id}-error`, "aria-live": "polite" });
  const hint = h("div", { class: "field__hint", id: `${id}-hint` }, ...textNodes(block.hint));
  return h("div", { class: "field" }, label, control, error, hint);
}

const BLOCKS = {
  section,
  header: (block) => h("h3", { class: "header" }, ...textNodes(block.text)),
  context,
  actions,
  context_actions: actions,
  data_visualization: chart,
  divider: () => h("hr", { class: "divider" }),
  image,
  input,
  rich_text: (block) => h("div", { class: "rich" }, ...richText(block)),
  markdown: (block) => h("div", { class: "rich" }, ...markdown(block.text)),
};

function render(block, surface) {
  const node = BLOCKS[block.type]?.(block, surface) ?? unknown(block.type);
  const lang = languageOf(node.textContent);
  const data = { testid: "block", blockType: block.type, blockId: block.block_id };
  return h("div", { class: `block block--${block.type}`, lang, data }, node);
}

/** Shows `blocks` in `host`; a block that has not changed keeps its very node, and so its typing and its focus. */
export function showBlocks(host, blocks, surface) {
  whenReleased(host, () => renew(host, blocks, surface));
}

function renew(host, blocks, surface) {
  const before = host.knownBlocks ?? new Map();
  const controlsBefore = controlsIn(host);
  const had = host.contains(document.activeElement) ? document.activeElement : null;
  const after = new Map();
  const nodes = (blocks ?? []).map((block, index) => {
    const source = JSON.stringify(block);
    const key = block.block_id ?? `#${index}`;
    const known = before.get(key);
    const node = known?.source === source ? known.node : render(block, surface);
    after.set(key, { source, node });
    return node;
  });
  surface.retain(new Set((blocks ?? []).map((block) => block.block_id)));
  host.knownBlocks = after;
  sync(host, nodes);
  bequeath(controlsBefore, host);
  keepFocus(had, () => host.closest("[tabindex]"));
}

/** Writes a field's error at the field, or takes it away. */
export function setFieldError(host, blockId, sentence) {
  const node = [...host.querySelectorAll(".block--input")].find((item) => item.dataset.blockId === blockId);
  const slot = node?.querySelector(".field__error");
  if (!slot) return null;
  const note =
    sentence && h("span", { data: { testid: "field-error", blockId } }, icon("alert", 16), h("span", {}, sentence));
  replace(slot, note);
  node.classList.toggle("block--invalid", Boolean(sentence));
  node.querySelectorAll("[data-action-id]").forEach((control) => {
    if (sentence) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  });
  return node;
}
