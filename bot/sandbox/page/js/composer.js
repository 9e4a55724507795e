/* Where messages and commands are written: Enter sends, Shift+Enter breaks the line, "/" and "@" offer a list. */

import { api } from "./api.js";
import { Completion } from "./completion.js";
import { h, isComposing, uid } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { menuButton } from "./menu.js";
import { avatar, commandMark } from "./people.js";
import { session, store } from "./store.js";
import { refused } from "./toast.js";

const drafts = new Map();
const MAX_HEIGHT = 240;

export class Composer {
  /** where: {channel, threadTs?, name, commands: whether slash commands work here, onSend?}. */
  constructor(where) {
    this.where = where;
    this.key = `${session.as} ${where.channel} ${where.threadTs ?? ""}`;
    this.hint = h("div", {
      class: "composer__hint",
      id: uid("hint"),
      data: { testid: "command-hint" },
      "aria-live": "polite",
      hidden: true,
    });
    this.text = this.textArea();
    this.sendButton = h(
      "button",
      {
        type: "button",
        class: "composer__send",
        "aria-label": t("composer.send"),
        title: t("composer.send"),
        data: { testid: where.threadTs ? "thread-send" : "send" },
        onclick: () => this.send(),
      },
      icon("send", 18),
    );
    this.box = h(
      "div",
      { class: "composer__box" },
      this.text,
      h("div", { class: "composer__bar" }, this.tools(), this.sendButton),
    );
    this.node = h(
      "div",
      { class: "composer" },
      this.hint,
      this.box,
      h("div", { class: "composer__foot" }, t("composer.newline")),
    );
    this.completion = new Completion(this.text, this.box, { commands: where.commands, onChange: () => this.changed() });
    this.text.value = drafts.get(this.key) ?? "";
    this.changed();
  }

  textArea() {
    const placeholder = this.where.threadTs ? t("composer.thread") : t("composer.in", { name: this.where.name });
    const text = h("textarea", {
      class: "composer__text",
      rows: "1",
      placeholder,
      "aria-label": placeholder,
      "aria-describedby": this.hint.id,
      enterkeyhint: "send",
      autocomplete: "off",
      data: { testid: this.where.threadTs ? "thread-composer" : "composer" },
    });
    text.addEventListener("input", (event) => {
      this.changed();
      if (!event.isComposing) this.completion.update();
    });
    text.addEventListener("compositionend", () => this.completion.update());
    text.addEventListener("click", () => this.completion.update());
    text.addEventListener("keydown", (event) => this.onKey(event));
    text.addEventListener("blur", () => this.completion.close());
    return text;
  }

  tools() {
    const insert = (sign) => {
      const start = this.text.selectionStart;
      const before = this.text.value.slice(0, start);
      const gap = before && !/\s$/.test(before) ? " " : "";
      this.text.setRangeText(`${gap}${sign}`, start, this.text.selectionEnd, "end");
      this.text.focus();
      this.changed();
      this.completion.update();
    };
    const mention = h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": t("composer.mention"),
        title: t("composer.mention"),
        onclick: () => insert("@"),
      },
      icon("at"),
    );
    if (!this.where.commands) return h("div", { class: "composer__tools" }, mention);
    const picker = h("input", {
      type: "file",
      hidden: true,
      tabindex: "-1",
      data: { testid: "file-input" },
      onchange: () => this.upload(picker),
    });
    const attach = h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": t("composer.attach"),
        title: t("composer.attach"),
        data: { testid: "attach" },
        onclick: () => picker.click(),
      },
      icon("file"),
      picker,
    );
    const props = {
      class: "icon-button",
      "aria-label": t("composer.commands"),
      title: t("composer.commands"),
      data: { testid: "composer-shortcuts" },
    };
    const shortcuts = menuButton(props, icon("bolt"), () => this.shortcuts(), { label: t("composer.commands") });
    return h("div", { class: "composer__tools" }, shortcuts, attach, mention);
  }

  shortcuts() {
    const before = () => avatar(store.app.bot_user_id, 20);
    const global = store.shortcuts
      .filter((shortcut) => shortcut.type === "global")
      .map((shortcut) => ({
        label: shortcut.name,
        before: before(),
        data: { callbackId: shortcut.callback_id },
        run: async () => refused(await api.shortcut(shortcut.callback_id)),
      }));
    const commands = store.commands.map((command) => ({
      label: command.command,
      detail: command.description,
      before: commandMark(command, 20),
      data: { command: command.command },
      run: () => this.write(`${command.command} `),
    }));
    return [...global, ...(global.length && commands.length ? [{ separator: true }] : []), ...commands];
  }

  async upload(picker) {
    const [file] = picker.files;
    if (!file) return;
    picker.value = "";
    this.where.onSend?.();
    refused(await api.upload(this.where.channel, file));
  }

  write(text) {
    this.text.value = text;
    this.text.focus();
    this.changed();
  }

  onKey(event) {
    if (isComposing(event)) return;
    if (this.completion.key(event)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.key !== "Enter" || event.shiftKey || event.altKey) return;
    event.preventDefault();
    this.send();
  }

  changed() {
    const { text } = this;
    drafts.set(this.key, text.value);
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, MAX_HEIGHT)}px`;
    this.sendButton.disabled = !text.value.trim();
    this.showHint();
  }

  /** While arguments are typed, the command's own usage hint stays in sight. */
  showHint() {
    const typed = /^\/\S+(?=\s)/.exec(this.text.value)?.[0];
    const command = this.where.commands && store.commands.find((item) => item.command === typed);
    this.hint.hidden = !command;
    if (!command) return;
    this.hint.replaceChildren(
      commandMark(command, 20),
      h("strong", {}, command.command),
      h("span", { class: "composer__usage" }, command.usage_hint ?? ""),
      h("span", { class: "composer__about" }, command.description ?? ""),
    );
  }

  async send() {
    const typed = this.text.value;
    if (!typed.trim() || this.sending) return;
    this.sending = true;
    this.completion.close();
    this.text.value = "";
    this.changed();
    this.where.onSend?.();
    const answer = await api.send(this.where.channel, typed.trim(), this.where.threadTs);
    this.sending = false;
    const toldBySlackbot = answer.ok === false && !answer.error;
    if (!toldBySlackbot && refused(answer) && !this.text.value) this.write(typed);
  }

  focus() {
    this.text.focus({ preventScroll: true });
  }
}
