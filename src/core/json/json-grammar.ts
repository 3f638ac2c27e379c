/** Expressions for pieces of JSON. */

// Grammar of RFC 8259. Unambiguous: nothing can be matched in two ways, so what does not fit fails in linear time.
/** What stands between the quotes of a string without escapes. */
export const PLAIN_BODY = String.raw`[^"\\\x00-\x1f]*`;
/** What stands between the quotes of a string. */
export const STRING_BODY = String.raw`${PLAIN_BODY}(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})${PLAIN_BODY})*`;
/** Longer lines are not held against expressions: what repeats in one takes room on a stack that V8 bounds. */
export const LONGEST_PLAIN = 1_000_000;
/** A number or a word. */
export const BARE_VALUE = String.raw`(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)`;

/** The text itself, as an expression. */
export function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** Text of what stands between the quotes of a string, which must be well formed. */
export function stringOf(body: string): string {
  return body.includes('\\') ? (JSON.parse(`"${body}"`) as string) : body;
}
