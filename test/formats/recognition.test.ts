import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sniffMean } from '../../src/core/decoded.ts';
import { tryJson } from '../../src/core/json/json.ts';
import { formats } from '../../src/formats/index.ts';
import type { Format, Sample } from '../../src/model/format.ts';
import type { RawRecord } from '../../src/model/source.ts';
import type { Micros } from '../../src/model/time.ts';
import { createFramer, cutOf } from '../../src/sources/cutting/frame.ts';
import { unwrapRecord } from '../../src/sources/envelopes/unwrap.ts';
import { STRANGE } from './strange.ts';

const root = join(import.meta.dirname, '../../src/formats');
const context = { path: 'sample', zoneOffsetMin: 0, reference: 1_767_225_600_000_000 as Micros };

/** Samples of all formats, and texts of programs that none of them reads. */
const TEXTS: readonly (readonly [string, string])[] = [
  ...Object.entries(STRANGE),
  ...formats.flatMap(({ id }) =>
    readdirSync(join(root, id, 'samples'))
      .filter((name) => !/\.expected\.json$|\.bad\./.test(name))
      .map((name) => [`${id}/${name}`, readFileSync(join(root, id, 'samples', name), 'utf8')] as const),
  ),
];

interface Head {
  readonly records: readonly RawRecord[];
  readonly sample: Sample;
}

const heads = new Map<string, Head>();

/** What several formats cut alike is cut once. */
function headOf({ framing }: Format, path: string, text: string): Head {
  const cut = cutOf(framing, text.slice(0, 65536));
  const key = `${typeof cut === 'string' ? cut : cut.startsRecord.source} ${path}`;
  const known = heads.get(key);
  if (known !== undefined) return known;
  const framer = createFramer('sample', cut);
  const records = [...framer.push(Buffer.from(text)), ...framer.end()].map(unwrapRecord).slice(0, 200);
  const head = {
    records,
    sample: { path, records: records.map((record) => ({ text: record.text, json: tryJson(record.text) })) },
  };
  heads.set(key, head);
  return head;
}

const scoreOf = (format: Format, { sample }: Head): number =>
  (format.sniff?.(sample) ?? sniffMean(sample, format.claims)).score;

/** Claims the text, and then decodes no record, and fails at some. */
function claimsInVain(format: Format, path: string, text: string): boolean {
  const head = headOf(format, path, text);
  if (scoreOf(format, head) <= 0) return false;
  const decoder = format.open(context);
  const results = head.records.map((record) => decoder.decode(record));
  return results.some(({ status }) => status === 'failed') && results.every(({ status }) => status !== 'decoded');
}

it.each(formats.map((format) => [format.id, format] as const))('%s claims nothing that it cannot read', (_, format) => {
  expect(TEXTS.filter(([path, text]) => claimsInVain(format, path, text)).map(([path]) => path)).toEqual([]);
});

describe('a text that no format reads', () => {
  it.each(Object.entries(STRANGE))('%s is claimed by none', (path, text) => {
    const claimants = formats.filter((format) => scoreOf(format, headOf(format, path, text)) > 0);
    expect(claimants.map(({ id }) => id)).toEqual([]);
  });
});
