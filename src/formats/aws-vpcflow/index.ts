import { decoded, failed, no, skipped, sniffMean, yes } from '../../core/decoded.ts';
import { isObject, type JsonObject, textOf, tryJson } from '../../core/json/json.ts';
import { headed } from '../../core/lines/headed.ts';
import type { Decoded, Format, Sample, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { flowOf } from './flow.ts';
import { beginsFlow, cellsOf, fieldName, guessLayout, headerLayout, type Layout } from './layout.ts';

/** AWS VPC and transit gateway flow logs: text of any order with its header, JSON, CSV. */
export const awsVpcflow: Format = headed({
  id: 'aws-vpcflow',
  title: 'AWS VPC Flow Logs',
  roles: ['violation', 'flow', 'nat'],
  framing: 'auto',
  status: 'real',
  clock: 'start and end: epoch s of the first and last packet in the aggregation window (up to 10 min)',
  traps: [
    'a custom order can only be read with its header, which CloudWatch does not store',
    'each direction is its own record; only tcp-flags tell who opened the flow',
    'SKIPDATA means that records were lost; NODATA that there was no traffic',
    'metadata service, Amazon DNS, time sync and DHCP traffic is never logged',
    'start and end may be up to 60 s later than the packet',
  ],
  describesHosts: true,
  claims,
  sniff,
  open: () => {
    let layout: Layout | undefined;
    return {
      decode(record) {
        // A failing JSON.parse costs more than the whole line: it is tried only where JSON can stand.
        if (record.text.startsWith('{')) return decodeObject(record, tryJson(record.text));
        const header = headerLayout(record.text);
        if (header === undefined) return decodeCells(record, layout);
        layout = header;
        return skipped('header');
      },
    };
  },
});

const OBJECT_KEYS = ['srcaddr', 'dstaddr'];

/** As long as `srcaddr` or `${srcaddr}`: names of other logs are seldom looked at closer. */
const isSource = (key: string): boolean => (key.length === 7 || key.length === 10) && fieldName(key) === 'srcaddr';

function objectFields(json: JsonObject): Record<string, string> | undefined {
  if (!Object.keys(json).some(isSource)) return undefined;
  const out: Record<string, string> = {};
  for (const [key, value] of Object.entries(json)) {
    const text = textOf(value);
    if (text !== undefined) out[fieldName(key)] = text;
  }
  return OBJECT_KEYS.every((key) => key in out) ? out : undefined;
}

function claims({ text, json }: SniffRecord): Sniff {
  if (isObject(json)) {
    const fields = objectFields(json);
    if (fields === undefined) return no('no srcaddr and dstaddr');
    const isFlow = 'interface-id' in fields || 'log-status' in fields || 'pkt-srcaddr' in fields;
    return isFlow ? yes(0.97, 'srcaddr, dstaddr and interface_id as JSON') : no('no interface_id');
  }
  if (headerLayout(text) !== undefined) return yes(0.98, 'header of a VPC flow log');
  if (text.length > 2000) return no('too long for a flow');
  const layout = beginsFlow(text) ? guessLayout(cellsOf(text)) : undefined;
  if (layout === undefined) return no('neither a header nor a documented order');
  return layout.length > 6 ? yes(0.97, 'fields of a VPC flow log') : yes(0.6, 'instance, interface and four addresses');
}

/** A header speaks for the whole file, whatever its order. */
function sniff(sample: Sample): Sniff {
  const first = sample.records[0];
  if (first !== undefined && headerLayout(first.text) !== undefined) return yes(0.98, 'header of a VPC flow log');
  return sniffMean(sample, claims);
}

function decodeObject(record: RawRecord, json: unknown): Decoded {
  const fields = isObject(json) ? objectFields(json) : undefined;
  return fields === undefined ? failed('no srcaddr and dstaddr') : toDecoded(record, fields);
}

function decodeCells(record: RawRecord, header: Layout | undefined): Decoded {
  const cells = cellsOf(record.text);
  const layout = header !== undefined && header.length === cells.length ? header : guessLayout(cells);
  if (layout === undefined)
    return failed(
      header === undefined ? 'unknown order of fields: the header is missing' : 'not as many fields as the header',
    );
  const fields: Record<string, string> = {};
  for (let i = 0; i < cells.length; i++) {
    const name = layout[i];
    const cell = cells[i];
    if (name !== undefined && cell !== undefined) fields[name] = cell;
  }
  return toDecoded(record, fields);
}

function toDecoded(record: RawRecord, fields: Readonly<Record<string, string>>): Decoded {
  if (fields['log-status'] === 'NODATA') return skipped('NODATA: no traffic in the window');
  const event = flowOf(record, fields);
  return event === undefined ? failed('no address') : decoded(event);
}
