import { expect, it } from 'vitest';
import { destinationsOf } from '../../src/core/findings/findings.ts';
import type { Attribution } from '../../src/model/attribution.ts';

const to = (dst: object, repeats?: object): Attribution =>
  ({ violation: { event: { kind: 'network', src: { ip: '10.0.0.1' }, dst }, repeats } }) as unknown as Attribution;
const many = { path: 'eve.json', lines: new Uint32Array(3) };

it.each([
  ['one place', [to({ ip: '192.0.2.1', port: 443 })], ['192.0.2.1:443']],
  ['a place that many records went to', [to({ ip: '192.0.2.1' }, many)], ['192.0.2.1']],
  ['places that are not told apart', [to({}, many), to({}, many)], ['several places']],
  ['a place that the record does not name', [to({})], ['?']],
])('%s', (_, members, destinations) => {
  expect(destinationsOf(members)).toEqual(destinations);
});
