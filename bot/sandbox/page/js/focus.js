/* Where the focus goes when an update takes away the control that had it. */

const CONTROLS = "[data-action-id]";
const heirs = new WeakMap();

/** Controls in their order on screen: a group of choices is one. */
export function controlsIn(host) {
  return [...host.querySelectorAll(CONTROLS)];
}

/** Apps that name each row's action apart put what it does before the first dot. */
function deed(control) {
  return control.dataset.actionId.split(".")[0];
}

function same(control) {
  return (other) =>
    other.dataset.actionId === control.dataset.actionId &&
    other.dataset.blockId === control.dataset.blockId &&
    (other.value === control.value || control.tagName !== "BUTTON");
}

function nth(controls, at) {
  return controls[Math.min(at, controls.length - 1)];
}

/** The same control; else one that does the same in the same place of the order; else what now stands there. */
function successor(control, before, after) {
  const inPlace = (alike) => nth(after.filter(alike), before.filter(alike).indexOf(control));
  const sameName = (each) => each.dataset.actionId === control.dataset.actionId;
  const sameDeed = (each) => deed(each) === deed(control);
  return after.find(same(control)) ?? inPlace(sameName) ?? inPlace(sameDeed) ?? inPlace(() => true) ?? null;
}

/** Remembers for each control that is gone which one has taken its place. */
export function bequeath(before, host) {
  const after = controlsIn(host);
  const gone = before.filter((control) => !host.contains(control));
  gone.forEach((control) => heirs.set(control, successor(control, before, after)));
}

function inner(control) {
  return control.matches("input, button, textarea") ? control : control.querySelector("input:checked, input, button");
}

/** `node` itself while it is on the page, else the control that has taken its place, or null. */
export function living(node) {
  let found = node;
  while (found && !found.isConnected) {
    const control = found.closest(CONTROLS);
    found = control && heirs.get(control);
    if (found?.isConnected) return inner(found);
  }
  return found ?? null;
}

/** Gives the focus back after an update: to its heir, else to whatever `otherwise` says. */
export function keepFocus(had, otherwise) {
  if (!had || had === document.body || document.activeElement !== document.body) return;
  const heir = living(had) ?? otherwise();
  heir?.focus({ preventScroll: true });
  if (heir !== had && had.selectionStart != null && heir?.value === had.value)
    heir.setSelectionRange?.(had.selectionStart, had.selectionEnd);
}
