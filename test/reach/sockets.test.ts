import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { auditd } from '../../src/formats/auditd/index.ts';
import type { Skimmed } from '../../src/model/skimmed.ts';
import { LEFT } from '../../src/reach/moments/answer.ts';
import { likesOf } from '../../src/reach/skimming/likes.ts';
import { Quiet } from '../../src/reach/skimming/quiet.ts';
import { Skimmer } from '../../src/reach/skimming/skimmer.ts';
import { newScanMemory } from '../../src/scan/memory.ts';
import { context } from './hot-lines.ts';

const KNOWN = '020001BBC0000201';
const OTHER = '020001BBC0000202';
const RULES = { ips: new Set<string>(), nets: [], urls: [], userAgents: [] };

const record = (type: string, serial: number, body: string): string =>
  `type=${type} msg=audit(1795464000.000:${serial}): ${body}`;
const call = (serial: number, number = 42): string =>
  record(
    'SYSCALL',
    serial,
    `arch=c000003e syscall=${number} success=yes exit=0 ppid=${serial + 1} pid=${serial} uid=0`,
  );
const address = (serial: number, hex: string): string => record('SOCKADDR', serial, `saddr=${hex}`);
const title = (serial: number): string => record('PROCTITLE', serial, 'proctitle=6E63');
const connection = (serial: number, hex: string): string[] => [call(serial), address(serial, hex), title(serial)];

/** Skims a text as it stands at the end of the memory, with one far end that was read before and did not matter. */
function skimText(text: string): Skimmed {
  const quiet = new Quiet(RULES, new Uint8Array(65536));
  quiet.add({ kind: 'socket', key: '192.0.2.1|443' }, LEFT);
  const { area, buffers } = newScanMemory({ others: 0, buffers: 1, bytes: 2 * text.length });
  const chunk = buffers[0]?.subarray(0, text.length) ?? new Uint8Array(0);
  chunk.set(Buffer.from(text));
  const look = auditd.look?.(context);
  if (look === undefined) throw new Error('auditd has a look');
  const skimmer = new Skimmer(look, (glance) => quiet.answer(glance), likesOf(look, quiet, area));
  return skimmer.skim({ chunk, isFirst: true });
}

const skim = (lines: readonly string[]): Skimmed => skimText(`${lines.join('\n')}\n`);

/** Numbers of the lines that are to be read, and who started whom in the others. */
function found(lines: readonly string[]) {
  const { read, lives, ...rest } = skim(['----', ...lines]);
  expect(rest.lines).toBe(lines.length + 1);
  expect(rest.later).toHaveLength(0);
  const numbers = Array.from({ length: read.length / 3 }, (_, i) => (read[i * 3] ?? 0) - 1);
  return { read: numbers.filter((number) => number >= 0), lives: [...lives] };
}

describe('connections of processes that an audit log shows', () => {
  it('are left where their far end did not matter before, but who started whom is noted', () => {
    const lines = [1, 2, 3].flatMap((n) => connection(n, KNOWN));
    expect(found(lines)).toEqual({ read: [], lives: [0, 1, 2, 0, 2, 3, 0, 3, 4] });
  });

  it('are read where it is another', () => {
    const lines = [...connection(1, KNOWN), ...connection(2, OTHER), ...connection(3, KNOWN)];
    expect(found(lines)).toEqual({ read: [3, 4, 5], lives: [0, 1, 2, 0, 3, 4] });
  });

  it('are read where the address stands elsewhere, is not one alone, or where a port was only taken', () => {
    expect(found([call(1), call(2), address(1, KNOWN), address(2, KNOWN)]).read).toEqual([0, 1, 2, 3]);
    expect(found([...connection(1, KNOWN), address(1, OTHER)]).read).toEqual([0, 1, 2, 3]);
    expect(found([call(1, 49), address(1, KNOWN)]).read).toEqual([0, 1]);
    expect(found([call(1), address(1, '01002F72756E')]).read).toEqual([0, 1]);
    expect(found([...connection(1, KNOWN), record('AVC', 1, 'denied')]).read).toEqual([0, 1, 2, 3]);
  });

  it('take the records with them that come late', () => {
    const lines = [...connection(1, KNOWN), ...connection(2, OTHER), title(1), title(2), title(3)];
    expect(found(lines).read).toEqual([3, 4, 5, 7, 8]);
  });

  it('are found in a log that stops anywhere within one', () => {
    const lines = ['----', ...Array.from({ length: 9 }, (_, n) => connection(n, KNOWN)).flat()];
    const text = lines.join('\n');
    for (let length = text.indexOf(call(8)); length <= text.length; length++) {
      const whole = text.slice(0, length).split('\n').length - 1;
      expect(skimText(text.slice(0, length)).lines).toBe(whole);
    }
  });
});
