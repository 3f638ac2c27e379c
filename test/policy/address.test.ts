import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIp } from '../../src/core/network/ip.ts';
import { cidrText, contains, holds, parseNetwork } from '../../src/policy/address.ts';

describe('a network', () => {
  it.each([
    ['192.0.2.9', { bits: 32, length: 32, value: 0xc0000209n }],
    ['192.0.2.9/24', { bits: 32, length: 24, value: 0xc0000200n }],
    ['0.0.0.0/0', { bits: 32, length: 0, value: 0n }],
    ['2001:db8::9', { bits: 128, length: 128, value: 0x20010db8000000000000000000000009n }],
    ['2001:db8:1:2:3:4:5:6/64', { bits: 128, length: 64, value: 0x20010db8000100020000000000000000n }],
    ['::/0', { bits: 128, length: 0, value: 0n }],
    ['1::/16', { bits: 128, length: 16, value: 1n << 112n }],
    ['::ffff:192.0.2.9/24', { bits: 32, length: 24, value: 0xc0000200n }],
  ])('%s is read', (text, network) => {
    expect(parseNetwork(text)).toEqual(network);
  });

  it.each([
    '',
    'x',
    '192.0.2',
    '192.0.2.9/33',
    '192.0.2.9/',
    '192.0.2.9/-1',
    '192.0.2.9/2x',
    '::/129',
    '::/0000',
    '/24',
  ])('%j is none', (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  });

  /** Bits of an address, one sign each. */
  const bitsOf = (ip: string): string => {
    const network = parseNetwork(ip);
    return network === undefined ? '' : network.value.toString(2).padStart(network.bits, '0');
  };
  const address = fc.oneof(
    fc.ipV4(),
    fc.ipV6().map((text) => parseIp(text) ?? '::'),
    // Near one another.
    fc
      .tuple(fc.constantFrom('192.0.2.', '192.0.3.', '2001:db8::', '2001:db8::1:'), fc.nat(255))
      .map(([head, n]) => head + n),
  );
  const long = fc.tuple(address, fc.nat(128)).map(([ip, n]) => [ip, ip.includes(':') ? n : n % 33] as const);

  it('holds what begins with its bits, and networks of these (property)', () => {
    fc.assert(
      fc.property(long, long, ([one, length], [other, otherLength]) => {
        const [outer, inner] = [parseNetwork(`${one}/${length}`), parseNetwork(`${other}/${otherLength}`)];
        if (outer === undefined || inner === undefined) throw new Error('no network');
        const isIn =
          bitsOf(one).length === bitsOf(other).length && bitsOf(other).startsWith(bitsOf(one).slice(0, length));
        expect(holds(outer, other)).toBe(isIn);
        expect(contains(outer, inner)).toBe(isIn && otherLength >= length);
      }),
    );
  });

  it('is written as it is read (property)', () => {
    fc.assert(
      fc.property(long, ([ip, length]) => {
        const text = cidrText(ip, length);
        expect(parseNetwork(text)).toEqual(parseNetwork(`${ip}/${length}`));
        expect(text.includes('/')).toBe(length < bitsOf(ip).length);
        const [host = ''] = text.split('/');
        expect(parseIp(host)).toBe(host);
      }),
    );
  });
});
