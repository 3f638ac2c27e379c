import { compact } from '../../core/json/json.ts';
import { parseIp, parsePort } from '../../core/network/ip.ts';
import type { Stamp } from '../../core/time/stamp.ts';
import { parseIso } from '../../core/time/time.ts';
import { wordTable } from '../../core/word-table.ts';
import type { Endpoint } from '../../model/event.ts';

const PAIR = /(?:^|\s)([A-Za-z_][\w-]*)=/g;

/** Fields of `ausearch -i`: values stand bare and may hold blanks; each ends where the next ` key=` begins. */
export function interpretedFields(body: string): Record<string, string> {
  const out: Record<string, string> = {};
  const text = body.trimEnd();
  // The command line is the last field of its record and may hold `key=` itself.
  const title = /^proctitle=(.*)$/s.exec(text)?.[1];
  if (title !== undefined) return { proctitle: title };
  const address = /^saddr=\{ (.*) \}$/s.exec(text)?.[1];
  const marks = [...(address ?? text).matchAll(PAIR)];
  for (const [i, mark] of marks.entries()) {
    const value = (address ?? text).slice(mark.index + mark[0].length, marks[i + 1]?.index).trim();
    if (value !== '(null)' && value !== '?') out[mark[1] ?? ''] ??= value;
  }
  return out;
}

/** Arguments in their order: `a1=` is looked for behind `a0=`, because a value may hold anything. */
export function interpretedArgs(bodies: readonly string[]): readonly string[] {
  const text = bodies.join(' ').trimEnd();
  const out: string[] = [];
  let from = text.search(/(?:^|\s)a0=/);
  for (let i = 0; from >= 0; i++) {
    const start = text.indexOf('=', from) + 1;
    const next = text.indexOf(` a${i + 1}=`, start);
    out.push(text.slice(start, next < 0 ? undefined : next).trim());
    from = next;
  }
  return out;
}

/** End of an address record: `laddr`/`lport` of IPv4 and IPv6 (they name the far end of a connect all the same). */
export function interpretedAddress(fields: Readonly<Record<string, string>>): Endpoint | undefined {
  const ip = parseIp(fields['laddr'] ?? fields['addr'] ?? '');
  return ip === undefined ? undefined : compact({ ip, port: parsePort(fields['lport'] ?? fields['port']) });
}

const DATE = /^(\d{1,4})[-/.](\d{1,2})[-/.](\d{1,4}) (.*)$/;

/**
 * Stamp in the date order of the reader's locale: year first, or last with the month before the day, as `C` and en_US do,
 * unless that number is no month. Local time of the reader.
 */
export function interpretedStamp(text: string, zoneOffsetMin: number): Stamp | undefined {
  const m = DATE.exec(text);
  if (m === null) return undefined;
  const [, a = '', b = '', c = '', time = ''] = m;
  const year = a.length === 4 ? a : c.length === 4 ? c : `20${c}`;
  // Dots divide the dates of locales that write the day first.
  const dayFirst = Number(a) > 12 || /^\d+\./.test(text);
  const [month, day] = a.length === 4 ? [b, c] : dayFirst ? [b, a] : [a, b];
  return parseIso(`${year}-${month}-${day} ${time}`, zoneOffsetMin);
}

/** Of `asm-generic/errno.h` what execve and connect return. */
const ERRORS = wordTable<number>({
  EPERM: 1,
  ENOENT: 2,
  EINTR: 4,
  ENOEXEC: 8,
  EAGAIN: 11,
  ENOMEM: 12,
  EACCES: 13,
  ENOTDIR: 20,
  ENETUNREACH: 101,
  ECONNREFUSED: 111,
  EHOSTUNREACH: 113,
  EINPROGRESS: 115,
});

/** Errors as `exit=` spells them: their name, then what it means in brackets. */
export function interpretedExit(text: string | undefined): number | undefined {
  const code = ERRORS[/^[A-Z]+/.exec(text ?? '')?.[0] ?? ''];
  return code === undefined ? undefined : -code;
}
