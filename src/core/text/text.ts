/** Control bytes, bidi overrides and line separators in log text can rewrite a terminal; each becomes a visible escape. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must not pass
const HOSTILE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/** Text from a log made safe for a terminal: one line, nothing that acts. */
export function escapeTerminal(text: string): string {
  return text.replace(HOSTILE, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    if (character === '\r') return '\\r';
    const code = character.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** Cuts in the middle of nothing: at most `width` characters, the last one `…` when something is gone. */
export function clip(text: string, width: number): string {
  const points = [...text];
  return points.length <= width ? text : `${points.slice(0, Math.max(0, width - 1)).join('')}…`;
}

const HOSTILE_IN_JSON = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

/** JSON in which characters that could act on a reader's screen are written as escapes. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(
    HOSTILE_IN_JSON,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const PLAIN = /^[ !#-[\]-~]*$/;

/** `jsonText` of a text: most need neither quotes nor escapes within. */
export function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : jsonText(text);
}
