import { describe, expect, it } from 'vitest';
import { locate } from '../src/domains.ts';
import type { Event } from '../src/model/event.ts';
import { emptyStore, keepAll } from '../src/reading/store/evidence-store.ts';

const NONE = {
  pieces: new Map(),
  mixed: new Set<string>(),
  isByItsHost: (event: Event) => event.format !== 'aws-vpcflow',
};
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
const process = (uid: number | undefined, source = 'all.log'): Event =>
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
const often = (event: Event, length = 30): readonly Event[] => Array.from({ length }, () => event);

describe('the host of a log', () => {
  it.each<[string, readonly Event[], Event, string | undefined]>([
    ['whose translations it tells', [nat('10.70.0.11')], nat('10.70.0.11'), 'train-01'],
    ['whose uids stand in it', [process(20_001)], process(20_001), 'train-01'],
    ['whose they are but for a few', [...often(process(20_001)), process(20_011)], process(20_011), 'train-01'],
    [
      'that the record tells where it holds those of two',
      [process(20_001), process(20_001), process(20_011)],
      process(20_011),
      'train-02',
    ],
    [
      'of nobody where it holds those of two and the record does not tell',
      [process(20_001), process(20_001), process(20_011)],
      process(0),
      undefined,
    ],
    [
      'that has twenty records for each of another',
      [process(20_011), ...often(process(20_001), 20)],
      process(0),
      'train-01',
    ],
    ['of nobody where it has fewer', [process(20_011), ...often(process(20_001), 19)], process(0), undefined],
    [
      'of nobody whose uid two hosts have given',
      [lease(20_001, 'train-02'), process(20_001)],
      process(20_001),
      undefined,
    ],
    ['of nobody where it tells no uid', [process(undefined)], process(0), undefined],
    [
      'of nobody whose own flow left as it was',
      [{ ...nat('10.70.0.11'), src: { ip: '10.70.0.11' } } as Event],
      nat('10.70.0.11'),
      undefined,
    ],
    [
      'of nobody where a translation does not tell its far end',
      [{ ...nat('10.70.0.11'), replyDst: {} } as Event],
      nat('10.70.0.11'),
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

/** A record at a line and a second of a log. */
const at = (event: Event, line: number, second: number): Event =>
  ({ ...event, ref: { ...event.ref, line }, time: { at: second * 1e6, lo: second * 1e6, hi: second * 1e6 } }) as Event;
const named = (kind: 'nat' | 'dns' | 'network', name: string, format: string = kind): Event =>
  ({
    ...base,
    kind,
    format,
    host: name,
    src: {},
    dst: {},
    replySrc: {},
    replyDst: {},
    ref: { source: 'all.log' },
  }) as unknown as Event;

describe('logs of several hosts in one file', () => {
  it('are told apart where one stands behind the other', () => {
    const [first, second, last] = [at(process(20_001), 1, 100), at(process(0), 2, 160), at(process(20_011), 4, 103)];
    const between = at(process(0), 3, 101);
    const { hostOf, domainOf, problems } = placesOf([...hosts, first, second, between, last]);
    expect([first, second, between, last].map(hostOf)).toEqual(['train-01', 'train-01', 'train-02', 'train-02']);
    expect([second, between].map(domainOf)).toEqual(['all.log@train-01', 'all.log@train-02']);
    expect(problems).toEqual([]);
  });

  it('are a problem of the run where their lines are mixed and some do not tell', () => {
    const events = [at(process(20_001), 1, 100), at(process(20_011), 2, 101), at(process(0), 3, 102)];
    const { domainOf, problems } = placesOf([...hosts, ...events]);
    expect(events.map(domainOf)).toEqual(['all.log@train-01', 'all.log@train-02', 'all.log']);
    expect(problems).toMatchObject([{ code: 'hosts-mixed', severity: 'warning', path: 'all.log' }]);
    expect(problems[0]?.message).toContain('train-01, train-02');
    expect(placesOf([...hosts, ...events.slice(0, 2)]).problems).toEqual([]);
  });

  it.each(['nat', 'dns', 'network'] as const)('have the clocks of the hosts that their %s records name', (kind) => {
    const events = [named(kind, 'gw-1'), named(kind, 'gw-2')];
    expect(events.map(placesOf(events).domainOf)).toEqual(['all.log@gw-1', 'all.log@gw-2']);
    const [alone] = events as [Event, Event];
    expect(placesOf([alone]).domainOf(alone)).toBe('all.log');
  });

  it('have one clock where the hosts that they name did not write them', () => {
    const events = [named('network', 'i-1', 'aws-vpcflow'), named('network', 'i-2', 'aws-vpcflow')];
    expect(events.map(placesOf(events).domainOf)).toEqual(['all.log', 'all.log']);
  });

  it('are those of their formats and hosts in pieces of a rotated log', () => {
    const store = emptyStore();
    const events = [named('nat', 'gw-1'), named('nat', 'gw-2'), named('dns', 'gw-1')];
    keepAll(store, events);
    const pieces = new Map([['all.log', { log: 'syslog', nth: 1 }]]);
    const { domainOf } = locate(store, { ...NONE, pieces, mixed: new Set(['all.log']) });
    expect(events.map(domainOf)).toEqual(['syslog#nat@gw-1', 'syslog#nat@gw-2', 'syslog#dns']);
  });
});
