/* Select menus of all kinds, and the time picker, as comboboxes. */

import { Combobox } from "./combobox.js";
import { t } from "./i18n.js";
import { textString } from "./mrkdwn.js";
import { nameOf, store } from "./store.js";

const DEFAULT_MIN_QUERY = 3;

function optionEntry(option) {
  const detail = option.description ? textString(option.description) : null;
  return { key: option.value, label: textString(option.text), detail, raw: option };
}

function optionGroups(source) {
  if (source.option_groups) {
    return source.option_groups.map((group) => ({
      label: textString(group.label),
      entries: group.options.map(optionEntry),
    }));
  }
  return [{ entries: (source.options ?? []).map(optionEntry) }];
}

function matching(groups, text) {
  const wanted = text.toLowerCase();
  const fits = (entry) => `${entry.label} ${entry.detail ?? ""}`.toLowerCase().includes(wanted);
  return groups.map((group) => ({ ...group, entries: group.entries.filter(fits) }));
}

/** A conversation by its id: a channel, or a DM by the name of the other one in it. */
function conversationEntry(id) {
  const found = store.channels.find((item) => item.id === id && item.kind === "channel");
  const other = id === store.app.dm_id ? store.app.bot_user_id : store.dms.find((dm) => dm.id === id)?.user;
  return { key: id, label: found ? `#${found.name}` : nameOf(other ?? id), raw: id };
}

/** Slack does not offer people whose accounts are closed. */
function peopleGroups() {
  const active = store.people.filter((person) => person.is_active !== false);
  return [
    {
      entries: active.map((person) => ({
        key: person.id,
        label: person.name,
        detail: person.real_name === person.name ? null : person.real_name,
        raw: person.id,
      })),
    },
  ];
}

const EVERYTHING = ["public", "private", "im", "mpim"];

/** What the element's filter lets through; a group DM does not exist here. */
function conversationGroups(filter) {
  const { include = EVERYTHING, exclude_bot_users: noBots = false } = filter;
  const channels = store.channels.filter(
    (channel) =>
      channel.kind === "channel" &&
      include.includes(channel.is_private ? "private" : "public") &&
      !(filter.exclude_external_shared_channels && channel.is_shared),
  );
  const directs = include.includes("im") ? store.dms.map((dm) => dm.id) : [];
  const app = directs.length && !noBots ? [store.app.dm_id] : [];
  return [{ entries: [...channels.map((channel) => channel.id), ...app, ...directs].map(conversationEntry) }];
}

/** Element kind → {entry: stored value → entry, find: text → groups}. */
function source(slot) {
  const { element, surface, blockId } = slot;
  const kind = element.type.replace(/^multi_/, "");
  if (kind === "users_select")
    return { entry: (id) => ({ key: id, label: nameOf(id), raw: id }), find: (text) => matching(peopleGroups(), text) };
  if (kind === "channels_select" || kind === "conversations_select") {
    const filter = kind === "channels_select" ? { include: ["public"] } : (element.filter ?? {});
    return { entry: conversationEntry, find: (text) => matching(conversationGroups(filter), text) };
  }
  if (kind === "static_select") return { entry: optionEntry, find: (text) => matching(optionGroups(element), text) };
  const remote = async (text) => {
    const answer = await surface.options(blockId, element, text);
    return answer.ok === false ? null : optionGroups(answer);
  };
  return { entry: optionEntry, find: remote, remote: true, minQuery: element.min_query_length ?? DEFAULT_MIN_QUERY };
}

function common(slot) {
  const placeholder = textString(slot.element.placeholder) || t("select.placeholder");
  const clearable = Boolean(slot.field && !slot.field.required);
  return { ...source(slot), placeholder, clearable, label: slot.label ?? placeholder, props: slot.props() };
}

export function select(slot) {
  const model = common(slot);
  return new Combobox({
    ...model,
    selected: () => (slot.value ? [model.entry(slot.value)] : []),
    change: (entries, undo) => slot.choose(entries[0]?.raw ?? null, undo),
  }).node;
}

export function multiSelect(slot) {
  const model = common(slot);
  return new Combobox({
    ...model,
    multi: true,
    max: slot.element.max_selected_items,
    selected: () => (slot.value ?? []).map(model.entry),
    change: (entries, undo) =>
      slot.choose(
        entries.map((entry) => entry.raw),
        undo,
      ),
  }).node;
}

const HALF_HOURS = Array.from(
  { length: 48 },
  (_, index) => `${String(index >> 1).padStart(2, "0")}:${index % 2 ? "30" : "00"}`,
);

/** Half hours to choose from, and any exact time that is typed. */
function times(text) {
  const typed = /^(\d{1,2})[:：]?(\d{2})$/.exec(text);
  const exact =
    typed && Number(typed[1]) < 24 && Number(typed[2]) < 60 ? `${typed[1].padStart(2, "0")}:${typed[2]}` : null;
  const found = exact ? [exact] : HALF_HOURS.filter((time) => time.includes(text) || time.startsWith(`0${text}`));
  return [{ entries: found.map((time) => ({ key: time, label: time, raw: time })) }];
}

export function timepicker(slot) {
  const placeholder = textString(slot.element.placeholder) || t("time.placeholder");
  return new Combobox({
    placeholder,
    label: placeholder,
    clearable: Boolean(slot.field && !slot.field.required),
    props: slot.props(),
    find: times,
    selected: () => (slot.value ? [{ key: slot.value, label: slot.value, raw: slot.value }] : []),
    change: (entries, undo) => slot.choose(entries[0]?.raw ?? null, undo),
  }).node;
}
