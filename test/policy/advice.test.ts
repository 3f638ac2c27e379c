import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { investigateThenRecall } from '../../src/pipeline.ts';
import { advisePolicy } from '../../src/policy/advice.ts';
import { FlowTally } from '../../src/policy/tally.ts';
import { night } from './nights.ts';

const root = join(import.meta.dirname, '../..');

/** The connections of one reading; none where the inputs were too long to be kept. */
async function recalled(name: string, memoryBytes?: number) {
  const tallies: FlowTally[] = [];
  const memory = memoryBytes === undefined ? {} : { memoryBytes };
  const report = await investigateThenRecall({ paths: [`fixtures/${name}/inputs`], cwd: root, ...memory }, (found) => {
    const tally = new FlowTally(found);
    tallies.push(tally);
    return (timed) => tally.add(timed);
  });
  return { report, flows: tallies[0]?.result() };
}

describe('the connections of a night from one reading', () => {
  it.each(['rome', 'night'] as const)(
    '%s: the same as from two',
    async (name) => {
      const [once, twice] = [await recalled(name), await night(name)];
      expect(once).toEqual(twice);
    },
    120_000,
  );

  it('are not known where the inputs are longer than what is kept', async () => {
    const { report, flows } = await recalled('rome', 1);
    expect([report.attributions.length > 0, flows]).toEqual([true, undefined]);
  });
});

describe('advice on policy', () => {
  it('is the suggestion in words, each change with what it breaks, and a file', async () => {
    const { report, flows } = await night('rome');
    const mirror = { ip: '203.0.113.140', domain: 'mirror.example', port: 443, transport: 'tcp' };
    const advice = advisePolicy(report, { ...flows, good: [...flows.good, { ...mirror, count: 7 }] }, 'the command');
    expect(advice).toMatchObject({ is: 'suggested', good: 15, leftOut: 6, remaining: [] });
    if (advice.is !== 'suggested') return;
    expect(advice.says).toMatch(/^\d deny rules: blocks 29\/29 bad, breaks \d\/15 good\./);
    expect(advice.changes[0]).toEqual({
      says: 'deny to 203.0.113.90',
      stops: 13,
      breaks: 0,
      breaking: [],
      incidents: ['i-df4fe708'],
    });
    const broken = advice.changes.flatMap(({ breaks, breaking }) => (breaks > 0 ? [{ breaks, breaking }] : []));
    for (const { breaks, breaking } of broken) expect(breaking.reduce((sum, { count }) => sum + count, 0)).toBe(breaks);
    expect(advice.file.text).toMatch(/^#!\/usr\/sbin\/nft -f\n# Written by: the command\n/);
    expect(advice.file.otherFormats).toContain('squid');
    expect(advice.file.otherFormats).not.toContain('nftables');
  });

  it('names the good connections that a change breaks, and the incidents that went to the same place', async () => {
    const { report, flows } = await night('night');
    const advice = advisePolicy(report, flows, '');
    const change = advice.is === 'suggested' ? advice.changes.find(({ says }) => says.includes('cdn-sync')) : undefined;
    expect(change).toMatchObject({ says: 'deny to cdn-sync.example and below', stops: 53, breaks: 18 });
    expect(change?.breaking[0]).toMatchObject({ place: 'relay.cdn-sync.example:53 at 10.77.0.53 udp', count: 11 });
    expect(change?.breaking[0]?.incidents.length).toBeGreaterThan(0);
    expect(advice).toMatchObject({
      file: { unexpressed: ['deny to pool.xmr-harbor.example and below', 'deny to cdn-sync.example and below'] },
    });
  }, 120_000);
});
