import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { formats } from '../../../src/formats/index.ts';
import type { Format, Glance, Look } from '../../../src/model/format.ts';
import type { Skimmed } from '../../../src/model/skimmed.ts';
import { LEFT, READ } from '../../../src/reach/moments/answer.ts';
import { likesOf } from '../../../src/reach/skimming/likes.ts';
import { Quiet } from '../../../src/reach/skimming/quiet.ts';
import { Skimmer } from '../../../src/reach/skimming/skimmer.ts';
import { newScanMemory } from '../../../src/scan/memory.ts';
import { randomOf } from '../../random.ts';
import { expectSame } from '../expect-same.ts';
import { context, corpus, generated, mutants, rearranged, samples, verdicts } from '../hot-lines.ts';

const RULES = { ips: new Set<string>(), nets: [], urls: [/\/[a-f]\w*\/3/], userAgents: [/wget/] };
/** Odd lengths: lines are cut anywhere. */
const CHUNK = 100_003;
const SMALL_CHUNK = 7001;

/** What is noted of all chunks, and how many lines were looked at. `compared`: with templates, and whether these become machine code. */
function skimAll(format: Format, bytes: Buffer, chunk: number, compared: 'not' | 'yes' | 'compiled') {
  const ports = Uint8Array.from({ length: 65536 }, (_, port) => (port % 50 === 0 ? 1 : 0));
  const { area } = newScanMemory({
    others: 0,
    buffers: 0,
    bytes: 0,
    ...(compared === 'compiled' ? { compiledAfter: bytes.length / 4 } : {}),
  });
  const quiet = new Quiet(RULES, ports);
  const own = format.look?.(context);
  let looks = 0;
  const look: Look = Object.assign(
    (line: string) => {
      looks++;
      const glance = own?.(line);
      const isRead = glance === undefined || quiet.answer(glance) === READ;
      const verdict = isRead && /alert|drop|DENY/.test(line) ? own?.verdicts?.look(line) : undefined;
      return verdict ?? glance;
    },
    own?.templateOf === undefined ? {} : { templateOf: own.templateOf, edition: own.edition ?? (() => 0) },
    own?.continues === undefined ? {} : { continues: own.continues },
    own?.verdicts === undefined ? {} : { verdicts: own.verdicts },
  );
  let kinds = 0;
  const answer = (glance: Glance): number => {
    const known = quiet.answer(glance);
    const isWatched =
      (glance.kind === 'traffic' && quiet.isKeptForClocks(glance.port, glance.natPort)) ||
      (glance.kind === 'alert' && quiet.isKeptForClocks(glance.port, 0));
    // Some kinds always matter, some never, some may later.
    if (known === READ && !isWatched && kinds++ % 4 > 0)
      quiet.add(glance, kinds % 3 === 0 && glance.kind !== 'alert' ? LEFT : kinds);
    return known;
  };
  const skimmer = new Skimmer(look, answer, compared === 'not' ? undefined : likesOf(look, quiet, area));
  const skimmed: Skimmed[] = [];
  for (let at = 0, n = 0; at < bytes.length; at += chunk, n++) {
    skimmed.push(skimmer.skim({ chunk: bytes.subarray(at, at + chunk), isFirst: n === 0 }));
  }
  return { skimmed, looks };
}

/** Formats whose verdicts are counted without being read. */
const VERDICTS = formats.filter((format) => format.look?.(context).verdicts !== undefined).map(({ id }) => id);
const compared = formats.filter((format) => format.look?.(context).templateOf !== undefined);

describe('lines that are like others', () => {
  it('are found in the formats that fill gigabytes', () => {
    expect(compared.map(({ id }) => id).sort()).toEqual([
      'alibaba-cfw',
      'alibaba-nat-session',
      'alibaba-vpc-flow',
      'auditd',
      'cilium-hubble',
      'conntrack',
      'falco',
      'netfilter-log',
      'panos-csv',
      'suricata-eve',
      'tetragon',
      'zeek-json',
      'zeek-tsv',
    ]);
  });

  describe.each(compared.map((format) => [format.id, format] as const))('%s', (id, format) => {
    it.each([CHUNK, SMALL_CHUNK])(
      'are left, noted and read like those that are looked at, in chunks of %d',
      (chunk) => {
        const random = randomOf(5);
        const lines = [...generated(id), ...verdicts(id), ...samples(id), ...corpus(id)].flatMap((line, n) =>
          n % 6 === 0 ? [line, ...mutants(line, random), ...rearranged(line, random)] : [line],
        );
        // Twice: what was learned from the first half must hold for the second.
        const bytes = Buffer.from(`${[...lines, ...lines].join('\n')}\n`);
        const looked = skimAll(format, bytes, chunk, 'not').skimmed;
        for (const compared of ['yes', 'compiled'] as const)
          expectSame(skimAll(format, bytes, chunk, compared).skimmed, looked);
      },
    );

    it.runIf(id === 'auditd').each([CHUNK, SMALL_CHUNK])(
      'are so too where the lines of their events interleave, in chunks of %d',
      (chunk) => {
        const random = randomOf(9);
        const lines = [...generated(id), ...generated(id)].map((line, n) => ({
          line,
          at: n + (random() < 0.03 ? random() * 30 : 0),
        }));
        const mixed = lines.sort((a, b) => a.at - b.at).map(({ line }) => line);
        const bytes = Buffer.from(`${mixed.join('\n')}\n`);
        const { skimmed, looks } = skimAll(format, bytes, chunk, 'compiled');
        expectSame(skimmed, skimAll(format, bytes, chunk, 'not').skimmed);
        expect(looks).toBeLessThan(0.7 * skimmed.reduce((sum, each) => sum + each.lines, 0));
      },
    );

    it.runIf(VERDICTS.includes(id))('are counted like those that are looked at', () => {
      const bytes = Buffer.from(`${[...verdicts(id), ...verdicts(id)].join('\n')}\n`);
      const { skimmed, looks } = skimAll(format, bytes, CHUNK, 'compiled');
      expectSame(skimmed, skimAll(format, bytes, CHUNK, 'not').skimmed);
      const counted = skimmed.reduce((sum, chunk) => sum + chunk.counted.length / 6, 0);
      expect(counted).toBeGreaterThan(300);
      expect(looks).toBeLessThan(skimmed.reduce((sum, chunk) => sum + chunk.lines, 0) - 150);
    });

    it('are most of a log', () => {
      const look = format.look?.(context);
      const lines = generated(id).filter((line) => look?.(line) !== undefined || line.startsWith('#'));
      const bytes = Buffer.from(`${[...lines, ...lines, ...lines].join('\n')}\n`);
      const { skimmed, looks } = skimAll(format, bytes, CHUNK, 'compiled');
      expect(looks).toBeLessThan(0.7 * skimmed.reduce((sum, chunk) => sum + chunk.lines, 0));
    });
  });
});

it('a command that was looked at in one container needs no look in the others', () => {
  const falco = formats.find(({ id }) => id === 'falco') as Format;
  const lineOf = (container: number, command: number): string =>
    JSON.stringify({
      hostname: `train-0${container % 4}`,
      output: 'Program started',
      output_fields: {
        'container.id': `rock-${1000 + container}`,
        'proc.cmdline': `python3 run_${command}.py`,
        'proc.pid': 5000 + container * 40 + command,
        'proc.ppid': 700 + container,
      },
      priority: 'Notice',
      rule: 'Program started',
      time: '2026-11-23T20:00:00.000000Z',
    });
  const [containers, commands] = [60, 40];
  const lines = Array.from({ length: 3 * containers * commands }, (_, n) =>
    lineOf(n % containers, Math.floor(n / containers) % commands),
  );
  const bytes = Buffer.from(`${lines.join('\n')}\n`);
  const { skimmed, looks } = skimAll(falco, bytes, bytes.length, 'compiled');
  expectSame(skimmed, skimAll(falco, bytes, bytes.length, 'not').skimmed);
  // Of commands that always matter each line is looked at.
  const read = skimmed.reduce((sum, chunk) => sum + chunk.read.length / 3, 0);
  expect(looks - read).toBeLessThan(2 * (containers + commands));
});
