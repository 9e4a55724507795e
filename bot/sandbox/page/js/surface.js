/* Where blocks live (a message, a modal, a Home): what has been chosen there, and how the bot hears of it. */

import { api } from "./api.js";
import { confirmDialog } from "./dialog.js";
import { textNodes } from "./mrkdwn.js";
import { refused } from "./toast.js";

/** Element type → [name of the chosen thing in its leaf, name of the initial one in the element, value when empty]. */
const LEAVES = {
  plain_text_input: ["value", "initial_value", null],
  number_input: ["value", "initial_value", null],
  email_text_input: ["value", "initial_value", null],
  url_text_input: ["value", "initial_value", null],
  static_select: ["selected_option", "initial_option", null],
  external_select: ["selected_option", "initial_option", null],
  radio_buttons: ["selected_option", "initial_option", null],
  checkboxes: ["selected_options", "initial_options", []],
  multi_static_select: ["selected_options", "initial_options", []],
  multi_external_select: ["selected_options", "initial_options", []],
  users_select: ["selected_user", "initial_user", null],
  multi_users_select: ["selected_users", "initial_users", []],
  conversations_select: ["selected_conversation", "initial_conversation", null],
  multi_conversations_select: ["selected_conversations", "initial_conversations", []],
  channels_select: ["selected_channel", "initial_channel", null],
  multi_channels_select: ["selected_channels", "initial_channels", []],
  datepicker: ["selected_date", "initial_date", null],
  timepicker: ["selected_time", "initial_time", null],
};

export function leafName(type) {
  return LEAVES[type]?.[0];
}

function initialLeaf(element) {
  const [name, initial, empty] = LEAVES[element.type];
  const value = element[initial] ?? empty;
  return { type: element.type, [name]: value === "" ? null : value };
}

function agreedTo(confirm) {
  if (!confirm) return Promise.resolve(true);
  const parts = ["title", "text", "confirm", "deny"].map((name) => [name, textNodes(confirm[name])]);
  return confirmDialog({ ...Object.fromEntries(parts), style: confirm.style });
}

export class Surface {
  /** keepsTyped: as in Slack, a view's update leaves what was typed under the same block_id and action_id. */
  constructor(container, { keepsTyped = false, entered = {}, onChange } = {}) {
    this.container = container;
    this.keepsTyped = keepsTyped;
    this.entered = entered;
    this.onChange = onChange;
    this.leaves = new Map();
  }

  /** The present leaf of an element, remembered from now on. */
  register(blockId, element) {
    const key = JSON.stringify([blockId, element.action_id]);
    const known = this.leaves.get(key);
    const source = JSON.stringify(element);
    const keep = known && known.leaf.type === element.type && (this.keepsTyped || known.source === source);
    const leaf = keep ? known.leaf : (this.enteredLeaf(blockId, element) ?? initialLeaf(element));
    this.leaves.set(key, { blockId, actionId: element.action_id, leaf, source });
    return leaf;
  }

  /** What the server already knows to have been entered here, say before the page was loaded again. */
  enteredLeaf(blockId, element) {
    const leaf = this.entered[blockId]?.[element.action_id];
    return leaf?.type === element.type ? leaf : null;
  }

  /** Forgets blocks that an update took away, so that they start afresh should they return. */
  retain(blockIds) {
    this.entered = {};
    [...this.leaves].forEach(([key, entry]) => blockIds.has(entry.blockId) || this.leaves.delete(key));
  }

  value(blockId, element) {
    const entry = this.leaves.get(JSON.stringify([blockId, element.action_id]));
    return entry?.leaf[leafName(element.type)];
  }

  set(blockId, element, value) {
    const entry = this.leaves.get(JSON.stringify([blockId, element.action_id]));
    if (entry) entry.leaf = { type: element.type, [leafName(element.type)]: value };
    this.onChange?.(blockId);
  }

  /** state.values as Slack sends them. */
  values() {
    const values = {};
    this.leaves.forEach(({ blockId, actionId, leaf }) => {
      (values[blockId] ??= {})[actionId] = leaf;
    });
    return values;
  }

  /** Tells the bot what was done; false when it was refused. */
  async tell(blockId, element, chosen) {
    const answer = await api.action(
      this.container,
      blockId,
      element.action_id,
      { type: element.type, ...chosen },
      this.values(),
    );
    return !refused(answer);
  }

  options(blockId, element, text) {
    return api.options(this.container, blockId, element.action_id, text);
  }
}

/** One element in its place: what every control needs to know and to be able to do. */
export class Slot {
  constructor(surface, blockId, element, { field = null, dispatches = true, label = null } = {}) {
    Object.assign(this, { surface, blockId, element, field, dispatches, label });
    if (element.type in LEAVES) surface.register(blockId, element);
  }

  get value() {
    return this.surface.value(this.blockId, this.element);
  }

  /** Test hooks and accessibility attributes of the control itself. */
  props(extra = {}) {
    const { field, element } = this;
    return {
      id: field?.id,
      "aria-labelledby": field?.labelId,
      "aria-describedby": field?.describedBy,
      "aria-required": field?.required ? "true" : null,
      "aria-label": field
        ? null
        : (this.label ?? element.accessibility_label ?? element.placeholder?.text ?? element.action_id),
      data: { actionId: element.action_id, blockId: this.blockId },
      ...extra,
    };
  }

  /** Keeps a choice and reports it when the element is one that reports; undoes it when the person declines. */
  async choose(value, undo) {
    const before = this.value;
    this.surface.set(this.blockId, this.element, value);
    if (!this.dispatches) return;
    if (await this.agreed())
      await this.surface.tell(this.blockId, this.element, { [leafName(this.element.type)]: value });
    else {
      this.surface.set(this.blockId, this.element, before);
      undo?.(before);
    }
  }

  /** Asks the element's question, if it has one. */
  agreed() {
    return agreedTo(this.element.confirm);
  }

  tell(chosen) {
    return this.surface.tell(this.blockId, this.element, chosen);
  }

  /** Asks, then tells the bot; false when declined or refused. */
  async press(chosen) {
    return (await this.agreed()) && this.tell(chosen);
  }
}
