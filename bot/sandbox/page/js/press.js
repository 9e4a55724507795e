/* A click is a press and a release on one node: what is pressed is not taken away in between. */

/** A finger's click comes a moment after the finger has left. */
const CLICK_FOLLOWS = 60;
const waiting = new Map();
let pressed = null;
let ending = 0;

function begin(event) {
  clearTimeout(ending);
  pressed = event.target;
}

function end() {
  clearTimeout(ending);
  ending = setTimeout(() => {
    pressed = null;
    const runs = [...waiting.values()];
    waiting.clear();
    runs.forEach((run) => run());
  }, CLICK_FOLLOWS);
}

addEventListener("pointerdown", begin, true);
addEventListener("pointerup", end, true);
addEventListener("pointercancel", end, true);
addEventListener("blur", end);

/** Runs at once, or after the press that is going on in `host`; of several that wait for it only the last. */
export function whenReleased(host, run) {
  waiting.delete(host);
  if (pressed && host.contains(pressed)) waiting.set(host, run);
  else run();
}
