import { describe, expect, it } from 'vitest';
import { domainName } from '../../../src/core/network/ip.ts';

describe('domainName', () => {
  it.each([
    ['Pool.Example.', 'pool.example'],
    ['4chan.example', '4chan.example'],
    ['gpu-1', 'gpu-1'],
    ['192.0.2.7', undefined],
    ['2001:db8::7', undefined],
    ['-', undefined],
    ['192.0.', undefined],
    ['"19', undefined],
    [undefined, undefined],
  ])('%s is %s', (text, expected) => {
    expect(domainName(text)).toBe(expected);
  });
});
