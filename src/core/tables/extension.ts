import type { Action, NetworkEvent } from '../../model/event.ts';
import type { DecodeContext } from '../../model/format.ts';
import { severityOf } from '../network/device.ts';
import type { Stamp } from '../time/stamp.ts';
import { nearestEpoch, parseIso, parseMonthDay } from '../time/time.ts';

/** Some exporters (Cisco's eStreamer client) put semicolons between the pairs. */
const BETWEEN_SEMICOLONS = /^\s*[A-Za-z]\w*=[^=;]*;[A-Za-z]\w*=[^=;]*;[A-Za-z]\w*=/;
const CEF_KEY = /(?:^|\s)([A-Za-z_][\w.[\]-]*)=/g;

/** CEF extension: values run to the next ` key=`; `\=`, `\\` and `\n` are unescaped (CEF Implementation Standard, Extension). */
export function parseCefExtension(text: string): Record<string, string> {
  if (BETWEEN_SEMICOLONS.test(text)) return parseLeefAttributes(text, ';');
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

/**
 * CEF and LEEF carry alerts and plain traffic alike. The verdict tells them apart, else the severity (0..4): a session that was
 * let pass is no alert unless its severity is high, and a record without a verdict is one from medium on.
 */
export function carriedType(action: Action | undefined, severity: number | undefined): NetworkEvent['type'] {
  if (action === 'deny' || action === 'alert') return 'alert';
  return (severity ?? 2) >= (action === 'allow' ? 3 : 2) ? 'alert' : 'flow';
}

/** 0..4 of the header's 0..10, or of a word. */
export function severityOfTen(text: string | undefined): number | undefined {
  const number = Number(text);
  if (text === undefined || text.trim() === '' || !Number.isFinite(number)) return severityOf(text?.trim());
  return number >= 9 ? 4 : number >= 7 ? 3 : number >= 4 ? 2 : number >= 1 ? 1 : 0;
}

/** Epoch, ISO, or month and day with or without a week day and a zone's name; of names only UTC is no guess. */
export function momentOf(text: string | undefined, context: DecodeContext): Stamp | undefined {
  if (text === undefined) return undefined;
  return nearestEpoch(text) ?? parseIso(text, context.zoneOffsetMin) ?? zoned(text, context);
}

function zoned(text: string, context: DecodeContext): Stamp | undefined {
  const utc = /\s(?:UTC|GMT|Z)$/.test(text);
  const stamp = parseMonthDay(
    text.replace(/^[A-Z][a-z]{2} (?=[A-Z])|\s[A-Z]{1,5}$/g, ''),
    context.reference,
    utc ? 0 : context.zoneOffsetMin,
  );
  return stamp !== undefined && utc ? { ...stamp, zone: 'explicit' } : stamp;
}
