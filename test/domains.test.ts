import { describe, expect, it } from 'vitest';
import { locate } from '../src/domains.ts';
import type { Event } from '../src/model/event.ts';
import { emptyStore, keepAll } from '../src/reading/store/evidence-store.ts';

const NONE = { pieces: new Map(), mixed: new Set<string>() };
const base = { time: { at: 1, lo: 1, hi: 1 }, clock: 'x' };

const host = (name: string, ip: string): Event =>
  ({
    ...base,
    kind: 'inventory',
    format: 'inventory',
    role: 'host',
    name,
    host: name,
    ips: [ip],
    ref: { source: 'i' },
  }) as unknown as Event;
const lease = (uid: number, holder: string): Event =>
  ({
    ...base,
    kind: 'lease',
    format: 'leases',
    sandboxId: `s-${uid}`,
    host: holder,
    uid,
    ref: { source: 'l' },
  }) as unknown as Event;
const process = (uid: number, source = 'all.log'): Event =>
  ({ ...base, kind: 'process', op: 'exec', format: 'auditd', pid: 1, uid, ref: { source } }) as unknown as Event;
const nat = (ip: string, source = 'all.log'): Event =>
  ({
    ...base,
    kind: 'nat',
    format: 'conntrack',
    src: { ip: '10.66.1.2' },
    dst: { ip: '192.0.2.9' },
    replySrc: { ip: '192.0.2.9' },
    replyDst: { ip },
    ref: { source },
  }) as unknown as Event;

function placesOf(events: readonly Event[], mixed: readonly string[] = []) {
  const store = emptyStore();
  keepAll(store, events);
  return locate(store, { ...NONE, mixed: new Set(mixed) });
}

const hosts = [
  host('train-01', '10.70.0.11'),
  host('train-02', '10.70.0.12'),
  lease(20_001, 'train-01'),
  lease(20_011, 'train-02'),
];
const often = (event: Event): readonly Event[] => Array.from({ length: 30 }, () => event);

describe('the host of a log', () => {
  it.each<[string, readonly Event[], Event, string | undefined]>([
    ['whose translations it tells', [nat('10.70.0.11')], nat('10.70.0.11'), 'train-01'],
    ['whose uids stand in it', [process(20_001)], process(20_001), 'train-01'],
    ['whose they are but for a few', [...often(process(20_001)), process(20_011)], process(20_011), 'train-01'],
    [
      'is not told where it holds those of two',
      [process(20_001), process(20_001), process(20_011)],
      process(20_011),
      undefined,
    ],
  ])('is the one %s', (_, events, event, expected) =>
    expect(placesOf([...hosts, ...events]).hostOf(event)).toBe(expected),
  );

  it('is of the records of one format in a mixed file', () => {
    const events = [...hosts, nat('10.70.0.11'), process(20_011)];
    expect(placesOf(events).hostOf(process(20_011))).toBe('train-01');
    const { hostOf } = placesOf(events, ['all.log']);
    expect([hostOf(nat('10.70.0.11')), hostOf(process(20_011))]).toEqual(['train-01', 'train-02']);
  });
});

describe('the clock of a record', () => {
  it('is that of its file, and in a mixed file that of its format', () => {
    const events = [nat('10.70.0.11'), process(20_011), nat('10.70.0.11', 'fw.log')];
    const { domainOf } = placesOf([...hosts, ...events], ['all.log']);
    expect(events.map(domainOf)).toEqual(['all.log#conntrack', 'all.log#auditd', 'fw.log']);
  });
});
