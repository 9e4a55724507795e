/* What is typed in open windows, kept in this tab, so that a reload does not lose it. */

import { session } from "./store.js";

function key() {
  return `typed ${session.as}`;
}

function all() {
  return JSON.parse(sessionStorage.getItem(key()) ?? "{}");
}

/** state.values as they were when this view was last changed. */
export function typedIn(viewId) {
  return all()[viewId] ?? {};
}

export function keepTyped(viewId, values) {
  sessionStorage.setItem(key(), JSON.stringify({ ...all(), [viewId]: values }));
}

/** Forgets the windows that are no longer open. */
export function forgetOthers(viewIds) {
  const open = Object.entries(all()).filter(([id]) => viewIds.has(id));
  sessionStorage.setItem(key(), JSON.stringify(Object.fromEntries(open)));
}
