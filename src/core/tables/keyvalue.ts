/** The length of a key is bounded: a long word without `=` would else be scanned once per letter. */
const PAIR = /([A-Za-z_@][\w@.:\-/[\]]{0,100})=(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([^\s"]*))/g;

/** `k=v k="v w"` pairs; later keys win; backslash escapes in quoted values are undone. */
export function parseKeyValues(text: string): Record<string, string> {
  const out: Record<string, string> = {};
  for (const match of text.matchAll(PAIR)) {
    const key = match[1];
    if (key === undefined) continue;
    out[key] = match[2] === undefined ? (match[3] ?? '') : match[2].replace(/\\(.)/g, '$1');
  }
  return out;
}
