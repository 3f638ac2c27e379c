import { describe, expect, it } from 'vitest';
import { HostTable, statedHost } from '../../src/correlate/hosts.ts';
import type { Event, InventoryEvent } from '../../src/model/event.ts';

const tableOf = (inventory: readonly object[], stated: readonly string[] = []): HostTable =>
  new HostTable(inventory as readonly InventoryEvent[], stated);

describe('what an inventory tells of hosts', () => {
  const table = tableOf([
    { role: 'host', name: 'a', ips: ['10.0.0.1', '10.0.0.2'], infraUids: [0, 7], sandboxNet: '10.66.1.0/24' },
    { role: 'host', host: 'b', sandboxNet: 'no net' },
    { role: 'firewall', name: 'f', ips: ['10.0.0.3'] },
    { role: 'proxy', name: 'p', ips: ['10.0.0.8'], port: 3128 },
    { role: 'sandbox', host: 'a', name: 's', ips: ['10.66.1.5'] },
  ]);

  it('are their names, beside those that records state', () => {
    expect([...table.names]).toEqual(['a', 'b', 'f']);
    expect([...tableOf([{ role: 'host' }], ['c']).names]).toEqual(['c']);
  });

  it('are the addresses of hosts alone', () => {
    const hosts = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.8', '10.66.1.5'].map((ip) => table.hostOfIp(ip));
    expect(hosts).toEqual(['a', 'a', undefined, undefined, undefined]);
  });

  it('are uids of the platform, where any are stated', () => {
    expect([table.isInfraUid('a', 7), table.isInfraUid('a', 8), table.isInfraUid('b', 7)]).toEqual([
      true,
      false,
      false,
    ]);
    expect([table.isInfraUid(undefined, 7), table.statesInfraUids(undefined)]).toEqual([false, false]);
    expect([table.statesInfraUids('a'), table.statesInfraUids('b')]).toEqual([true, false]);
  });

  it('are proxies', () => {
    expect([table.isProxy('10.0.0.8'), table.isProxy('10.0.0.1')]).toEqual([true, false]);
    expect(table.proxies()).toEqual([{ ip: '10.0.0.8', port: 3128 }]);
  });

  it('are nets of sandboxes', () => {
    expect(table.nets.map(({ host, inside }) => [host, inside('10.66.1.5'), inside('10.66.2.5')])).toEqual([
      ['a', true, false],
    ]);
  });
});

it.each([
  ['logs/train-1/audit.log', 'train-1'],
  ['logs/train-10/audit.log', 'train-10'],
  ['train-1.log', 'train-1'],
  ['logs/train-12/audit.log', undefined],
  ['logs/xtrain-1/audit.log', undefined],
  ['train-12/train-1.log', 'train-1'],
  ['logs/fw/x.log', 'fw'],
  ['train-1/fw.log', 'train-1'],
  ['nb/na/x.log', 'na'],
  ['x.log', undefined],
])('the host of %s is %s, the longest name that is a word of it', (path, host) => {
  expect(tableOf([], ['nb', 'na', 'fw', 'train-1', 'train-10']).hostOfPath(path)).toBe(host);
});

it('a record states its host, unless it tells of something else', () => {
  const stated = (event: object) => statedHost(event as Event);
  expect(stated({ kind: 'process', host: 'a' })).toBe('a');
  expect(stated({ kind: 'inventory', role: 'host', host: 'a' })).toBe('a');
  expect(stated({ kind: 'inventory', role: 'sandbox', host: 'a' })).toBe(undefined);
});
