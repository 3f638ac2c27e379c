import { expect, it } from 'vitest';
import { beginsFlow, cellsOf, guessLayout } from '../../src/formats/aws-vpcflow/layout.ts';

const DEFAULT = '2 123456789012 eni-0a1b 10.66.1.10 198.51.100.7 40000 443 6 3 180 1795454343 1795454403 ACCEPT OK';
const BARE = 'i-0a1b eni-0a1b 10.66.1.10 198.51.100.7 10.66.1.10 198.51.100.7';

it.each([
  [DEFAULT, 'version'],
  [`  ${DEFAULT}`, 'version'],
  [DEFAULT.replaceAll(' ', ','), 'version'],
  [`\uFEFF${DEFAULT.replaceAll(' ', '\t')}`, 'version'],
  [DEFAULT.replace(/\S+/g, '"$&"').replaceAll(' ', ','), 'version'],
  [BARE, 'instance-id'],
  [BARE.replace('i-0a1b', '-'), 'instance-id'],
])('looks for the cells of %j', (text, first) => {
  expect(guessLayout(cellsOf(text))?.[0]).toBe(first);
  expect(beginsFlow(text)).toBe(true);
});

it.each(['[1795454343.100000]\t[NEW] tcp', '{"a":1}', 'Nov 23 10:00:00 fw', '2026-11-23T10:00:00Z x', 'type=SYSCALL'])(
  'does not for %j',
  (text) => {
    expect(beginsFlow(text)).toBe(false);
  },
);
