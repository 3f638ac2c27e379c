import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { LifeLook } from '../../../src/core/looks/life.ts';
import type { Event, ProcessEvent } from '../../../src/model/event.ts';
import type { Look } from '../../../src/model/format.ts';
import type { Skimmed } from '../../../src/model/skimmed.ts';
import type { Micros } from '../../../src/model/time.ts';
import { Deferred } from '../../../src/reach/keeping/deferred.ts';
import { FirstReading } from '../../../src/reach/passes/first-reading.ts';
import type { QuietKey } from '../../../src/reach/skimming/quiet.ts';
import { newScanMemory } from '../../../src/scan/memory.ts';
import { timeOf } from '../../event-time.ts';
import { openRetention } from '../open-retention.ts';

/** Lines are judged alike by their first word. */
const look = (): Look => {
  const life = new LifeLook(() => 1e6);
  return (line) => life.of('', { host: 'a', pid: 7, ppid: 3 }, line.split(' ')[0] ?? '');
};

function eventOf(line: string): ProcessEvent {
  const at = 1e6 as Micros;
  const socket = { transport: 'tcp', local: {}, remote: { ip: '192.0.2.1', port: 443 } };
  return {
    kind: 'process',
    clock: 'host',
    op: 'connect',
    format: 'x',
    ref: { source: 'host.log', line: 1, offset: 0, bytes: 1 },
    time: timeOf(at),
    pid: 7,
    ppid: 3,
    ...(line.startsWith('socket') ? { socket } : {}),
  };
}

/** A first reading of a host's log that has read each kind of line once, what it told other threads, and its lines to read. */
function readingOf({ mostFlows = 1000, isOfInterest = false } = {}) {
  const { interest, sample, retention } = openRetention({ mostFlows });
  if (isOfInterest) interest.addEndpoint({ ip: '192.0.2.1', port: 443 });
  const rules = { ips: new Set<string>(), nets: [], urls: [], userAgents: [] };
  const memory = newScanMemory({ others: 0, buffers: 0, bytes: 0 });
  const told: (readonly QuietKey[])[] = [];
  const reading = new FirstReading({
    reach: { retention, interest, sample, rules, memory },
    source: 'host.log',
    isInOrder: false,
    deferred: new Deferred({ most: 16_384 }),
    elsewhere: (_, journal) => void told.push([...journal]),
  });
  const skim = reading.skimming(look());
  const linesToRead = (): number => {
    const lines = ['first', 'socket 1', 'file 1'];
    const skimmed = skim(Buffer.from(`${lines.join('\n')}\n`)) as Skimmed;
    const { length } = skimmed.read;
    for (const line of lines) reading.keep([eventOf(line)], undefined, () => look()(line));
    return length / 3;
  };
  expect(linesToRead()).toBe(3);
  return { interest, reading, linesToRead, keysTold: () => told.at(-1)?.map(({ key }) => key) ?? [] };
}

describe('kinds of lines of a host that did not matter', () => {
  it('are left from then on, and other threads are told', () => {
    const { linesToRead, keysTold } = readingOf();
    expect(linesToRead()).toBe(0);
    expect(keysTold()).toEqual(expect.arrayContaining(['socket', 'file']));
  });

  it('stay left once more is of interest, but make the reading outdated', () => {
    const { interest, reading, linesToRead } = readingOf();
    expect(reading.isOutdated).toBe(false);
    interest.addEndpoint({ ip: '192.0.2.1', port: 443 });
    expect(linesToRead()).toBe(0);
    expect(reading.isOutdated).toBe(true);
  });

  it('are read on where a connection was left for lack of room only: the next may be the one of a violation', () => {
    const { linesToRead, keysTold } = readingOf({ mostFlows: 0, isOfInterest: true });
    for (let time = 0; time < 3; time++) expect(linesToRead()).toBe(1);
    expect(keysTold()).not.toContain('socket');
  });
});

it('a record of which something is kept is not looked at', () => {
  const { reading } = readingOf();
  const gap: Event = { ...eventOf('gap'), kind: 'coverage', reason: 'dropped' };
  let looks = 0;
  const count = (): undefined => void looks++;
  expect(reading.keep([gap], undefined, count)).toEqual([gap]);
  expect(looks).toBe(0);
  reading.keep([eventOf('file 2')], undefined, count);
  expect(looks).toBe(1);
});
