import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyPacket } from '../../src/formats/netfilter-log/any.ts';
import { netfilterLog } from '../../src/formats/netfilter-log/index.ts';
import { plainPacket } from '../../src/formats/netfilter-log/plain.ts';
import type { RawRecord } from '../../src/model/source.ts';
import { randomOf } from '../random.ts';
import { context, corpus, generated, mutants, rearranged, samples } from '../reach/hot-lines.ts';

const ID = 'netfilter-log';
const TCP =
  '2026-11-23T20:00:00.000000+00:00 edge-fw kernel: [ 54.000001] [WAN-10-D]IN=eth1 OUT= PHYSIN=veth0 MAC=02:42:0a:08:00 SRC=10.66.3.18 DST=192.0.2.1 LEN=60 TOS=0x00 PREC=0x0C TTL=63 ID=7 CE DF PROTO=TCP SPT=47536 DPT=443 SEQ=5 ACK=6 WINDOW=64240 RES=0x00 ECE SYN URGP=0 MARK=0x1f ';
const LINES = [
  TCP,
  TCP.replace('SEQ=5 ACK=6 ', ''),
  TCP.replace('[WAN-10-D]', 'kernel: [ 1.5] DROP: '),
  TCP.replace('[WAN-10-D]', ''),
  TCP.replace(' [WAN', '[ T1234] [WAN'),
  TCP.replace('[WAN', '[    C3] [WAN'),
  TCP.replace('ECE SYN URGP=0', 'URGP=0 UID=1000').replace('.000000+00:00', 'Z'),
  TCP.replace(/PROTO=TCP.*/, 'PROTO=UDP SPT=53 DPT=5353 LEN=40'),
  TCP.replace(
    /PROTO=TCP.*/,
    'PROTO=ICMP TYPE=3 CODE=1 [SRC=192.0.2.1 DST=10.66.3.18 LEN=60 PROTO=TCP SPT=443 DPT=80 ]',
  ),
];
const PIECES = [
  ' ',
  'IN=',
  'SRC=10.0.0.1 ',
  'DST=',
  'PROTO=UDP ',
  'SPT=7 ',
  'ID=9 ',
  ':',
  '[',
  ']',
  '=',
  '0',
  '9',
  '-A',
  ',',
  'é',
  '\n',
];

const recordOf = (text: string, more: Partial<RawRecord> = {}): RawRecord => ({
  text,
  ref: { source: 'x', line: 1, offset: 0, bytes: text.length },
  ...more,
});

/** Whether the quick way took it; it must be what the other makes of it, member by member. */
function isTaken(record: RawRecord): boolean {
  const plain = plainPacket(record, context);
  if (plain === undefined) return false;
  const any = anyPacket(record, context);
  expect(any.status === 'decoded' && JSON.stringify(any.events), record.text).toBe(JSON.stringify([plain]));
  return true;
}

describe('packets that are written as the kernel writes them', () => {
  it('are what any way of reading makes of them', () => {
    expect(LINES.map((line) => isTaken(recordOf(line)))).toEqual([
      true,
      true,
      true,
      false,
      true,
      true,
      false,
      true,
      false,
    ]);
    const wrapped = { host: 'other', observed: context.reference };
    expect(isTaken(recordOf(TCP, wrapped))).toBe(true);
  });

  it('are most of a log', () => {
    const lines = generated(ID);
    expect(lines.filter((line) => isTaken(recordOf(line))).length).toBeGreaterThan(0.95 * lines.length);
  });

  it('are so too among lines that others wrote or that are damaged', () => {
    const random = randomOf(11);
    const lines = [...samples(ID), ...corpus(ID), ...generated(ID).slice(0, 400), ...LINES];
    for (const line of lines)
      for (const other of [line, ...mutants(line, random), ...rearranged(line, random)]) isTaken(recordOf(other));
  });

  it('are so too where something was cut out and put in (property)', () => {
    const written = fc
      .tuple(fc.constantFrom(...LINES), fc.nat(), fc.nat(4), fc.constantFrom('', ...PIECES))
      .map(([line, at, length, piece]) => {
        const from = at % (line.length + 1);
        return line.slice(0, from) + piece + line.slice(from + length);
      });
    fc.assert(
      fc.property(written, (line) => void isTaken(recordOf(line))),
      { numRuns: 3000 },
    );
  });

  it('have a rule of their own each, which others may change', () => {
    const [one, other] = [plainPacket(recordOf(TCP), context), plainPacket(recordOf(TCP), context)];
    expect(one?.rule).toEqual({ name: 'WAN', id: '10' });
    expect(one?.rule).not.toBe(other?.rule);
  });
});

it('claims a line in an unknown envelope, and no document of several', () => {
  const line = 'IN= OUT=eth0 SRC=192.0.2.5 DST=198.51.100.9 LEN=60 PROTO=TCP SPT=40000 DPT=443';
  const scoreOf = (value: unknown): number =>
    netfilterLog.claims({ text: JSON.stringify(value, undefined, 1), json: undefined }).score;
  expect(scoreOf({ said: line })).toBeGreaterThan(0.9);
  expect(scoreOf({ lines: [{ said: line }, { said: line }] })).toBe(0);
});
