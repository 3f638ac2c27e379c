import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { expect, test } from 'vitest';
import { groupIncidents } from '../../src/attribute/incidents.ts';
import type { Attribution } from '../../src/model/attribution.ts';
import type { BaselineEntry } from '../../src/model/baseline.ts';
import { investigate } from '../../src/pipeline.ts';

const { attributions, incidents } = await investigate({
  paths: ['fixtures/night/inputs'],
  cwd: join(import.meta.dirname, '../..'),
});

test('attributions that are grouped anew come into the same incidents', () => {
  const again = groupIncidents(attributions.map((one) => ({ ...one, incident: 'another' })));
  expect(again.attributions).toEqual(attributions);
  const { requested: _requested, ...first } = incidents[0] ?? {};
  expect(again.incidents[0]).toEqual(first);
});

test('attributions with the same members share a hidden class', () => {
  setFlagsFromString('--allow-natives-syntax');
  const areAlike = new Function('a', 'b', 'return %HaveSameMap(a, b)') as (a: object, b: object) => boolean;
  const [one] = attributions as [Attribution];
  // V8 gives objects classes of their own only when it has seen some.
  const { attributions: many } = groupIncidents(Array.from({ length: 200 }, () => one));
  expect(many).toHaveLength(200);
  expect(many.slice(100).every((other) => areAlike(other, many[99] as Attribution))).toBe(true);
});

test('an attribution has every member of what was decided, and none of those that were not', () => {
  const [one] = attributions as [Attribution];
  const accepted = { fingerprint: 'f-1', owner: 'infra', reason: 'known', expires: '2099-01-31' } as BaselineEntry;
  const seldom = {
    episode: { id: 'e' },
    toolCall: { id: 'c', name: 'bash', ref: one.violation.event.ref },
    process: { pid: 7 },
    untraced: { sandboxId: 'sb' },
    accepted,
  };
  for (const left of Object.keys(seldom) as (keyof typeof seldom)[]) {
    const { [left]: _left, ...decided } = { ...one, ...seldom, incident: '' };
    const [again] = groupIncidents([decided]).attributions;
    expect({ ...again, incident: '' }).toStrictEqual(decided);
  }
});
