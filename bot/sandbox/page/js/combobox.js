/* Type-ahead choice of one or several options, local or from the bot, by mouse, touch or keyboard. */

import { debounce, h, isComposing, replace } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { Listbox } from "./listbox.js";
import { openPopup } from "./popup.js";

const TYPING_PAUSE = 180;

/**
 * model: {multi, max, minQuery, remote: whether find() asks the bot, placeholder, clearable, label, props,
 * selected() → entries, find(text) → groups or a promise of them, change(entries, undo)}; an entry is {key, label, detail?, raw}; a group is {label?, entries}.
 */
export class Combobox {
  constructor(model) {
    this.model = model;
    this.popup = null;
    this.stay = null;
    this.round = 0;
    this.typed = false;
    this.searchSoon = debounce(() => this.load(), TYPING_PAUSE);
    this.list = new Listbox({
      label: model.label,
      multi: model.multi,
      testid: "select-option",
      onPick: (item) => this.pick(item.entry),
    });
    this.input = this.buildInput();
    this.list.owner = this.input;
    this.chips = h("div", { class: "combo__chips" });
    this.clear = h(
      "button",
      {
        type: "button",
        class: "combo__clear",
        tabindex: "-1",
        "aria-label": t("select.clear"),
        onclick: () => this.clearAll(),
      },
      icon("close", 14),
    );
    this.node = h(
      "div",
      { class: ["combo", model.multi && "combo--multi"], data: { testid: "select" } },
      this.chips,
      this.input,
      this.clear,
      h("span", { class: "combo__caret" }, icon("down", 16)),
    );
    this.node.addEventListener("pointerdown", (event) => this.pressed(event));
    this.showSelection();
  }

  buildInput() {
    const input = h("input", {
      ...this.model.props,
      class: "combo__input",
      type: "text",
      role: "combobox",
      autocomplete: "off",
      spellcheck: "false",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.list.id,
      "aria-haspopup": "listbox",
    });
    input.addEventListener("input", (event) => this.onInput(event));
    input.addEventListener("compositionend", () => this.onInput({}));
    input.addEventListener("keydown", (event) => this.onKey(event));
    input.addEventListener("blur", () => this.close());
    return input;
  }

  get selected() {
    return this.model.selected();
  }

  showSelection() {
    const { multi, placeholder, clearable } = this.model;
    const selected = this.selected;
    if (multi)
      replace(
        this.chips,
        selected.map((entry) => this.chip(entry)),
      );
    else this.input.value = selected[0]?.label ?? "";
    this.input.placeholder = multi && selected.length ? "" : placeholder;
    this.clear.hidden = !clearable || multi || !selected.length;
    this.node.classList.toggle("combo--chosen", selected.length > 0);
  }

  chip(entry) {
    const remove = h(
      "button",
      { type: "button", class: "chip__remove", "aria-label": t("select.remove", { name: entry.label }) },
      icon("close", 12),
    );
    remove.addEventListener("click", () => {
      this.change(this.selected.filter((item) => item.key !== entry.key));
      this.input.focus();
    });
    return h(
      "span",
      { class: "chip", data: { testid: "chip", value: entry.key } },
      h("span", { class: "chip__text" }, entry.label),
      remove,
    );
  }

  pressed(event) {
    if (event.target.closest("button")) return;
    if (event.target !== this.input) event.preventDefault();
    this.input.focus();
    if (this.popup && event.target !== this.input) this.close();
    else this.open();
  }

  open({ typing = false } = {}) {
    if (this.popup) return;
    this.typed = typing;
    this.popup = openPopup(this.node, this.list.node, {
      matchWidth: true,
      onClose: () => {
        this.popup = null;
        this.close();
      },
    });
    this.input.setAttribute("aria-expanded", "true");
    if (typing) return;
    if (!this.model.multi) this.input.select();
    this.load();
  }

  close() {
    this.searchSoon.cancel();
    this.round += 1;
    const popup = this.popup;
    this.popup = null;
    popup?.close();
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    if (this.model.clearable && !this.model.multi && this.typed && !this.input.value && this.selected.length)
      this.model.change([]);
    if (this.model.multi) this.input.value = "";
    this.typed = false;
    this.showSelection();
  }

  onInput(event) {
    if (event.isComposing) return;
    this.open({ typing: true });
    this.typed = true;
    if (this.model.remote) this.searchSoon();
    else this.load();
  }

  onKey(event) {
    if (isComposing(event)) return;
    if (!this.popup) {
      if (["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) {
        event.preventDefault();
        event.stopPropagation();
        this.open();
      } else if (event.key === "Backspace" && this.model.multi && !this.input.value) {
        this.change(this.selected.slice(0, -1));
      }
      return;
    }
    if (this.list.key(event)) event.preventDefault();
    else if (event.key === "Enter") {
      event.preventDefault();
      event.stopPropagation();
      this.list.pickActive();
    } else if (event.key === "Backspace" && this.model.multi && !this.input.value) {
      this.change(this.selected.slice(0, -1));
      this.load();
    }
  }

  async load() {
    const text = this.typed || this.model.multi ? this.input.value.trim() : "";
    const missing = (this.model.minQuery ?? 0) - [...text].length;
    this.round += 1;
    if (missing > 0) return this.show([], t("select.keepTyping", { n: missing }));
    const round = this.round;
    const found = this.model.find(text);
    if (found instanceof Promise) this.show([], t("select.loading"));
    const groups = await found;
    if (round !== this.round) return undefined;
    if (!groups) return this.show([], t("select.failed"));
    return this.show(groups, groups.some((group) => group.entries.length) ? null : t("select.none"));
  }

  show(groups, note) {
    const chosen = new Set(this.selected.map((entry) => entry.key));
    const full = this.model.multi && this.model.max && chosen.size >= this.model.max;
    const items = groups.map((group) => ({
      label: group.label,
      items: group.entries.map((entry) => ({
        entry,
        key: entry.key,
        chosen: chosen.has(entry.key),
        disabled: full && !chosen.has(entry.key),
        data: { value: entry.key },
        nodes: [
          h(
            "span",
            { class: "listbox__text" },
            h("span", {}, entry.label),
            entry.detail && h("span", { class: "listbox__detail" }, entry.detail),
          ),
          chosen.has(entry.key) && icon("check", 16),
        ].filter(Boolean),
      })),
    }));
    this.list.show(items, note, this.stay);
    this.stay = groups.length ? null : this.stay;
    this.popup?.place();
  }

  pick(entry) {
    if (!this.model.multi) {
      this.typed = false;
      this.change([entry]);
      this.close();
      this.input.select();
      return;
    }
    const selected = this.selected;
    const has = selected.some((item) => item.key === entry.key);
    this.input.value = "";
    this.stay = entry.key;
    this.change(has ? selected.filter((item) => item.key !== entry.key) : [...selected, entry]);
    this.load();
  }

  clearAll() {
    this.change([]);
    this.input.focus();
  }

  change(entries) {
    this.model.change(entries, () => this.showSelection());
    this.showSelection();
  }
}
