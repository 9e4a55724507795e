/* The aubergine sidebar: channels, people, the app; on a phone it slides in as a drawer. */

import { api } from "./api.js";
import { confirmDialog } from "./dialog.js";
import { h, replace } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { openMenu } from "./menu.js";
import { avatar, channelIcon, roleHint, standing } from "./people.js";
import { on, session, store } from "./store.js";
import { refused } from "./toast.js";

function unreadBadge(count) {
  return count
    ? h(
        "span",
        { class: "side__unread", data: { testid: "unread" }, "aria-label": t("sidebar.unread", { n: count }) },
        String(count),
      )
    : null;
}

/** Whom one talks to in a DM. */
function otherIn(channel) {
  return store.dms.find((dm) => dm.id === channel.id)?.user;
}

export class Sidebar {
  constructor({ go, viewAs }) {
    Object.assign(this, { go, viewAs });
    this.node = h("nav", { class: "side", id: "sidebar", data: { testid: "sidebar" } });
    this.veil = h("div", { class: "veil", hidden: true, onclick: () => this.drawer(false) });
    this.node.addEventListener("keydown", (event) => event.key === "Escape" && this.drawer(false));
    on("sidebar", () => this.show());
    matchMedia("(max-width: 767px)").addEventListener("change", () => this.drawer(false));
  }

  /** Opens or shuts the drawer of narrow screens; while shut there it cannot be reached by Tab. */
  drawer(open) {
    const narrow = matchMedia("(max-width: 767px)").matches;
    const wasOpen = this.node.classList.contains("side--open");
    this.node.classList.toggle("side--open", open && narrow);
    this.node.inert = narrow && !open;
    this.veil.hidden = !(open && narrow);
    document.querySelector(".top__menu")?.setAttribute("aria-expanded", String(open && narrow));
    if (open && narrow) (this.node.querySelector("[aria-current]") ?? this.node.querySelector("button"))?.focus();
    else if (wasOpen && narrow) document.querySelector(".top__menu")?.focus();
  }

  show() {
    const focus = this.node.contains(document.activeElement) ? document.activeElement.dataset.place : null;
    this.node.setAttribute("aria-label", t("sidebar.navigation"));
    const channels = store.channels.filter((channel) => channel.kind === "channel");
    const others = store.channels.filter((channel) => channel.kind === "dm" && channel.id !== store.app.dm_id);
    replace(
      this.node,
      h(
        "div",
        { class: "side__team" },
        h("span", { class: "side__team-name" }, store.team.name),
        h("span", { class: "side__local" }, t("sidebar.local")),
      ),
      h(
        "div",
        { class: "side__scroll" },
        this.section(t("sidebar.apps"), [this.appLink()]),
        this.section(
          t("sidebar.channels"),
          channels.map((channel) => this.channelLink(channel)),
        ),
        others.length
          ? this.section(
              t("sidebar.directs"),
              others.map((channel) => this.channelLink(channel)),
            )
          : null,
        this.section(
          t("sidebar.people"),
          store.people.map((person) => this.personButton(person)),
        ),
      ),
    );
    if (focus) this.node.querySelector(`[data-place="${CSS.escape(focus)}"]`)?.focus();
  }

  section(title, items) {
    return h(
      "section",
      { class: "side__section" },
      h("h2", { class: "side__title" }, title),
      h("ul", { class: "side__list" }, ...items.map((item) => h("li", {}, item))),
    );
  }

  link(place, { mark, name, unread, muted, testid, channelId }) {
    const current = session.place === place;
    return h(
      "button",
      {
        type: "button",
        class: [
          "side__link",
          current && "side__link--current",
          unread && "side__link--unread",
          muted && "side__link--muted",
        ],
        "aria-current": current ? "page" : null,
        data: { testid, place, channelId },
        onclick: () => this.go(place),
      },
      mark,
      h("span", { class: "side__name" }, name),
      unreadBadge(unread),
    );
  }

  appLink() {
    const unread = store.channels.find((channel) => channel.id === store.app.dm_id)?.unread ?? 0;
    return this.link("app", {
      mark: avatar(store.app.bot_user_id, 20),
      name: store.app.name,
      unread,
      testid: "app-link",
      channelId: store.app.dm_id,
    });
  }

  channelLink(channel) {
    const mark =
      channel.kind === "dm" ? avatar(otherIn(channel), 20) : icon(channelIcon(channel), 16);
    return this.link(channel.id, {
      mark,
      name: channel.name,
      unread: channel.unread,
      muted: channel.is_member === false,
      testid: "channel-link",
      channelId: channel.id,
    });
  }

  /** What an owner or admin of the workspace can do to the account, as under Slack's "Manage members". */
  accountItems(person) {
    if (!store.me.is_admin || person.id === session.as || person.is_external) return [];
    const name = person.real_name;
    const close = async () => {
      const agreed = await confirmDialog({
        title: [t("account.close", { name })],
        text: [t("account.closeHint", { name })],
        confirm: [t("account.closeYes")],
        deny: [t("dialog.cancel")],
        style: "danger",
      });
      if (agreed) refused(await api.account(person.id, false));
    };
    const open = async () => refused(await api.account(person.id, true));
    const item = person.is_active
      ? { label: t("account.close", { name }), danger: true, data: { account: "close" }, run: close }
      : { label: t("account.open", { name }), data: { account: "open" }, run: open };
    return [{ separator: true }, item];
  }

  personItems(person) {
    const heading = { heading: [person.real_name, roleHint(person.id)].filter(Boolean).join(" · ") };
    const look = {
      label: t("viewAs.as"),
      before: icon("eye"),
      data: { userId: person.id },
      run: () => this.viewAs(person.id),
    };
    return [heading, ...(person.id === session.as || !person.is_active ? [] : [look]), ...this.accountItems(person)];
  }

  personButton(person) {
    const open = (event) =>
      openMenu(event.currentTarget, this.personItems(person), { label: t("profile.title", { name: person.name }) });
    const aside = person.id === session.as ? t("profile.you") : standing(person.id);
    const name = h(
      "span",
      { class: "side__name" },
      person.name,
      aside && h("span", { class: "side__you", data: { testid: "standing" } }, aside),
    );
    return h(
      "button",
      {
        type: "button",
        class: ["side__link", person.is_active === false && "side__link--muted"],
        "aria-haspopup": "menu",
        data: { testid: "person", place: `person-${person.id}`, userId: person.id },
        onclick: open,
      },
      avatar(person.id, 20),
      name,
    );
  }
}
