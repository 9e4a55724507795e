/* A panel that hangs on a control: placed in view, closed by Escape or a press elsewhere. */

import { h } from "./dom.js";

const GAP = 4;
const MARGIN = 8;

function place(anchor, panel, { align, matchWidth }) {
  const box = anchor.getBoundingClientRect();
  if (matchWidth) panel.style.minWidth = `${Math.min(box.width, innerWidth - 2 * MARGIN)}px`;
  panel.style.maxWidth = `${innerWidth - 2 * MARGIN}px`;
  const below = innerHeight - box.bottom - GAP - MARGIN;
  const above = box.top - GAP - MARGIN;
  panel.style.maxHeight = "";
  const wanted = panel.offsetHeight;
  const upwards = align === "above" ? above >= Math.min(wanted, below) : wanted > below && above > below;
  panel.style.maxHeight = `${Math.max(upwards ? above : below, 120)}px`;
  const height = panel.offsetHeight;
  const left = align === "end" ? box.right - panel.offsetWidth : box.left;
  panel.style.left = `${Math.max(MARGIN, Math.min(left, innerWidth - panel.offsetWidth - MARGIN))}px`;
  panel.style.top = `${Math.max(MARGIN, upwards ? box.top - GAP - height : box.bottom + GAP)}px`;
}

/** Opens `panel` at `anchor`; returns {close, place}. It lives inside the dialog of its anchor, for screen readers. */
export function openPopup(anchor, panel, { align = "start", matchWidth = false, onClose, keep = [] } = {}) {
  const host = anchor.closest("[data-layer]") ?? document.body;
  const frame = h("div", { class: "popup" }, panel);
  const update = () => (anchor.isConnected ? place(anchor, frame, { align, matchWidth }) : close());
  const onPress = (event) => {
    const inside = [frame, anchor, ...keep].some((node) => node.contains(event.target));
    if (!inside) close();
  };
  const onKey = (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    close(true);
  };
  const onScroll = (event) => frame.contains(event.target) || update();
  let open = true;

  function close(byKey = false) {
    if (!open) return;
    open = false;
    document.removeEventListener("pointerdown", onPress, true);
    document.removeEventListener("keydown", onKey, true);
    removeEventListener("resize", update);
    document.removeEventListener("scroll", onScroll, true);
    frame.remove();
    onClose?.(byKey);
  }

  host.append(frame);
  update();
  document.addEventListener("pointerdown", onPress, true);
  document.addEventListener("keydown", onKey, true);
  addEventListener("resize", update);
  document.addEventListener("scroll", onScroll, true);
  return { close, place: update, frame };
}
