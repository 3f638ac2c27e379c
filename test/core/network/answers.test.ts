import { describe, expect, it } from 'vitest';
import { beganBehind } from '../../../src/core/network/answers.ts';

const [inside, outside] = ['10.0.0.5', '198.51.100.9'];

describe('who began, by the ports', () => {
  it.each([
    ['a service answers a client inside', outside, 443, inside, 44_444, 'dst'],
    ['a service answers a client behind a translation', outside, 443, '203.0.113.1', 2000, 'dst'],
    ['a resolver inside answers', '10.0.0.53', 53, inside, 5353, 'dst'],
    ['a pool answers a client inside', outside, 3333, inside, 44_444, 'dst'],
    ['a client asks', inside, 44_444, outside, 3333, undefined],
    ['somebody inside asks from a port of services', inside, 1, outside, 3333, undefined],
    ['a host mounts a share', inside, 700, '10.0.0.6', 2049, undefined],
    ['a resolver answers by TLS', outside, 853, inside, 44_444, 'dst'],
    ['two servers talk', inside, 123, outside, 123, undefined],
    ['somebody comes in to an unusual port', outside, 40_000, inside, 44_444, undefined],
    ['somebody comes in to a node port', outside, 5000, inside, 30_080, undefined],
    ['two inside talk by high ports', '10.0.0.6', 3333, inside, 44_444, undefined],
  ] as const)('%s', (_, from, fromPort, to, toPort, began) => {
    expect(beganBehind({ ip: from, port: fromPort }, { ip: to, port: toPort })).toBe(began);
  });

  it('is not told without ports', () => {
    expect(beganBehind({ ip: outside }, { ip: inside })).toBeUndefined();
  });
});
