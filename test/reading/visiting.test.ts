import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { formats } from '../../src/formats/index.ts';
import type { Micros } from '../../src/model/time.ts';
import { visitLines } from '../../src/reading/decoding/visit-lines.ts';
import { recognise } from '../../src/reading/recognising/recognise.ts';
import { readHeads } from '../../src/sources/heads/heads.ts';
import { findInputs } from '../../src/sources/inputs/inputs.ts';

const dir = mkdtempSync(join(tmpdir(), 'visiting-'));
afterAll(() => rmSync(dir, { recursive: true }));

const LINE = `${JSON.stringify({
  timestamp: '2026-11-23T17:19:03.543000+0000',
  event_type: 'flow',
  src_ip: '192.0.2.7',
  src_port: 40000,
  dest_ip: '198.51.100.9',
  dest_port: 443,
  proto: 'TCP',
})}\n`;
const LINES = 4;

it('somebody is told of the lines that were visited, now and then', async () => {
  writeFileSync(join(dir, 'long.json'), LINE.repeat(600));
  const { inputs } = await findInputs(['long.json'], dir);
  const places = Array.from({ length: 600 }, (_, n) => ({ line: n + 1, offset: n * LINE.length, lines: 1 }));
  const told: number[] = [];
  for await (const { input, head } of readHeads(inputs)) {
    const dating = { zoneOffsetMin: () => 0, reference: () => 0 as Micros };
    const onLines = (lines: number): void => void told.push(lines);
    const options = { ...dating, formats, isSeekable: true, before: undefined, onLines };
    await visitLines(recognise(input, head, formats, undefined), options, { places, keep: () => [] }, async () => {});
  }
  expect(told).toEqual([256, 512]);
});

it.each([
  ['eve.json', LINE.repeat(LINES), true],
  ['eve.json.gz', gzipSync(LINE.repeat(LINES)), false],
] as const)('what is kept of a line of %s is given on before the next is read', async (name, bytes, isSeekable) => {
  writeFileSync(join(dir, name), bytes);
  const { inputs } = await findInputs([name], dir);
  let given = 0;
  const asked: number[] = [];
  function* places() {
    for (let line = 1; line <= LINES; line++) {
      asked.push(given);
      yield { line, offset: (line - 1) * LINE.length, lines: 1 };
    }
  }
  for await (const { input, head } of readHeads(inputs)) {
    const dating = { zoneOffsetMin: () => 0, reference: () => 0 as Micros };
    const options = { ...dating, formats, isSeekable, before: undefined };
    const visit = { places: places(), keep: <T>(events: T): T => events };
    const { kept } = await visitLines(recognise(input, head, formats, undefined), options, visit, async (events) => {
      given += events.length;
    });
    expect(kept).toBe(LINES);
  }
  expect(asked).toEqual([0, 1, 2, 3]);
});
