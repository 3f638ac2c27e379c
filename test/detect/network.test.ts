import { describe, expect, it } from 'vitest';
import { describeNetwork } from '../../src/detect/network.ts';
import type { InventoryEvent } from '../../src/model/event.ts';

const networkOf = (inventory: readonly object[], leased: readonly string[] = []) =>
  describeNetwork(inventory as readonly InventoryEvent[], leased);

describe('what is ours', () => {
  const { isInternal } = networkOf(
    [
      { role: 'host', ips: ['203.0.113.5'], sandboxNet: '198.51.100.0/24' },
      { role: 'approved', ips: ['203.0.113.9', '192.0.2.0/24'] },
    ],
    ['203.0.113.77'],
  );

  it.each([
    ['203.0.113.5', true],
    ['203.0.113.6', false],
    ['198.51.100.200', true],
    ['198.51.101.200', false],
    ['203.0.113.77', true],
    ['203.0.113.9', false],
    ['192.0.2.9', false],
    ['10.1.2.3', true],
  ])('holds %s: %s, also when it is asked again', (ip, expected) => {
    expect([isInternal(ip), isInternal(ip)]).toEqual([expected, expected]);
  });
});

describe('what is approved', () => {
  const byName = networkOf([
    { role: 'approved', domain: '*.Example.ORG', ips: ['192.0.2.0/24'] },
    { role: 'approved', name: 'mirror.example' },
    { role: 'approved', name: 'mirror' },
    { role: 'host', name: 'host.example', ips: ['203.0.113.5'] },
  ]);
  const byAddress = networkOf([{ role: 'approved', ips: ['192.0.2.0/24', '203.0.113.9'] }]);
  const byNothing = networkOf([{ role: 'host', name: 'host.example', ips: ['192.0.2.5'] }]);

  it.each<[string, ReturnType<typeof networkOf>, string | undefined, string | undefined, boolean | undefined]>([
    ['the domain', byName, undefined, 'example.org', true],
    ['a name below it', byName, undefined, 'a.b.example.org', true],
    ['a name that ends alike', byName, undefined, 'badexample.org', false],
    ['a name that is a domain', byName, undefined, 'mirror.example', true],
    ['no name without a dot', byName, undefined, 'mirror', false],
    ['no host', byName, undefined, 'host.example', false],
    ['an address, whatever its name', byName, '192.0.2.1', 'other.example', true],
    ['an address alone', byName, '203.0.113.9', undefined, undefined],
    ['one of a net', byAddress, '192.0.2.1', undefined, true],
    ['one by itself', byAddress, '203.0.113.9', undefined, true],
    ['no other, where approval is by address', byAddress, '203.0.113.10', undefined, false],
    ['a name, where approval is by address', byAddress, '203.0.113.10', 'x.example', undefined],
    ['nothing known', byAddress, undefined, undefined, undefined],
    ['nothing stated', byNothing, '192.0.2.5', undefined, undefined],
    ['nothing stated of names', byNothing, '192.0.2.5', 'host.example', undefined],
  ])('%s', (_, network, ip, domain, expected) => {
    expect(network.isApproved(ip, domain)).toBe(expected);
  });
});
