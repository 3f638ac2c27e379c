import type { Format, SniffRecord } from '../model/format.ts';
import type { RawRecord } from '../model/source.ts';
import { parseIso } from './time.ts';

/** `<PRI>`, RFC 5424 and RFC 3164 headers, and the stamp of `kubectl logs --timestamps`. */
const HEADERS = [
  /^<\d{1,3}>1 (\S+) (\S+) \S+ \S+ \S+ (?:-|\[.*?\])\s?\uFEFF?/,
  /^(?:<\d{1,3}>)?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?) (?:([\w.:-]+) [^\s:[\]/]{1,64}(?:\[\d+\])?: )?/,
  /^(?:<\d{1,3}>)?([A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d) ([\w.:-]+) (?:[^\s:[\]/]{1,64}(?:\[\d+\])?: )?/,
  /^<\d{1,3}>/,
];

/** What a format that begins at the start of its line finds behind a header. */
function behindHeader(record: RawRecord): RawRecord | undefined {
  for (const header of HEADERS) {
    const match = header.exec(record.text);
    if (match === null) continue;
    const stamp = parseIso(match[1] ?? '');
    const observed = record.observed ?? (stamp?.zone === 'explicit' ? stamp.at : undefined);
    const host = record.host ?? (match[2] === '-' ? undefined : match[2]);
    return {
      ...record,
      text: record.text.slice(match[0].length),
      ...(observed === undefined ? {} : { observed }),
      ...(host === undefined ? {} : { host }),
    };
  }
  return undefined;
}

const NOWHERE = { source: '', line: 0, offset: 0, bytes: 0 } as const;

/**
 * A format of lines that carry their own time, which relays send on behind a syslog header: lines that are not its own as
 * they stand are tried without one. The time of the header is when the relay saw the line.
 */
export function headed(format: Format): Format {
  const inner = (record: SniffRecord): RawRecord | undefined => behindHeader({ text: record.text, ref: NOWHERE });
  return {
    ...format,
    claims: (record) => {
      const own = format.claims(record);
      if (own.score > 0) return own;
      const behind = inner(record);
      return behind === undefined ? own : format.claims({ text: behind.text, json: undefined });
    },
    open: (context) => {
      const decoder = format.open(context);
      return {
        ...decoder,
        decode: (record) => {
          const behind = behindHeader(record);
          if (behind === undefined || format.claims({ text: record.text, json: undefined }).score > 0)
            return decoder.decode(record);
          return decoder.decode(behind);
        },
      };
    },
  };
}
