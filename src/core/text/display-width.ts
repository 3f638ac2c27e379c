/**
 * Characters that take two columns of a terminal: East Asian Wide and Fullwidth of UAX #11, the emoji among them by the property
 * that gives them their width.
 */
const WIDE =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18aff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
/** Marks that combine with the character before them, and characters that only tell how others are shown. */
const NONE = /[\p{Mn}\p{Me}\p{Cf}]/u;
const PLAIN = /^[ -~]*$/;

function columnsOf(character: string): number {
  if (PLAIN.test(character)) return 1;
  if (NONE.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Columns that a text of one line takes on a terminal. */
export function columns(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let sum = 0;
  for (const character of text) sum += columnsOf(character);
  return sum;
}

/** Where to cut so that what stands before takes at most `width` columns, in code units: never in a character nor before its marks. */
function cutAt(text: string, width: number): number {
  if (PLAIN.test(text)) return Math.min(text.length, width);
  let at = 0;
  let used = 0;
  for (const character of text) {
    used += columnsOf(character);
    if (used > width) return at;
    at += character.length;
  }
  return at;
}

/** At most `width` columns, the last one `…` when something is gone. */
export function clipColumns(text: string, width: number): string {
  return columns(text) <= width ? text : `${text.slice(0, cutAt(text, Math.max(0, width - 1)))}…`;
}

/** The words that fit into `width` columns; of a single long one what fits. */
export function wholeWords(text: string, width: number): string {
  if (columns(text) <= width) return text;
  const cut = cutAt(text, width);
  const end = text.lastIndexOf(' ', cut);
  return text.slice(0, end > 0 ? end : cut);
}

/** Breaks text at blanks into lines of at most `width` columns; long words are broken. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    let rest = word;
    if (line !== '' && columns(line) + 1 + columns(rest) > width) {
      lines.push(line);
      line = '';
    }
    while (columns(rest) > width) {
      // A character wider than the line stands on a line of its own.
      const cut = cutAt(rest, width) || String.fromCodePoint(rest.codePointAt(0) ?? 0).length;
      lines.push(rest.slice(0, cut));
      rest = rest.slice(cut);
    }
    line = line === '' ? rest : `${line} ${rest}`;
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}
