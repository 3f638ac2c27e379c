import { expect, it } from 'vitest';
import type { Flagged } from '../../../src/correlate/groups/group.ts';
import { toViolation } from '../../../src/correlate/groups/group-violation.ts';
import type { NetworkEvent } from '../../../src/model/event.ts';
import type { Micros } from '../../../src/model/time.ts';

const START = 1_766_000_000_000_000;

/** One sighting of a packet: `own` by the clock of its log, which is taken to be ahead by `aheadUs`. */
function sighting(source: string, own: number, stepUs: number, aheadUs = 0): Flagged {
  const stamp = (START + own) as Micros;
  const at = (stamp - aheadUs) as Micros;
  const event: NetworkEvent = {
    kind: 'network',
    format: source.replace(/\.\d$/, ''),
    clock: 'x',
    time: { at: stamp, lo: stamp, hi: stamp, raw: String(own), basis: 'packet', zone: 'epoch', stepUs },
    ref: { source, line: 1, offset: 0, bytes: 1 },
    type: 'packet',
    action: 'deny',
    transport: 'tcp',
    src: { ip: '10.0.0.5', port: 40_000 },
    dst: { ip: '203.0.113.9', port: 3333 },
  };
  const finding = { rule: { id: source }, category: 'policy-violation', severity: 'medium' };
  return { timed: { event, at, lo: at, hi: at, errorUs: 20_000 }, finding } as unknown as Flagged;
}

const idOf = (...members: Flagged[]): string => toViolation({ members, context: [] }).id;

it('gives a packet one id, whichever of its loggers the clocks put first', () => {
  const early = [sighting('kernel', 140, 1, 900), sighting('ulogd', 150, 1)];
  const late = [sighting('kernel', 140, 1, -900), sighting('ulogd', 150, 1)];
  expect(idOf(...early)).toBe(idOf(...late));
  expect(idOf(...early.toReversed())).toBe(idOf(...early));
  const [coarse, fine] = [sighting('syslog', 0, 1_000_000, 15_000), sighting('ulogd', 10, 1)];
  expect(idOf(coarse, fine)).toBe(idOf(sighting('syslog', 0, 1_000_000, -15_000), fine));
});

it('names files for nothing', () => {
  const names = [sighting('eve.1', 140, 1), sighting('fast.2', 140, 1)];
  expect(idOf(...names)).toBe(idOf(sighting('eve.9', 140, 1), sighting('fast.3', 140, 1)));
});

it('begins with the first of several attempts', () => {
  const [again, first] = [sighting('syslog', 3_000_000, 1_000_000), sighting('ulogd', 10, 1)];
  expect(toViolation({ members: [again, first], context: [] }).event).toBe(first.timed.event);
});
