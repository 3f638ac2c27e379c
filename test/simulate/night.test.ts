import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Report } from '../../src/model/report.ts';
import { investigate } from '../../src/pipeline.ts';
import { familyNames, simulateNight } from '../../src/simulate/index.ts';
import type { TruthRow } from '../../src/simulate/score.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

type Night = ReadonlyMap<string, string>;

function night(seed: number, families: readonly string[], size: { episodes: number } | { records: number }): Night {
  const files = new Map<string, string>();
  for (const { file, text } of simulateNight({ seed, families, ...size }))
    files.set(file, (files.get(file) ?? '') + text);
  return files;
}

async function answer(files: Night): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'night-'));
  folders.push(folder);
  for (const [file, text] of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return investigate({ paths: [join(folder, 'inputs')], cwd: folder });
}

const truthOf = (files: Night): TruthRow[] =>
  (files.get('truth.jsonl') ?? '')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as TruthRow);

/** Records that are named in the families whose point is that not all can be; every record in the others. */
const NAMED: Readonly<Record<string, number>> = {
  'log-loss': 0,
  'aggregated-late': 0,
  'infra-noise': 0,
  'missing-traces': 0,
  'shared-egress': 2,
};

describe('a simulated night', () => {
  it('is the same for the same seed and another for another', () => {
    expect(night(7, [], { episodes: 25 })).toEqual(night(7, [], { episodes: 25 }));
    expect(night(7, [], { episodes: 25 }).get('truth.jsonl')).not.toBe(
      night(8, [], { episodes: 25 }).get('truth.jsonl'),
    );
  });

  it('has at least the records asked for', () => {
    const files = night(3, ['scan'], { records: 500 });
    const lines = [...files].filter(([file]) => file.endsWith('.log') || file.endsWith('.jsonl'));
    expect(lines.reduce((sum, [, text]) => sum + text.split('\n').length, 0)).toBeGreaterThan(500);
  });

  it.each(familyNames)(
    '%s: every truth line is a record that is flagged, and none is blamed wrongly',
    async (family) => {
      const files = night(11, [family], { episodes: 3 });
      const answers = new Map(
        (await answer(files)).attributions.flatMap((one) =>
          [one.violation.event.ref, ...one.violation.alsoSeen].map(
            ({ source, line }) => [`${source.split('/').at(-1)}:${line}`, one] as const,
          ),
        ),
      );
      const rows = truthOf(files).map((row) => ({ row, one: answers.get(`${row.file}:${row.line}`) }));
      const wrong = rows.filter(({ row, one }) => one?.episode !== undefined && one.episode.id !== row.episode_id);
      expect(rows.length).toBeGreaterThan(0);
      expect(rows.filter(({ one }) => one === undefined)).toEqual([]);
      expect(wrong).toEqual([]);
      const named = rows.filter(({ one }) => one?.episode !== undefined).length;
      expect(named).toBeGreaterThanOrEqual(NAMED[family] ?? rows.length);
    },
  );

  it('keeps every proven name when an unrelated episode is added', async () => {
    const names = async (episodes: number): Promise<Map<string, string>> => {
      const { attributions } = await answer(night(5, ['tunnel', 'miner', 'detached-child', 'metadata'], { episodes }));
      return new Map(
        attributions.flatMap(({ verdict, episode, violation: { event } }) =>
          verdict === 'proven'
            ? [
                [
                  `${event.time.at} ${JSON.stringify('src' in event ? [event.src, event.dst] : 'name' in event ? event.name : event.pid)}`,
                  episode?.id ?? '',
                ] as const,
              ]
            : [],
        ),
      );
    };
    const before = await names(6);
    const after = await names(7);
    expect(before.size).toBeGreaterThan(5);
    const kept = [...before].filter(([flow]) => after.has(flow));
    expect(kept.length).toBeGreaterThan(5);
    for (const [flow, name] of kept) expect(after.get(flow), flow).toBe(name);
  });

  it('keeps every proven name when unrelated episodes, files and alerts are added (property)', async () => {
    const files = night(9, ['tunnel', 'metadata', 'detached-child'], { episodes: 4 });
    const proven = (report: Report): Map<string, string> =>
      new Map(
        report.attributions.flatMap(({ verdict, episode, toolCall, violation: { id } }) =>
          verdict === 'proven' ? [[id, `${episode?.id} ${toolCall?.id}`] as const] : [],
        ),
      );
    const before = proven(await answer(files));
    expect(before.size).toBeGreaterThan(5);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 250 }), fc.integer({ min: 0, max: 40 }), async (n, minute) => {
        const at = `2026-11-23T17:${String(minute).padStart(2, '0')}:07.250`;
        const more = new Map(files);
        const row = { episode_id: `other-${n}`, sandbox_id: `far-${n}`, server: 'far-host' };
        more.set(
          'inputs/far-leases.jsonl',
          `${JSON.stringify({ ...row, ip: `10.99.0.${n}`, start: `${at}Z`, end: '2026-11-23T18:30:00Z' })}\n`,
        );
        more.set(
          'inputs/far-calls.jsonl',
          `${JSON.stringify({ ...row, tool: 'bash', tool_call_id: `call_far${n}`, command: 'curl http://169.254.169.254/', start: `${at}Z`, end: '2026-11-23T18:00:00Z' })}\n`,
        );
        more.set(
          'inputs/far-fw.log',
          `${at.replace('.', ',')}000+00:00 FW-META IN=a OUT=b SRC=10.99.0.${n} DST=169.254.169.254 LEN=60 TOS=0x00 PREC=0x00 TTL=62 ID=${n} DF PROTO=TCP SPT=${40_000 + n} DPT=80 WINDOW=64240 RES=0x00 SYN URGP=0 \n`,
        );
        const after = proven(await answer(more));
        for (const [id, name] of before) if (after.has(id)) expect(after.get(id), id).toBe(name);
        expect([...before.keys()].filter((id) => after.has(id)).length).toBeGreaterThan(5);
      }),
      { numRuns: 8 },
    );
  });
});
