/* What the page knows about the workspace, for one person, and who wants to hear of changes. */

/** Who is looking, and at what. `place` is a channel id, or "app" for the app's own two tabs. */
export const session = { as: null, place: null, tab: "messages", thread: null, connected: true };

export const store = {
  team: null,
  me: null,
  people: [],
  channels: [],
  dms: [],
  app: null,
  commands: [],
  shortcuts: [],
  clock: null,
  messages: new Map(),
  prompts: new Map(),
  views: [],
  home: null,
};

const SLACKBOT = "USLACKBOT";
const listeners = new Map();

export function on(topic, run) {
  if (!listeners.has(topic)) listeners.set(topic, new Set());
  listeners.get(topic).add(run);
  return () => listeners.get(topic).delete(run);
}

export function emit(topic, detail) {
  listeners.get(topic)?.forEach((run) => run(detail));
}

/** Takes over /local/state; the clock is kept as an offset so that it can tick between events. */
export function applyState(state) {
  const { team, me, people, channels, dms, app, commands, shortcuts, clock } = state;
  store.prompts.clear();
  (state.prompts ?? []).forEach(putPrompts);
  Object.assign(store, { team, people, channels, dms, app, commands: commands ?? [], shortcuts: shortcuts ?? [] });
  store.me = typeof me === "string" ? people.find((person) => person.id === me) : me;
  setClock(clock);
}

/** What the app suggests to say in a conversation, or in a thread of it. */
export function putPrompts(found) {
  store.prompts.set(`${found.channel} ${found.thread_ts}`, found);
}

export function setClock(clock) {
  if (!clock?.now) {
    store.clock = null;
    return;
  }
  const tz = clock.tz ?? store.clock?.tz;
  store.clock = { tz, offset: new Date(clock.now).getTime() - Date.now() };
}

export function clockNow() {
  return new Date(Date.now() + (store.clock?.offset ?? 0));
}

export function person(id) {
  return store.people.find((item) => item.id === id);
}

export function channel(id) {
  return store.channels.find((item) => item.id === id);
}

export function isApp(id) {
  return id === store.app?.bot_user_id;
}

export function nameOf(id) {
  if (isApp(id)) return store.app.name;
  if (id === SLACKBOT) return "Slackbot";
  return person(id)?.name ?? id;
}

/** The channel id behind what is on screen: the app's Messages tab shows its DM. */
export function openChannel() {
  return session.place === "app" ? store.app.dm_id : session.place;
}

/** A channel's messages in order; null while they have never been loaded. */
export function messagesIn(channelId) {
  return store.messages.get(channelId) ?? null;
}

export function setMessages(channelId, messages) {
  store.messages.set(channelId, sorted(messages));
}

/** Adds or replaces one message; returns true when it is new to us. */
export function putMessage(message) {
  const known = store.messages.get(message.channel);
  if (!known) return true;
  const rest = known.filter((item) => item.ts !== message.ts);
  store.messages.set(message.channel, sorted([...rest, message]));
  return rest.length === known.length;
}

export function dropMessage(channelId, ts) {
  const known = store.messages.get(channelId);
  if (known)
    store.messages.set(
      channelId,
      known.filter((item) => item.ts !== ts),
    );
}

export function findMessage(channelId, ts) {
  return store.messages.get(channelId)?.find((item) => item.ts === ts);
}

function sorted(messages) {
  return [...messages].sort((a, b) => Number(a.ts) - Number(b.ts));
}
