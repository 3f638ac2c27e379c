import { decoded, failed, no, yes } from '../../core/decoded.ts';
import { type Parts, printedEvent } from '../../core/products/hubble-text.ts';
import type { DecodeContext, Decoded, Format, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';

const LINE = /^ *(TIMESTAMP|NODE|SOURCE|DESTINATION|TYPE|VERDICT|SUMMARY): (.*?)\s*$/gm;
const FIRST = /^ *TIMESTAMP: \S/;

/** `hubble observe -o dict`: a flow over several lines, each with its name. Layout of Hubble's printer (`pkg/printer`). */
export const ciliumHubbleDict: Format = {
  id: 'cilium-hubble-dict',
  title: 'Cilium Hubble flows (dict)',
  roles: ['violation', 'flow', 'dns'],
  framing: { startsRecord: FIRST },
  status: 'documented',
  clock: 'TIMESTAMP: the datapath event on the node; local, without a year, unless `--time-format` says otherwise',
  traps: ['pods are named without their addresses', 'no arrow: only TCP flags tell who opened the connection'],
  claims: ({ text }: SniffRecord) =>
    partsOf(text) === undefined ? no('no flow') : yes(0.97, 'lines of a flow under Hubble names'),
  open: (context) => ({ decode: (record) => decode(record, context) }),
};

function decode(record: RawRecord, context: DecodeContext): Decoded {
  const parts = partsOf(record.text);
  return parts === undefined
    ? failed('no flow of several lines')
    : decoded(printedEvent('cilium-hubble-dict', record, parts, context));
}

function partsOf(text: string): Parts | undefined {
  if (!FIRST.test(text)) return undefined;
  const lines: Record<string, string> = {};
  for (const [, name = '', value = ''] of text.matchAll(LINE)) lines[name] = value;
  const { TIMESTAMP: stamp, NODE: node, SOURCE: a, DESTINATION: b, TYPE: event, VERDICT: verdict } = lines;
  if (stamp === undefined || a === undefined || b === undefined || event === undefined || verdict === undefined)
    return undefined;
  const summary = lines['SUMMARY'] ?? '';
  return { stamp, node, from: endOf(a), to: endOf(b), arrow: undefined, event, verdict, summary };
}

/** Without the identity behind it. */
const endOf = (text: string): string => text.replace(/ \([^()]*\)$/, '');
