/* Inputs for typing: text, number, e-mail, web address. */

import { debounce, h, isComposing } from "./dom.js";
import { textString } from "./mrkdwn.js";

const COUNT_FROM = 0.8;

/** Slack counts characters, not UTF-16 halves. */
export function lengthOf(text) {
  return [...text].length;
}

function reports(slot, moment) {
  const moments = slot.element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  return slot.dispatches && moments.includes(moment);
}

function counter(slot, node) {
  const max = slot.element.max_length;
  if (!max) return null;
  const label = h("span", { class: "field__counter", data: { testid: "counter" }, "aria-hidden": "true" });
  const update = () => {
    const left = max - lengthOf(node.value);
    label.textContent = String(left);
    label.hidden = lengthOf(node.value) < max * COUNT_FROM && max > 60;
    label.classList.toggle("field__counter--over", left < 0);
  };
  node.addEventListener("input", update);
  update();
  return label;
}

function grow(node) {
  const fit = () => {
    node.style.height = "auto";
    if (node.scrollHeight) node.style.height = `${Math.min(node.scrollHeight + 2, 320)}px`;
  };
  node.addEventListener("input", fit);
  requestAnimationFrame(fit);
}

function typed(slot, node) {
  const keep = () => slot.surface.set(slot.blockId, slot.element, node.value === "" ? null : node.value);
  // A window that was sent or closed since has nothing more to tell.
  const report = () => node.isConnected && slot.press({ value: node.value });
  const reportSoon = debounce(report, 400);
  node.addEventListener("input", () => {
    keep();
    if (reports(slot, "on_character_entered") && !node.isComposingText) reportSoon();
  });
  node.addEventListener("compositionstart", () => (node.isComposingText = true));
  node.addEventListener("compositionend", () => {
    node.isComposingText = false;
    if (reports(slot, "on_character_entered")) reportSoon();
  });
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || isComposing(event) || !reports(slot, "on_enter_pressed")) return;
    event.preventDefault();
    event.stopPropagation();
    report();
  });
}

function build(slot, tag, extra) {
  const { element } = slot;
  const node = h(
    tag,
    slot.props({
      class: ["text", tag === "textarea" && "text--area"],
      placeholder: textString(element.placeholder) || null,
      autocomplete: "off",
      ...extra,
    }),
  );
  node.value = slot.value ?? "";
  typed(slot, node);
  if (tag === "textarea") grow(node);
  return h("div", { class: "text-frame" }, node, counter(slot, node));
}

export function textInput(slot) {
  if (slot.element.multiline) return build(slot, "textarea", { rows: "3" });
  return build(slot, "input", { type: "text" });
}

export function numberInput(slot) {
  return build(slot, "input", { type: "text", inputmode: slot.element.is_decimal_allowed ? "decimal" : "numeric" });
}

export function emailInput(slot) {
  return build(slot, "input", { type: "email" });
}

export function urlInput(slot) {
  return build(slot, "input", { type: "url", inputmode: "url" });
}
