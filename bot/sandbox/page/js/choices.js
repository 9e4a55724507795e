/* Radio buttons and checkboxes. */

import { h, uid } from "./dom.js";
import { textNodes } from "./mrkdwn.js";

function group(slot, type, role, isChosen, onToggle) {
  const { element } = slot;
  const name = uid("choice");
  const boxes = (element.options ?? []).map((option, index) => {
    const id = index === 0 && slot.field ? slot.field.id : uid("option");
    const box = h("input", {
      type,
      name,
      id,
      value: option.value,
      checked: isChosen(option),
      class: "choice__box",
      data: { testid: "choice", value: option.value },
      "aria-describedby": option.description ? `${id}-detail` : null,
    });
    box.checked = isChosen(option);
    box.addEventListener("change", () => onToggle(option, box.checked));
    const detail =
      option.description &&
      h("span", { class: "choice__detail", id: `${id}-detail` }, ...textNodes(option.description));
    return h(
      "div",
      { class: "choice" },
      box,
      h("label", { class: "choice__text", for: id }, h("span", {}, ...textNodes(option.text)), detail),
    );
  });
  return h("div", slot.props({ class: "choices", role, id: null }), ...boxes);
}

function reset(root, isChosen) {
  root.querySelectorAll("input").forEach((box) => (box.checked = isChosen(box.value)));
}

export function radioButtons(slot) {
  const isChosen = (option) => slot.value?.value === option.value;
  const root = group(slot, "radio", "radiogroup", isChosen, (option) =>
    slot.choose(option, (before) => reset(root, (value) => value === before?.value)),
  );
  return root;
}

export function checkboxes(slot) {
  const chosen = () => slot.value ?? [];
  const isChosen = (option) => chosen().some((item) => item.value === option.value);
  const root = group(slot, "checkbox", "group", isChosen, (option, on) => {
    const wanted = (item) => (item.value === option.value ? on : isChosen(item));
    slot.choose(slot.element.options.filter(wanted), (before) =>
      reset(root, (value) => before.some((item) => item.value === value)),
    );
  });
  return root;
}
