import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { investigate } from '../../src/pipeline.ts';
import { audit, LEASE } from './one-sandbox.ts';

const folder = mkdtempSync(join(tmpdir(), 'doubled-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** One that no other call has. */
const ID = 'call_9f2b7c1d04aa';
const COMMAND = 'nc -z 10.77.0.6 6379';
const AT = 1_795_453_264;
const CALL = {
  episode_id: 'ep-1',
  sandbox_id: 'sb-1',
  tool: 'bash',
  tool_call_id: ID,
  command: COMMAND,
  start: '2026-11-23T17:01:03.000Z',
  end: '2026-11-23T17:01:05.000Z',
};
const LOGS = {
  'leases.jsonl': [JSON.stringify(LEASE)],
  'tool_calls.jsonl': [JSON.stringify(CALL)],
  'fast.log': [
    '11/23/2026-17:01:04.002000  [**] [1:9000009:1] SCAN connection attempts to internal services [**] [Classification: Leak] [Priority: 2] {TCP} 10.70.0.11:59006 -> 10.77.0.6:6379',
  ],
  'train-01-audit.log': [
    ...audit({ at: AT - 0.1, pid: 300, ppid: 100, uid: 20_004, args: ['bash', '-c', COMMAND] }),
    ...audit({ at: AT, pid: 300, ppid: 100, uid: 20_004 }),
  ],
};
const COUNT = Object.values(LOGS).flat().length;

async function answersWith(doubled: readonly boolean[], name: string) {
  mkdirSync(join(folder, name));
  let n = 0;
  for (const [file, lines] of Object.entries(LOGS))
    writeFileSync(join(folder, name, file), lines.map((line) => `${line}\n`.repeat(doubled[n++] ? 2 : 1)).join(''));
  const clockOffsets = new Map(['fast.log', 'train-01-audit.log'].map((source) => [source, 0] as const));
  const { attributions } = await investigate({ paths: [join(folder, name)], cwd: folder, clockOffsets });
  return attributions.map(({ verdict, toolCall, probability }) => [verdict, toolCall?.id, probability]);
}

it('lines of any log that stand there twice change no verdict (property)', async () => {
  let run = 0;
  const once = await answersWith([], 'once');
  expect(once).toMatchObject([['proven', ID, expect.any(Number)]]);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: COUNT, maxLength: COUNT }), async (doubled) => {
      expect(await answersWith(doubled, `${run++}`)).toEqual(once);
    }),
    { numRuns: 25 },
  );
});
