import { Buffer } from 'node:buffer';
import { expect, it } from 'vitest';
import type { CallCutter } from '../../../src/model/call-cutter.ts';
import { CallSkimmer } from '../../../src/reach/skimming/call-skimmer.ts';

it('a log of which hardly any line can be cut is left to its decoder, but for a look at each chunk', () => {
  const tried: string[] = [];
  const cutter: CallCutter = {
    words: 1,
    identify: () => undefined,
    cut: ({ text }) => {
      tried.push(text);
      return text.startsWith('cut') ? [{ episodeId: undefined, call: undefined }] : undefined;
    },
  };
  const skimmer = new CallSkimmer(cutter, { source: 'x', writer: 0 });
  const chunk = (lines: readonly string[]) => Buffer.from(lines.map((line) => `${line}\n`).join(''));
  const lines = (name: string): readonly string[] => Array.from({ length: 1000 }, (_, n) => `${name} ${n}`);
  // The first line is always read.
  const first = skimmer.skim({ chunk: chunk(lines('other')), isFirst: true });
  expect([first.lines, first.read.length / 3, tried.length]).toEqual([1000, 1000, 19]);
  tried.length = 0;
  const mixed = lines('cut').map((line, n) => (n % 2 === 0 ? line : `other ${n}`));
  const second = skimmer.skim({ chunk: chunk(['', ...mixed]), isFirst: false });
  expect(tried.length).toBe(1000);
  expect(second.calls.lines.length / 2).toBe(500);
  expect(second.read.length / 3).toBe(500);
});
