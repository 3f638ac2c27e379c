import { decoded, failed, no, skipped, yes } from '../../core/decoded.ts';
import { isObject, type JsonObject } from '../../core/json/json.ts';
import { RowReader, sniffRows } from '../../core/tables/rows.ts';
import { type Instant, instantOf } from '../../core/time/instant.ts';
import { eventTime, timeFromObserved } from '../../core/time/time.ts';
import type { DecodeContext, Decoded, Decoder, Format, Sniff, SniffRecord } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import { documentSections, readEntries, readRow, rowScore, type Section } from './entries.ts';

/** Who has which address: servers, firewall, proxy, DNS, metadata service, sandboxes, approved destinations. See docs/tables.md. */
export const inventory: Format = {
  id: 'inventory',
  title: 'inventory (JSON document, or rows as CSV or JSON lines)',
  roles: ['inventory'],
  framing: 'auto',
  status: 'real',
  clock: 'none; `generated_at` or `time` dates the document when it stands there',
  traps: ['an address of the firewall is its own side: the outside one is what the internet sees'],
  claims,
  sniff: (sample) => sniffRows(sample, rowScore, claims),
  open: openInventory,
};

function claims({ json }: SniffRecord): Sniff {
  if (!isObject(json)) return no('not an object');
  // A document of a log names a host and a container as well.
  if ('@timestamp' in json) return no('a record with a time');
  const sections = documentSections(json);
  const facts = sections.length > 0 ? sections.flatMap(readEntries) : readRow(json);
  if (facts.length === 0) return no('names no address, network or domain');
  if (sections.length >= 2) return yes(0.95, `sections ${sections.map(({ key }) => key).join(', ')}`);
  if (sections.length === 1 && Object.keys(json).length === 1) return yes(0.7, `section ${sections[0]?.key ?? ''}`);
  return rowScore(Object.keys(json));
}

function openInventory(context: DecodeContext): Decoder {
  const rows = new RowReader((names) => rowScore(names).score > 0);
  return { decode: (record) => decode(record, rows, context.zoneOffsetMin) };
}

function decode(record: RawRecord, rows: RowReader, zone: number): Decoded {
  const read = rows.read(record);
  if (read.is === 'bad') return failed('neither JSON nor a row under a known header');
  if (read.is !== 'row') return read.is === 'held' ? decoded() : skipped(read.is);
  const sections: readonly Section[] = documentSections(read.row);
  const facts = sections.length > 0 ? sections.flatMap(readEntries) : readRow(read.row);
  if (facts.length === 0) return failed('names no address, network or domain');
  const stamp = stampOf(read.row, zone);
  const time =
    stamp === undefined
      ? timeFromObserved(record.observed)
      : eventTime(stamp.stamp, { raw: stamp.raw, basis: 'snapshot' });
  const base = {
    kind: 'inventory' as const,
    format: 'inventory',
    clock: stamp === undefined ? 'none' : 'generated',
    time,
    ref: read.ref,
  };
  return decoded(...facts.map((fact) => ({ ...base, ...fact })));
}

function stampOf(row: JsonObject, zone: number): Instant | undefined {
  return instantOf(row['generated_at'] ?? row['generatedAt'] ?? row['timestamp'] ?? row['time'], zone);
}
