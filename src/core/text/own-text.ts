/**
 * A copy of a text. V8 keeps a part of a text as a view of the whole: what is remembered for long would hold the piece of a log
 * that it was cut from, and one that was put together as its parts. Joined parts are written into a text of their own, with
 * nothing beside it.
 */
export function ownText(text: string): string {
  return text.length < SHORTEST_VIEW ? text : [text.slice(0, SHORT), text.slice(SHORT)].join('');
}

/** Shorter parts are copied anyway. */
const SHORTEST_VIEW = 13;
const SHORT = SHORTEST_VIEW - 1;
