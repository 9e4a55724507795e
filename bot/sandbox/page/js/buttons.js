/* Elements that are pressed: button, overflow menu, feedback and icon buttons. */

import { h } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { menuButton } from "./menu.js";
import { safeUrl, textNodes, textString } from "./mrkdwn.js";

/** On a press: asks the element's question, then runs, once at a time, and shows that it is busy meanwhile. */
function onPress(slot, node, run) {
  node.addEventListener("click", async () => {
    if (node.getAttribute("aria-busy") === "true" || !(await slot.agreed())) return;
    node.setAttribute("aria-busy", "true");
    await run();
    node.removeAttribute("aria-busy");
  });
}

export function button(slot) {
  const { element } = slot;
  const style = element.style ? `button--${element.style}` : null;
  const label = element.accessibility_label ?? null;
  const props = slot.props({ type: "button", class: ["button", style], "aria-label": label, value: element.value });
  const node = h("button", props, h("span", { class: "button__text" }, ...textNodes(element.text)));
  onPress(slot, node, async () => {
    const url = safeUrl(element.url ?? "");
    if (url) open(url, "_blank", "noopener,noreferrer");
    await slot.tell({ value: element.value ?? null });
  });
  return node;
}

export function overflow(slot) {
  const { element } = slot;
  const items = () =>
    (element.options ?? []).map((option) => ({
      label: textString(option.text),
      detail: option.description && textString(option.description),
      data: { value: option.value },
      run: () => {
        const url = safeUrl(option.url ?? "");
        if (url) open(url, "_blank", "noopener,noreferrer");
        slot.press({ selected_option: option });
      },
    }));
  const props = slot.props({
    class: "button button--icon",
    "aria-label": slot.element.accessibility_label ?? t("message.more"),
  });
  return menuButton(props, icon("moreAcross"), items, { label: t("message.more"), align: "end" });
}

function thumb(slot, side, item, group) {
  const label = item.accessibility_label ?? textString(item.text);
  const props = {
    type: "button",
    class: "button button--thumb",
    title: textString(item.text),
    "aria-label": label,
    "aria-pressed": "false",
    value: item.value,
    data: { testid: `feedback-${side}`, actionId: slot.element.action_id, blockId: slot.blockId },
  };
  const node = h("button", props, icon(side === "positive" ? "thumbUp" : "thumbDown"));
  const run = async () => {
    if (!(await slot.tell({ value: item.value, text: item.text }))) return;
    group.forEach((other) => other.setAttribute("aria-pressed", String(other === node)));
  };
  onPress(slot, node, run);
  return node;
}

export function feedback(slot) {
  const { positive_button: positive, negative_button: negative } = slot.element;
  const group = [];
  group.push(thumb(slot, "positive", positive, group), thumb(slot, "negative", negative, group));
  return h("div", { class: "feedback", role: "group", "aria-label": t("message.feedback") }, ...group);
}

export function iconButton(slot) {
  const { element } = slot;
  const label = element.accessibility_label ?? textString(element.text);
  const props = slot.props({
    type: "button",
    class: "button button--thumb",
    "aria-label": label,
    title: textString(element.text),
  });
  const node = h("button", props, icon("trash"));
  onPress(slot, node, () => slot.tell({ value: element.value ?? null }));
  return node;
}
