/* A list whose active option is moved from a text field that keeps the focus (aria-activedescendant). */

import { h, uid } from "./dom.js";

/** groups: [{label?, items: [{key, nodes, chosen?, disabled?, data?}]}]; onPick gets the item. */
export class Listbox {
  constructor({ label, multi = false, testid, onPick }) {
    this.id = uid("list");
    this.onPick = onPick;
    this.testid = testid;
    this.items = [];
    this.active = -1;
    this.node = h("div", {
      class: "listbox",
      role: "listbox",
      id: this.id,
      "aria-label": label,
      "aria-multiselectable": multi ? "true" : null,
    });
    this.node.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  /** Begins at the option `stay`, else at the chosen one, else at the first. */
  show(groups, note, stay = null) {
    this.items = [];
    this.nodes = [];
    const parts = groups.filter((group) => group.items.length).map((group) => this.group(group));
    const message = note && h("div", { class: "listbox__note", data: { testid: "select-note" } }, note);
    this.node.replaceChildren(...parts, ...(message ? [message] : []));
    const start = [(item) => stay !== null && item.key === stay, (item) => item.chosen].map((test) =>
      this.items.findIndex(test),
    );
    this.activate(start.find((index) => index >= 0) ?? 0);
  }

  group({ label, items }) {
    const options = items.map((item) => this.option(item));
    if (!label) return h("div", { role: "presentation" }, ...options);
    const id = uid("group");
    return h(
      "div",
      { role: "group", "aria-labelledby": id },
      h("div", { class: "listbox__group", id }, label),
      ...options,
    );
  }

  option(item) {
    const index = this.items.length;
    const node = h(
      "div",
      {
        class: "listbox__option",
        role: "option",
        id: `${this.id}-${index}`,
        "aria-selected": String(Boolean(item.chosen)),
        "aria-disabled": item.disabled ? "true" : null,
        data: { testid: this.testid, ...item.data },
      },
      ...item.nodes,
    );
    node.addEventListener("click", () => item.disabled || this.onPick(item));
    node.addEventListener("pointermove", () => this.active !== index && this.activate(index, false));
    this.items.push(item);
    this.nodes.push(node);
    return node;
  }

  activate(index, scroll = true) {
    this.active = this.items.length ? (index + this.items.length) % this.items.length : -1;
    this.nodes?.forEach((node, at) => node.classList.toggle("listbox__option--active", at === this.active));
    const node = this.nodes?.[this.active];
    if (scroll) node?.scrollIntoView({ block: "nearest" });
    this.owner?.setAttribute("aria-activedescendant", node?.id ?? "");
  }

  /** Handles the keys that belong to the list; true when one was used. */
  key(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    if (event.key in steps && this.items.length) {
      const next = this.active + steps[event.key];
      const far = Math.abs(steps[event.key]) > 1;
      this.activate(far ? Math.max(0, Math.min(next, this.items.length - 1)) : next);
      return true;
    }
    return false;
  }

  pickActive() {
    const item = this.items[this.active];
    if (!item || item.disabled) return false;
    this.onPick(item);
    return true;
  }
}
