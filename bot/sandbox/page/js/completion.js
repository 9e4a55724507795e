/* The list over the composer: commands after "/", people after "@". */

import { h } from "./dom.js";
import { t } from "./i18n.js";
import { Listbox } from "./listbox.js";
import { appBadge, avatar, commandMark, roleHint } from "./people.js";
import { openPopup } from "./popup.js";
import { store } from "./store.js";

function commandItems(typed) {
  return store.commands
    .filter((command) => command.command.startsWith(typed.toLowerCase()))
    .map((command) => ({
      insert: `${command.command} `,
      data: { command: command.command },
      nodes: [
        commandMark(command, 28),
        h(
          "span",
          { class: "listbox__text" },
          h(
            "span",
            {},
            h("strong", {}, command.command),
            h("span", { class: "listbox__usage" }, command.usage_hint ?? ""),
          ),
          h("span", { class: "listbox__detail" }, command.description ?? ""),
        ),
        h("span", { class: "listbox__source" }, command.source),
      ],
    }));
}

function everyone() {
  const app = { id: store.app.bot_user_id, name: store.app.name, badge: true };
  return [app, ...store.people];
}

function personItems(typed) {
  const wanted = typed.toLowerCase();
  return everyone()
    .filter((person) =>
      `${person.name} ${person.real_name ?? ""}`
        .toLowerCase()
        .split(/\s+/)
        .some((word) => word.startsWith(wanted)),
    )
    .map((person) => ({
      insert: `@${person.name} `,
      data: { userId: person.id },
      nodes: [
        avatar(person.id, 24),
        h(
          "span",
          { class: "listbox__text" },
          h("span", {}, h("strong", {}, person.name), person.badge && appBadge()),
          h("span", { class: "listbox__detail" }, roleHint(person.id)),
        ),
      ],
    }));
}

export class Completion {
  constructor(field, anchor, { commands, onChange }) {
    Object.assign(this, { field, anchor, commands, onChange });
    this.popup = null;
    this.list = new Listbox({
      label: t("composer.suggestions"),
      testid: "completion",
      onPick: (item) => this.pick(item),
    });
    this.list.owner = field;
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-haspopup", "listbox");
    field.setAttribute("aria-controls", this.list.id);
  }

  /** The part being completed, as {from, items}, or null. */
  token() {
    const before = this.field.value.slice(0, this.field.selectionStart);
    if (this.commands && /^\/\S*$/.test(before)) return { from: 0, items: commandItems(before) };
    const mention = /(?:^|[\s(（，。：；！？])@([^\s@]*)$/u.exec(before);
    if (mention) return { from: before.length - mention[1].length - 1, items: personItems(mention[1]) };
    return null;
  }

  update() {
    const token = this.token();
    if (!token?.items.length) return this.close();
    this.from = token.from;
    this.popup ??= openPopup(this.anchor, this.list.node, {
      matchWidth: true,
      align: "above",
      onClose: () => this.closed(),
    });
    this.list.show([{ items: token.items }]);
    this.popup.place();
    return undefined;
  }

  closed() {
    this.popup = null;
    this.field.removeAttribute("aria-activedescendant");
  }

  close() {
    this.popup?.close();
  }

  /** True when the key was for the list. What is typed in full is sent by Enter at once. */
  key(event) {
    if (!this.popup) return false;
    if (this.list.key(event)) return true;
    const typed = this.field.value.slice(this.from).trim();
    const complete = this.list.items[this.list.active]?.insert.trim() === typed;
    if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !complete)) return this.list.pickActive();
    return false;
  }

  pick(item) {
    this.field.setRangeText(item.insert, this.from, this.field.selectionStart, "end");
    this.close();
    this.field.focus();
    this.onChange();
  }
}
