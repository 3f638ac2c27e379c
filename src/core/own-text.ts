/**
 * A copy of a text. V8 keeps a part of a text as a view of the whole: what is remembered for long would hold the piece of a log
 * that it was cut from. A part of two texts put together is a view of nothing but those two.
 */
export function ownText(text: string): string {
  return text.length < SHORTEST_VIEW ? text : ` ${text}`.slice(1);
}

/** Shorter parts are copied anyway. */
const SHORTEST_VIEW = 13;
