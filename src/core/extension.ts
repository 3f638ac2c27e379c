const CEF_KEY = /(?:^|\s)([A-Za-z_][\w.[\]-]*)=/g;

/** CEF extension: values run to the next ` key=`; `\=`, `\\` and `\n` are unescaped (CEF Implementation Standard, Extension). */
export function parseCefExtension(text: string): Record<string, string> {
  const out: Record<string, string> = {};
  let key: string | undefined;
  let from = 0;
  for (const match of text.matchAll(CEF_KEY)) {
    if (key !== undefined) out[key] = unescapeCef(text.slice(from, match.index));
    key = match[1];
    from = match.index + match[0].length;
  }
  if (key !== undefined) out[key] = unescapeCef(text.slice(from));
  return out;
}

function unescapeCef(text: string): string {
  return text.includes('\\') ? text.trim().replace(/\\([=\\|])/g, '$1') : text.trim();
}

/**
 * Cuts a CEF or LEEF line in what stands before its header cells and the cells themselves; collectors drop the prefix.
 * Both patterns end with a group that the cells begin with.
 */
export function cutBefore(text: string, head: RegExp, headless: RegExp): { before: string; cells: string } | undefined {
  const match = head.exec(text) ?? headless.exec(text);
  if (match === null) return undefined;
  const from = match.index + match[0].length - (match[1]?.length ?? 0);
  return { before: text.slice(0, match.index), cells: text.slice(from) };
}

/** Splits `a|b|c` at unescaped bars, at most `count` times; the rest is the last cell. */
export function splitBars(text: string, count: number): readonly string[] {
  const cells: string[] = [];
  let from = 0;
  for (let i = 0; i < text.length && cells.length < count; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '|') {
      cells.push(text.slice(from, i));
      from = i + 1;
    }
  }
  cells.push(text.slice(from));
  return cells;
}

/** LEEF attributes: tab, the delimiter of LEEF 2.0, `#011`, or blanks when a relay turned tabs into blanks. */
export function parseLeefAttributes(text: string, delimiter: string | undefined): Record<string, string> {
  const mark = delimiter ?? (text.includes('\t') ? '\t' : text.includes('#011') ? '#011' : undefined);
  if (mark === undefined) return parseCefExtension(text);
  const out: Record<string, string> = {};
  for (const pair of text.split(mark)) {
    const equals = pair.indexOf('=');
    if (equals > 0) out[pair.slice(0, equals).trim()] = pair.slice(equals + 1).trim();
  }
  return out;
}
