import { expect, it } from 'vitest';
import { type AnsweredCall, answersRecorded, type RecordedCall } from '../../../src/core/tools/recorded-calls.ts';
import type { Micros } from '../../../src/model/time.ts';

const ASKED: AnsweredCall = {
  id: undefined,
  name: 'bash',
  argumentsText: '{"command": "ls", "timeout": 9}',
  traceId: 't',
  episodeId: 'e',
  answered: 100_000_000,
  resultAt: 110_000_000,
};
const RAN: RecordedCall = {
  name: 'bash',
  argumentsText: '{"timeout":9,"command":"ls"}',
  start: 101_000_000 as Micros,
  traceId: 't',
  episodeId: 'e',
};
const ID = 'call_AbCdEfGhIjKlMnOpQrStUv12';

it.each<[string, Partial<AnsweredCall>, Partial<RecordedCall>, boolean]>([
  ['has the same tool, arguments and time', {}, {}, true],
  ['has its id and nothing else in common', { id: ID }, { callId: ID, name: 'x', traceId: 'u', episodeId: 'f' }, true],
  ['has an id that counts only in its trace', { id: 'call_0' }, { callId: 'call_0', traceId: 'u' }, false],
  ['has another id', { id: ID }, { callId: 'call_ZbCdEfGhIjKlMnOpQrStUv12' }, false],
  ['has an id that no model gave', {}, { callId: ID }, true],
  ['is named without its server', { name: 'mcp__shell__bash' }, {}, true],
  ['is of another tool', {}, { name: 'python' }, false],
  ['was given something else', {}, { argumentsText: '{"command":"id"}' }, false],
  ['was given what cannot be compared', {}, { argumentsText: '{"command":"l', truncated: true }, true],
  ['has its id and was cut', { id: ID }, { callId: ID, argumentsText: '{"command":"l', truncated: true }, false],
  [
    'has its id and was cut no shorter',
    { id: ID },
    { callId: ID, truncated: true, argumentsText: `${'x'.repeat(40)}` },
    true,
  ],
  [
    'has an id of its trace and was cut',
    { id: 'call_0' },
    { callId: 'call_0', argumentsText: '{', truncated: true },
    true,
  ],
  ['began before the answer', {}, { start: 90_000_000 as Micros }, false],
  ['began after its result', {}, { start: 120_000_000 as Micros }, false],
  ['is of another episode', {}, { traceId: 'u', episodeId: 'f' }, false],
  ['is of the same episode in another trace', {}, { traceId: 'u' }, true],
])('a call whose record %s', (_, asked, ran, isTold) => {
  const answer = { ...ASKED, ...asked };
  expect(answersRecorded([answer], [{ ...RAN, ...ran }]).has(answer)).toBe(isTold);
});

it('a call whose record does not say what it was given is told by the answer as well', () => {
  const { argumentsText: _, ...silent } = RAN;
  expect(answersRecorded([ASKED], [silent]).size).toBe(0);
  const { argumentsText: __, ...asked } = ASKED;
  expect(answersRecorded([{ ...asked, argumentsText: undefined }], [silent]).size).toBe(1);
});
