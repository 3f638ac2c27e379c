import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { writeNight } from '../../bench/nights/generate.mjs';
import type { Folding } from '../../src/fold/folding.ts';
import type { Format } from '../../src/model/format.ts';
import { verdicts } from '../reach/hot-lines.ts';

const dist = join(import.meta.dirname, '../../dist');
const work = mkdtempSync(join(tmpdir(), 'verdicts-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

// The threads run the built files.
it.each([
  ['suricata-eve', 'eve', 'eve.json'],
  ['netfilter-log', 'netfilter', 'edge-fw-kernel.log'],
] as const)(
  'violations of %s that are counted without being read are those that reading counts, whatever other threads do',
  async (id, mix, file) => {
    const { gather } = await import(join(dist, 'reading/gather.js'));
    const { formats } = await import(join(dist, 'formats/index.js'));
    const { withHashes } = await import(join(dist, 'model/report.js'));
    const out = join(work, mix);
    const { alerts } = writeNight({ mix, megabytes: 9, out, callsPerSandbox: 30, alertShare: 1 });
    expect(alerts).toBeGreaterThan(8_000);
    appendFileSync(join(out, file), `${verdicts(id).join('\n')}\n`);
    const found = async (count: number): Promise<string> => {
      const threads = { count, fromBytes: 1e6 };
      const run = { paths: [out], cwd: work, memoryBytes: 20e6, threads };
      const { store, inputs, folding } = await gather(run, 'reach');
      const { counted } = folding;
      return JSON.stringify([
        await withHashes(inputs),
        Object.entries({ ...store, calls: [...store.calls] }),
        counted,
        (folding as Folding).folded().map(({ repeats, ...rest }) => ({ ...rest, lines: [...repeats.lines] })),
      ]);
    };
    const alone = await found(0);
    const format: { look?: Format['look'] } = formats.find((one: Format) => one.id === id);
    const { look } = format;
    format.look = (context) => {
      const own = look?.(context);
      const { verdicts: _, ...rest } = { ...own };
      return Object.assign((line: string) => own?.(line), rest);
    };
    const [, , counted, folded] = JSON.parse(alone);
    expect(counted).toBeGreaterThan(5_000);
    expect(folded.length).toBeGreaterThan(100);
    expect(await found(0)).toBe(alone);
    format.look = look;
    for (const count of [1, 3]) expect(await found(count)).toBe(alone);
  },
);
