import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { allEvents } from '../../src/reading/evidence-store.ts';
import { gather } from '../../src/reading/gather.ts';

const work = mkdtempSync(join(tmpdir(), 'pieces-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

const samples = (id: string): string => join(import.meta.dirname, '../../src/formats', id, 'samples');

/** Events of a log in so many pieces, the oldest first, without their places. */
async function eventsOf(id: string, pieces: readonly string[]): Promise<string[]> {
  const dir = join(work, id);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir);
  const names = pieces.map((_, i) => (i === pieces.length - 1 ? 'x.log' : `x.log.${pieces.length - 1 - i}`));
  for (const [i, name] of names.entries()) writeFileSync(join(dir, name), pieces[i] ?? '');
  const forced = new Map(names.map((name) => [name, id]));
  const { store } = await gather({ paths: [dir], cwd: dir, year: 2026, forced }, 'all');
  return Array.from(allEvents(store), ({ ref, ...event }) =>
    JSON.stringify(event).replaceAll(/x\.log\.\d/g, 'x.log'),
  ).sort();
}

describe.each([
  'auditd',
  'bpftrace',
  'cef',
  'dhcpd-syslog',
  'docker-events',
  'rock-llmservice',
  'rock-llmtraj',
  'ss',
  'suricata-eve',
])('a log of %s', (id) => {
  const files = readdirSync(samples(id)).filter((file) => !/\.bad\.|\.expected\./.test(file));

  it.each(files)('tells the same wherever it was rotated: %s', async (file) => {
    const text = readFileSync(join(samples(id), file), 'utf8');
    const whole = await eventsOf(id, [text]);
    const lines = text.split('\n').slice(0, -1);
    const step = Math.ceil(lines.length / 40);
    for (let cut = 1; cut < lines.length; cut += step) {
      const pieces = [lines.slice(0, cut), lines.slice(cut)].map((part) => `${part.join('\n')}\n`);
      expect(await eventsOf(id, pieces), `cut behind line ${cut}`).toEqual(whole);
    }
  });
});
