import type { Format, Sample, Sniff, SniffRecord } from '../model/format.ts';
import type { RawRecord } from '../model/source.ts';
import { sniffMean } from './decoded.ts';
import { parseIso } from './time.ts';

const STAMP = String.raw`(?:<\d{1,3}>)?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?|[A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,9})?)`;
const TAG = String.raw`[^\s:[\]/]{1,64}(?:\[\d+\])?: `;

/** `<PRI>`, RFC 5424 and RFC 3164 headers with and without tag and host, the stamp of `kubectl logs --timestamps`, blanks. */
const HEADERS = [
  /^<\d{1,3}>1 (\S+) (\S+) \S+ \S+ \S+ (?:-|\[.*?\])\s?\uFEFF?/,
  new RegExp(`^${STAMP} ([\\w.:-]+) ${TAG}`),
  new RegExp(`^${STAMP} ([\\w.:-]+) `),
  new RegExp(`^${STAMP} (?:${TAG})?`),
  /^<\d{1,3}>\s*/,
  /^\s+/,
];

/** One of these begins each of them; most lines of other logs end here. */
const BEGINS_HEADER = /^[<\dA-Z\s]/;

/** What may stand behind a header, the longest header first: whether a word is a host or begins the line is for the format to say. */
function* behindHeaders(record: RawRecord): Generator<RawRecord> {
  if (!BEGINS_HEADER.test(record.text)) return;
  for (const header of HEADERS) {
    const match = header.exec(record.text);
    if (match === null) continue;
    const stamp = parseIso(match[1] ?? '');
    const observed = record.observed ?? (stamp?.zone === 'explicit' ? stamp.at : undefined);
    const host = record.host ?? (match[2] === '-' ? undefined : match[2]);
    yield {
      ...record,
      text: record.text.slice(match[0].length),
      ...(observed === undefined ? {} : { observed }),
      ...(host === undefined ? {} : { host }),
    };
  }
}

const NOWHERE = { source: '', line: 0, offset: 0, bytes: 0 } as const;

/**
 * A format of lines that carry their own time, which relays send on behind a syslog header: lines that are not its own as
 * they stand are tried without one. The time of the header is when the relay saw the line.
 */
export function headed(format: Format): Format {
  const score = (record: RawRecord): Sniff => format.claims({ text: record.text, json: undefined });
  const inner = (record: RawRecord): RawRecord | undefined => {
    for (const behind of behindHeaders(record)) if (score(behind).score > 0) return behind;
    return undefined;
  };
  const claims = (record: SniffRecord): Sniff => {
    const own = format.claims(record);
    const behind = own.score > 0 ? undefined : inner({ text: record.text, ref: NOWHERE });
    return behind === undefined ? own : score(behind);
  };
  return {
    ...format,
    claims,
    ...(format.sniff === undefined ? {} : { sniff: (sample) => sniffBehind(format, sample, claims) }),
    open: (context) => {
      const decoder = format.open(context);
      return {
        ...decoder,
        decode: (record) => decoder.decode(score(record).score > 0 ? record : (inner(record) ?? record)),
      };
    },
  };
}

/** A format that judges a head as a whole is asked about it as it stands, then record by record. */
function sniffBehind(format: Format, sample: Sample, claims: Format['claims']): Sniff {
  const own = format.sniff?.(sample) ?? sniffMean(sample, format.claims);
  return own.score > 0 ? own : sniffMean(sample, claims);
}
