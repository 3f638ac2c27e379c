import { expect, test } from 'vitest';
import type { Call } from '../../../src/correlate/episodes/call.ts';
import { openCallNames } from '../../../src/correlate/episodes/call-names.ts';

const ref = { source: 'a.jsonl', line: 1, offset: 0, bytes: 9 };
const call = (own: Partial<Call>): Call =>
  ({
    key: 'k',
    index: 4,
    callId: undefined,
    name: 'bash',
    command: 'true',
    start: 5,
    end: undefined,
    ref,
    ...own,
  }) as Call;

test('a call is named by its id, or by its place, with what is known of it', () => {
  const called = openCallNames();
  expect(called(call({}))).toStrictEqual({ id: '4', name: 'bash', command: 'true', start: 5, ref });
  expect(called(call({ key: 'o', callId: 'c' }))).toMatchObject({ id: 'c' });
});

test('its name is one object while it comes again, and no more are kept than may be', () => {
  const called = openCallNames(1);
  const first = called(call({}));
  expect(called(call({}))).toBe(first);
  called(call({ key: 'other' }));
  expect(called(call({}))).not.toBe(first);
  expect(called(call({}))).toStrictEqual(first);
});

test.each([
  ['begins at another time', { start: 6 as Call['start'] }],
  ['stands elsewhere', { ref: { ...ref, line: 2 } }],
])('one of the same key that %s has a name of its own', (_, own) => {
  const called = openCallNames();
  called(call({}));
  expect(called(call(own))).toMatchObject(own);
});
