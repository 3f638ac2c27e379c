import { Buffer } from 'node:buffer';
import { expect } from 'vitest';
import type { Template } from '../../src/model/template.ts';
import { PATH_BITS, ROW, ROW_NUMBERS } from '../../src/scan/layout.ts';
import { createMatcher, type Matcher } from '../../src/scan/matcher.ts';
import { type Area, newScanMemory } from '../../src/scan/memory.ts';

export const newArea = (): Area => newScanMemory({ others: 0, buffers: 0, bytes: 0 }).area;

export function newMatcher(...templates: readonly Template[]): Matcher {
  const matcher = createMatcher(newArea());
  if (matcher === undefined) throw new Error('this machine has no vector instructions');
  for (const template of templates) matcher.add(template);
  return matcher;
}

export interface Row {
  readonly hash: string | undefined;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly path: string;
  readonly lines: number;
  /** Microseconds since the epoch; only of templates with a moment. */
  readonly at: number;
}

/** Rows of lines, which are bytes, one character each. */
export function scan(matcher: Matcher, lines: readonly string[]): readonly Row[] {
  return rowsOf(matcher, Buffer.from(lines.map((line) => `${line}\n`).join(''), 'latin1'));
}

/** The same whether its templates are compiled or not. */
export function rowsOf(matcher: Matcher, lines: Uint8Array): readonly Row[] {
  const rows = scanned(matcher, lines);
  matcher.compile();
  expect(scanned(matcher, lines)).toEqual(rows);
  return rows;
}

function scanned(matcher: Matcher, lines: Uint8Array): readonly Row[] {
  const bytes = Buffer.from(lines.buffer, lines.byteOffset, lines.length);
  matcher.load(lines);
  const rows: Row[] = [];
  for (let from = 0; from < bytes.length; ) {
    const count = matcher.scan(from);
    for (let i = 0; i < count; i++) {
      const numbers = matcher.rows.subarray(i * ROW_NUMBERS, (i + 1) * ROW_NUMBERS);
      const [low = 0, high = 0] = [numbers[ROW.low], numbers[ROW.high]];
      const path = numbers[ROW.path] ?? 0;
      const start = path >>> PATH_BITS;
      rows.push({
        hash: low === 0 && high === 0 ? undefined : `${high} ${low}`,
        a: numbers[ROW.a] ?? 0,
        b: numbers[ROW.b] ?? 0,
        c: numbers[ROW.c] ?? 0,
        path: bytes.toString('latin1', start, start + (path & (2 ** PATH_BITS - 1))),
        lines: numbers[ROW.lines] ?? 0,
        at: (numbers[ROW.second] ?? 0) * 1e6 + (numbers[ROW.micros] ?? 0),
      });
      from = (numbers[ROW.to] ?? 0) + 1;
    }
  }
  return rows;
}
