/* The white pane: a channel, or the app with its Home and Messages tabs. */

import { Composer } from "./composer.js";
import { h, replace } from "./dom.js";
import { homePanel } from "./home.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { MessageList } from "./messagelist.js";
import { appBadge, avatar, channelIcon, standing } from "./people.js";
import { prompts } from "./prompts.js";
import { channel, messagesIn, nameOf, on, openChannel, session, store } from "./store.js";
import { welcome } from "./welcome.js";

function isMain(message) {
  return !message.thread_ts || message.thread_ts === message.ts;
}

export function channelTitle(place) {
  if (place === "app") return store.app.name;
  const found = channel(place);
  return found?.kind === "dm" ? found.name : `#${found?.name ?? place}`;
}

function emptyNote(isDm, name) {
  const [title, hint] = isDm ? ["empty.dm", "empty.dmHint"] : ["empty.channel", "empty.channelHint"];
  return h(
    "div",
    { class: "empty" },
    h("div", { class: "empty__title" }, t(title, { name })),
    h("p", { class: "empty__hint" }, t(hint)),
  );
}

export class Conversation {
  constructor({ go, openThread }) {
    Object.assign(this, { go, openThread });
    this.head = h("header", { class: "pane__head" });
    this.body = h("div", { class: "pane__body" });
    this.node = h(
      "main",
      { class: "pane", id: "main", tabindex: "-1", data: { testid: "conversation" } },
      this.head,
      this.body,
    );
    this.suggested = h("div", {});
    on("messages", (id) => id === openChannel() && this.refresh());
    on("prompts", () => this.suggest());
  }

  suggest() {
    replace(this.suggested, ...(session.place === "app" ? prompts(openChannel()) : []));
  }

  /** Everything afresh, after going elsewhere or becoming someone else. */
  show() {
    this.node.dataset.place = session.place;
    this.node.dataset.channelId = openChannel() ?? "";
    this.showHead();
    this.list = null;
    this.composer = null;
    if (session.place === "app" && session.tab === "home") replace(this.body, homePanel());
    else this.showMessages();
  }

  showHead() {
    replace(this.head, session.place === "app" ? this.appHead() : this.channelHead());
  }

  channelHead() {
    const found = channel(session.place);
    const mark = found?.kind === "dm" ? null : icon(channelIcon(found), 18);
    return [
      h("h1", { class: "pane__title", data: { testid: "channel-title" } }, mark, found?.name ?? session.place),
      found?.kind === "dm" ? null : this.about(found),
    ];
  }

  /** Who is there, the app among them; people from outside are named. */
  about(found) {
    const members = (found?.members ?? []).map((id) => [nameOf(id), standing(id)]);
    const outside = members.filter(([, mark]) => mark).map(([name, mark]) => name + mark);
    const parts = [
      t("header.members", { n: members.length }),
      ...outside,
      found?.is_shared && t("header.shared"),
      found?.bot_is_member ? t("header.bot") : t("header.noBot"),
    ];
    const title = members.map(([name]) => name).join("\n");
    return h("span", { class: "pane__about", title, data: { testid: "channel-about" } }, parts.filter(Boolean).join(" · "));
  }

  appHead() {
    const tab = (name, label) =>
      h(
        "button",
        {
          type: "button",
          role: "tab",
          class: "tab",
          id: `tab-${name}`,
          "aria-selected": String(session.tab === name),
          "aria-controls": "tab-panel",
          tabindex: session.tab === name ? "0" : "-1",
          data: { testid: `tab-${name}` },
          onclick: () => this.go("app", name),
        },
        label,
      );
    const names = [...(store.app.home === false ? [] : [["home", t("app.home")]]), ["messages", t("app.messages")]];
    const tabs = h(
      "div",
      { class: "tabs", role: "tablist", "aria-label": t("app.tabs") },
      ...names.map(([name, label]) => tab(name, label)),
    );
    tabs.addEventListener("keydown", (event) => {
      if (!["ArrowLeft", "ArrowRight"].includes(event.key) || names.length < 2) return;
      this.go("app", session.tab === "home" ? "messages" : "home");
      document.getElementById(`tab-${session.tab}`)?.focus();
    });
    return [
      h(
        "h1",
        { class: "pane__title", data: { testid: "channel-title" } },
        avatar(store.app.bot_user_id, 24),
        store.app.name,
        appBadge(),
      ),
      tabs,
    ];
  }

  showMessages() {
    const id = openChannel();
    const name = channelTitle(session.place);
    const isDm = session.place === "app" || channel(id)?.kind === "dm";
    this.list = new MessageList({
      label: t("message.list", { name }),
      onReply: this.openThread,
      empty: () => emptyNote(isDm, name),
    });
    const mayWrite = isDm || channel(id)?.is_member !== false;
    const onSend = () => this.list.follow();
    this.composer = mayWrite ? new Composer({ channel: id, name, commands: true, onSend }) : null;
    const tries = session.place === "app" ? welcome(this.composer) : null;
    const foot = this.composer?.node ?? h("div", { class: "composer composer--read-only" }, t("composer.readOnly"));
    const panel =
      session.place === "app" ? { role: "tabpanel", id: "tab-panel", "aria-labelledby": "tab-messages" } : {};
    replace(this.body, h("div", { class: "pane__messages", ...panel }, this.list.node, tries, this.suggested, foot));
    this.suggest();
    this.refresh();
    this.composer?.changed();
    if (matchMedia("(hover: hover)").matches) this.composer?.focus();
  }

  refresh() {
    const messages = messagesIn(openChannel());
    if (!this.list || !messages) return;
    const replies = (parent) =>
      messages.filter(
        (message) => message.thread_ts === parent.ts && message.ts !== parent.ts && !message.ephemeral,
      );
    this.list.show(messages.filter(isMain), replies);
    this.body.dataset.loaded = "true";
  }
}
