import { ownText } from './own-text.ts';

const PLACES = 16_384;
/** Longer texts seldom come twice, and would take memory. */
const LONGEST = 256;
/** The end of a name differs more than its beginning. */
const HASHED = 8;

/**
 * Copies of texts (`ownText`), mostly the same one for equal texts that come near one another: such a one is quickly found in
 * maps, because V8 keeps its hash. The copy that another text takes the place of is forgotten. `own`: makes the copy; texts of
 * `JSON.parse` are no part of another.
 */
export function sharingTexts(own: (text: string) => string = ownText): (text: string) => string {
  const copies = new Array<string>(PLACES).fill('');
  return (text) => {
    if (text.length > LONGEST) return own(text);
    const place = placeOf(text);
    const before = copies[place];
    if (before === text) return before;
    const copy = own(text);
    copies[place] = copy;
    return copy;
  };
}

function placeOf(text: string): number {
  let hash = text.length;
  for (let i = Math.max(0, text.length - HASHED); i < text.length; i++) hash = (hash * 31 + text.charCodeAt(i)) | 0;
  return (hash ^ (hash >>> 14)) & (PLACES - 1);
}
