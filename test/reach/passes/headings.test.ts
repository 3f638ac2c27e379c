import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lookAtZeekRows } from '../../../src/formats/zeek-tsv/look.ts';
import { LEFT } from '../../../src/reach/moments/answer.ts';
import { Headings } from '../../../src/reach/passes/headings.ts';
import { endsLine } from '../../../src/reach/skimming/chunk.ts';
import { Skimmer } from '../../../src/reach/skimming/skimmer.ts';

const head = (path: string, fields: string): string[] => [
  '#separator \\x09',
  '#set_separator\t,',
  '#empty_field\t(empty)',
  '#unset_field\t-',
  `#path\t${path}`,
  `#fields\t${fields}`,
];
const CONN = head('conn', 'ts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto');
const SSH = head('ssh', 'ts\tuid\tid.resp_h\tid.resp_p\tid.orig_h\tid.orig_p\tproto');
const row = (uid: string): string => `1795464000.000000\t${uid}\t10.0.0.1\t40000\t192.0.2.1\t443\ttcp`;

const lines = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom([row('C1')], [row('#2')], [row('C#3')]) },
      { weight: 2, arbitrary: fc.constantFrom(CONN, SSH) },
      // Parts of headings, and what is none.
      {
        weight: 1,
        arbitrary: fc.constantFrom(['#close\t2026'], SSH.slice(5), CONN.slice(1), ['', ' #'], ['#'.repeat(9)]),
      },
    ),
    { maxLength: 30 },
  )
  .map((groups) => [...CONN, ...groups.flat()]);

const newSkimmer = (): Skimmer => new Skimmer(lookAtZeekRows(), () => LEFT);

it('several looks that are told of the headings before a chunk leave what one look at the whole file leaves (property)', () => {
  let left = 0;
  fc.assert(
    fc.property(lines, fc.array(fc.nat(), { maxLength: 12 }), fc.array(fc.nat(2)), (all, cuts, turns) => {
      const bytes = Buffer.from(all.map((text) => `${text}\n`).join(''));
      const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
      const alone = newSkimmer();
      const several = [newSkimmer(), newSkimmer(), newSkimmer()];
      const headings = new Headings('#');
      let startsLine = true;
      for (const [n, end] of ends.entries()) {
        const chunk = { chunk: bytes.subarray(ends[n - 1] ?? 0, end), isFirst: n === 0, startsLine };
        startsLine = endsLine(chunk.chunk);
        const heading = headings.before(chunk.chunk, chunk.startsLine);
        const skimmed = several[turns[n] ?? 0]?.skim({ ...chunk, heading });
        expect(skimmed).toEqual(alone.skim(chunk));
        left += (skimmed?.lines ?? 0) - (skimmed?.read.length ?? 0) / 3;
      }
    }),
    { numRuns: 500 },
  );
  expect(left).toBeGreaterThan(100);
});

it('headings that nothing follows do not pile up', () => {
  const headings = new Headings('#');
  for (let n = 0; n < 100; n++) headings.before(Buffer.from('x\n#a\n#b\n'), false);
  expect(headings.before(Buffer.from(''), false).lines.length).toBeLessThan(50);
});
