import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { writeNight } from '../../bench/nights/generate.mjs';
import { newScanMemory } from '../../src/scan/memory.ts';

const dist = join(import.meta.dirname, '../../dist');
const work = mkdtempSync(join(tmpdir(), 'threads-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** The long files of a folder are stored compressed. */
function compress(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).size < 1e6) continue;
    writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 1 }));
    rmSync(path);
  }
}

describe('other threads that skim', () => {
  // The threads run the built files.
  it.each([
    ...(['eve', 'zeek', 'auditd', 'falco', 'tetragon', 'conntrack', 'netfilter', 'sls', 'otlp', 'ale'] as const).map(
      (mix) => [mix, 'as it is'] as const,
    ),
    ...(['eve', 'auditd', 'falco', 'otlp'] as const).map((mix) => [mix, 'compressed'] as const),
  ])('change nothing in what is kept of %s, stored %s', async (mix, how) => {
    const { gather } = await import(join(dist, 'reading/gather.js'));
    const { withHashes } = await import(join(dist, 'model/report.js'));
    writeNight({ mix, megabytes: 8, out: join(work, mix), callsPerSandbox: 10, alertShare: 0.01 });
    if (how === 'compressed') compress(join(work, mix));
    const kept = async (count: number): Promise<string> => {
      const threads = { count, fromBytes: 5e5 };
      const { store, inputs } = await gather(
        { paths: [join(work, mix)], cwd: work, memoryBytes: 60e6, threads },
        'reach',
      );
      return JSON.stringify([
        await withHashes(inputs),
        Object.entries({ ...store, calls: [...store.calls], leases: [...store.leases] }),
      ]);
    };
    const alone = await kept(0);
    expect(JSON.parse(alone)[0]).not.toHaveLength(0);
    for (const count of [1, 3]) expect(await kept(count)).toBe(alone);
  });

  it('hand on what goes wrong in them', async () => {
    const { SkimThreads } = await import(join(dist, 'threads/skim-threads.js'));
    const memory = newScanMemory({ others: 1, buffers: 1, bytes: 10 });
    const [chunk = new Uint8Array(0)] = memory.buffers;
    const threads = new SkimThreads(memory.others);
    const rules = { ips: new Set<string>(), nets: [], urls: [], userAgents: [] };
    const context = { path: 'x', zoneOffsetMin: 0, reference: 0 };
    threads.begin(
      { kind: 'file', format: 'no-such-format', context, rules, ports: new Uint8Array(65536) },
      { inOrder: false },
    );
    await expect(threads.skim({ chunk, isFirst: true }, [])).rejects.toThrow(/no look/);
    // Nor does one wait for ever who asks a thread that is gone.
    await expect(threads.skim({ chunk, isFirst: false }, [])).rejects.toThrow(/no look/);
    // They see nothing but the memory that they share.
    expect(() => threads.skim({ chunk: new Uint8Array(10), isFirst: false }, [])).toThrow(/stands elsewhere/);
    await threads.close();
  });
});
