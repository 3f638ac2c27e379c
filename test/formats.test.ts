import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sniffMean } from '../src/core/decoded.ts';
import { tryJson } from '../src/core/json/json.ts';
import { formats } from '../src/formats/index.ts';
import type { Event } from '../src/model/event.ts';
import type { DecodeContext, Format, Sample } from '../src/model/format.ts';
import type { RawRecord } from '../src/model/source.ts';
import type { Micros } from '../src/model/time.ts';
import { createFramer, cutOf } from '../src/sources/cutting/frame.ts';
import { unwrapRecord } from '../src/sources/envelopes/unwrap.ts';

const root = join(import.meta.dirname, '../src/formats');
const update = process.env['UPDATE_GOLDENS'] === '1';
const context: DecodeContext = { path: 'sample', zoneOffsetMin: 0, reference: 1_767_225_600_000_000 as Micros };

interface Golden {
  readonly counts: { decoded: number; skipped: Record<string, number>; failed: number };
  readonly events: readonly Event[];
}

function cut(format: Format, bytes: Uint8Array, chunk: number): RawRecord[] {
  const framer = createFramer('sample', cutOf(format.framing, Buffer.from(bytes.subarray(0, 65536)).toString('utf8')));
  const out: RawRecord[] = [];
  for (let i = 0; i < bytes.length; i += chunk) out.push(...framer.push(bytes.subarray(i, i + chunk)));
  out.push(...framer.end());
  return out.map(unwrapRecord);
}

function decodeAll(format: Format, records: readonly RawRecord[]): Golden {
  const decoder = format.open(context);
  const events: Event[] = [];
  const counts: Golden['counts'] = { decoded: 0, skipped: {}, failed: 0 };
  for (const record of records) {
    const result = decoder.decode(record);
    if (result.status === 'decoded') {
      counts.decoded++;
      events.push(...result.events);
    } else if (result.status === 'skipped') counts.skipped[result.reason] = (counts.skipped[result.reason] ?? 0) + 1;
    else counts.failed++;
  }
  events.push(...(decoder.flush?.() ?? []));
  return { counts, events };
}

function samplesOf(id: string): string[] {
  const folder = join(root, id, 'samples');
  return existsSync(folder) ? readdirSync(folder).filter((name) => !name.endsWith('.expected.json')) : [];
}

function headOf(format: Format, path: string): Sample {
  const records = cut(format, readFileSync(path), 1 << 20).slice(0, 200);
  return { path, records: records.map(({ text }) => ({ text, json: tryJson(text) })) };
}

/** A value, without the quotes and signs around it. */
const WORD = /[^\s=,:;"'|<>()[\]{}]+/g;

/** Nothing in it comes from a prototype. */
function isPlain(value: unknown): boolean {
  if (typeof value === 'function' || value === Object.prototype) return false;
  return typeof value !== 'object' || value === null || Object.values(value).every(isPlain);
}

const score = (format: Format, sample: Sample): number =>
  (format.sniff?.(sample) ?? sniffMean(sample, format.claims)).score;

it('lists every folder once, sorted, with matching ids', () => {
  const folders = readdirSync(root).filter((name) => statSync(join(root, name)).isDirectory());
  expect(formats.map((format) => format.id)).toEqual(folders.sort());
});

describe.each(formats.map((format) => [format.id, format] as const))('%s', (id, format) => {
  const samples = samplesOf(id);

  it('has a README and at least one sample', () => {
    expect(existsSync(join(root, id, 'README.md'))).toBe(true);
    expect(samples.length).toBeGreaterThan(0);
    for (const name of readdirSync(join(root, id, 'samples')).filter((file) => file.endsWith('.expected.json'))) {
      expect(samples).toContain(name.replace(/\.expected\.json$/, ''));
    }
  });

  it.each(samples)('reads %s as its golden says', (name) => {
    const path = join(root, id, 'samples', name);
    const actual = JSON.parse(JSON.stringify(decodeAll(format, cut(format, readFileSync(path), 1 << 20)))) as Golden;
    const goldenPath = `${path}.expected.json`;
    if (update) writeFileSync(goldenPath, `${JSON.stringify(actual, null, 1)}\n`);
    expect(actual).toEqual(JSON.parse(readFileSync(goldenPath, 'utf8')));
    if (!name.includes('.bad.')) expect(actual.counts.failed).toBe(0);
    else expect(actual.counts.failed).toBeGreaterThan(0);
  });

  it.each(samples)('reads %s alike in chunks of any size', (name) => {
    const bytes = readFileSync(join(root, id, 'samples', name));
    const whole = decodeAll(format, cut(format, bytes, bytes.length));
    for (const chunk of [1, 7, 65536]) expect(decodeAll(format, cut(format, bytes, chunk))).toEqual(whole);
  });

  it.each(samples.filter((name) => !name.includes('.bad.')))('recognises %s and nobody else claims it more', (name) => {
    const path = join(root, id, 'samples', name);
    const own = score(format, headOf(format, path));
    expect(own).toBeGreaterThanOrEqual(0.5);
    for (const other of formats) {
      if (other.id !== id)
        expect([other.id, score(other, headOf(other, path))]).toSatisfy(([, value]) => (value as number) < own);
    }
  });

  it('takes names that every object has for the words that they are', () => {
    const ref = { source: 'x', line: 1, offset: 0, bytes: 0 };
    for (const name of samples)
      for (const { text } of cut(format, readFileSync(join(root, id, 'samples', name)), 1 << 20).slice(0, 8))
        for (const match of [...text.slice(0, 3000).matchAll(WORD)].slice(0, 80))
          for (const word of ['__proto__', 'constructor', 'toString']) {
            const hostile = text.slice(0, match.index) + word + text.slice(match.index + match[0].length);
            const decoder = format.open(context);
            const result = decoder.decode({ text: hostile, ref });
            const events = [...(result.status === 'decoded' ? result.events : []), ...(decoder.flush?.() ?? [])];
            expect(events.every(isPlain), hostile).toBe(true);
          }
  });

  it('reads on where a disk left millions of zero bytes within a line', () => {
    const zeros = '\0'.repeat(18_000_000);
    const ref = { source: 'x', line: 1, offset: 0, bytes: 0 };
    for (const name of samples) {
      const [first] = cut(format, readFileSync(join(root, id, 'samples', name)), 1 << 20);
      const at = (first?.text.indexOf('"') ?? -1) + 1;
      if (first === undefined || first.text.startsWith('{') || at === 0) continue;
      const text = first.text.slice(0, at) + zeros + first.text.slice(at);
      expect(() => format.open(context).decode({ text, ref })).not.toThrow();
    }
  });

  it('looks once over a long line that no format wrote', () => {
    for (const unit of ['x', 'ab, ', '{"k":1,"v":"x"}, ', 'a=b ', '1 > ']) {
      const text = unit.repeat(Math.ceil(100_000 / unit.length));
      expect(score(format, { path: 'x', records: [{ text, json: undefined }] }), unit).toBeLessThan(0.5);
    }
  });

  it('never throws on hostile input', () => {
    const lines = samples
      .flatMap((name) => cut(format, readFileSync(join(root, id, 'samples', name)), 1 << 20))
      .map(({ text }) => text);
    const ref = { source: 'x', line: 1, offset: 0, bytes: 0 };
    const line = fc.constantFrom(...lines);
    const mutated = fc
      .tuple(
        line,
        fc.nat(4000),
        fc.nat(40),
        fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('', '"', '{}', 'null', '-1', '[')),
      )
      .map(
        ([text, from, length, put]) =>
          text.slice(0, from % (text.length + 1)) + put + text.slice((from % (text.length + 1)) + length),
      );
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), mutated), { maxLength: 6 }), (texts) => {
        const decoder = format.open(context);
        for (const text of texts) {
          format.claims({ text, json: tryJson(text) });
          decoder.decode({ text, ref });
        }
        decoder.flush?.();
      }),
      { numRuns: 150 },
    );
  });
});
