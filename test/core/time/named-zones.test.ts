import { expect, it } from 'vitest';
import { namedZone } from '../../../src/core/time/named-zones.ts';

it.each([
  ['Asia/Shanghai', ['+08:00']],
  ['Asia/Kolkata', ['+05:30']],
  ['Etc/GMT', ['+00:00']],
  ['America/New_York', ['-05:00', '-04:00']],
  ['Africa/Casablanca', ['+01:00', '+00:00']],
  ['Berlin', []],
  ['+08:00', []],
  ['', []],
])('%s is %j', (name, offsets) => {
  expect(namedZone(name)).toEqual(offsets);
});
