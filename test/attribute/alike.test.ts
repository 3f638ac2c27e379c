import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decideOnce } from '../../src/attribute/alike.ts';
import { openClaims } from '../../src/attribute/claims.ts';
import { type Decided, decide } from '../../src/attribute/decide.ts';
import { toEvidence } from '../../src/attribute/score.ts';
import type { Claim, Evidence } from '../../src/model/attribution.ts';
import type { Case, Fact, Suspect } from '../../src/model/case.ts';
import type { Violation } from '../../src/model/violation.ts';
import { fact } from './fact.ts';

const FACTS = [
  fact('lease', 'only'),
  fact('time-in-call', 'inside'),
  fact('behaviour-match', 'category'),
  fact('dst-in-arguments', 'ip'),
  fact('time-excludes', 'ended'),
] as const;
const SUSPECTS: readonly Suspect[] = FACTS.flatMap((one, i) => [
  {
    key: `call|${i}`,
    kind: 'call' as const,
    episode: { id: `e-${i % 2}` },
    toolCall: { id: `c-${i}`, name: 'bash', ref: { source: 's', line: i, offset: 0, bytes: 1 } },
    facts: FACTS.slice(0, i + 1),
  },
  { key: `episode|${i}`, kind: 'episode' as const, episode: { id: `e-${i}` }, facts: [one] },
]);

/** Few values of each ground, so that neighbours often differ in one alone. */
const cases: fc.Arbitrary<Case> = fc.record(
  {
    violation: fc.constant({} as Violation),
    suspects: fc.subarray([...SUSPECTS], { maxLength: 3 }),
    shared: fc.subarray([fact('nat-join', 'exact')]),
    sandboxes: fc.subarray(['rock-1', 'rock-2']),
    missing: fc.subarray(['conntrack', 'process telemetry']),
    traced: fc.constantFrom(0.25, 0.5),
    isUnseen: fc.constant(true as const),
    connected: fc.constantFrom(0.5, 0.25),
    firstSent: fc.constantFrom(0.5, 0.25),
    untraced: fc.constantFrom(
      { sandboxId: 'rock-1' },
      { sandboxId: 'rock-2' },
      { sandboxId: 'rock-1', episodeId: 'e-1' },
    ),
  },
  { requiredKeys: ['violation', 'suspects', 'shared', 'sandboxes', 'missing'] },
);

test('a case is decided the same whatever cases came before it', () => {
  fc.assert(
    fc.property(fc.array(cases, { maxLength: 30 }), (entries) => {
      const decideAlike = decideOnce();
      for (const entry of entries) expect(decideAlike(entry)).toEqual(decide(entry));
    }),
  );
});

const [LEAD, SECOND] = SUSPECTS as [Suspect, Suspect];

test.each<Partial<Case>>([
  { suspects: [LEAD, SECOND] },
  { shared: [fact('nat-join', 'exact')] },
  { sandboxes: ['rock-2'] },
  { missing: ['conntrack'] },
  { traced: 0.25 },
  { connected: 0.5 },
  { firstSent: 0.5 },
  { untraced: { sandboxId: 'rock-2' } },
  { untraced: { sandboxId: 'rock-1', episodeId: 'e-1' } },
])('a case that differs in %j is another case', (differs) => {
  const entry: Case = {
    violation: {} as Violation,
    suspects: [LEAD],
    shared: [],
    sandboxes: ['rock-1'],
    missing: [],
    untraced: { sandboxId: 'rock-1' },
  };
  const other = { ...entry, ...differs };
  const decideAlike = decideOnce();
  const before = decideAlike(entry);
  expect(decideAlike(other)).not.toBe(before);
  expect(decideAlike(other)).toEqual(decide(other));
});

test('of a burst, one answer is shared', () => {
  const decideAlike = decideOnce();
  const entry: Case = {
    violation: {} as Violation,
    suspects: SUSPECTS.slice(0, 2),
    shared: [],
    sandboxes: ['rock-1'],
    missing: [],
  };
  const first = decideAlike(entry);
  expect(decideAlike({ ...entry, suspects: [...entry.suspects], sandboxes: ['rock-1'] })).toBe(first);
});

test('cases that share a suspect list it as one candidate, where it stands as likely and lost for the same reason', () => {
  const decideAlike = decideOnce();
  const [lead, , second, , third] = SUSPECTS as [Suspect, Suspect, Suspect, Suspect, Suspect];
  const entry: Case = { violation: {} as Violation, suspects: [lead], shared: [], sandboxes: [], missing: [] };
  const listed = (suspects: readonly Suspect[]): Decided['candidates'] =>
    decideAlike({ ...entry, suspects, missing: [String(suspects.length)] }).candidates;
  const [alone] = listed([lead]);
  expect(decideAlike({ ...entry, sandboxes: ['rock-1'] }).candidates[0]).toBe(alone);
  expect(listed([lead, second, third])).toEqual(decide({ ...entry, suspects: [lead, second, third] }).candidates);
  expect(listed([lead, second, third]).map(({ evidence }) => evidence)).toContain(alone?.evidence);
});

test('calls of which the same is said share what is said of them, and only the lead cites records', () => {
  const said = (line: number): Fact => ({ ...fact('time-in-call', 'inside'), refs: [refAt(line)] });
  const called = (line: number): Suspect => ({
    ...(SUSPECTS[0] as Suspect),
    key: `call|x${line}`,
    facts: [said(line)],
  });
  const entry: Case = { violation: {} as Violation, suspects: [], shared: [], sandboxes: [], missing: [] };
  const decideAlike = decideOnce();
  const one = decideAlike({ ...entry, suspects: [called(1), called(2)] });
  const other = decideAlike({ ...entry, suspects: [called(3)] });
  const claims = [...one.candidates, ...other.candidates].map((candidate) => candidate.evidence);
  expect(claims).toHaveLength(3);
  expect(new Set(claims).size).toBe(1);
  expect(one.evidence.flatMap(({ refs }) => refs)).toEqual([refAt(1)]);
  expect(other.evidence.flatMap(({ refs }) => refs)).toEqual([refAt(3)]);
});

test('what is said alike is shared only where it is the same, however much was forgotten (property)', () => {
  const facts = fc.array(
    fc.record({
      code: fc.constantFrom('lease' as const, 'time-in-call' as const),
      strength: fc.constantFrom('only', 'inside'),
      says: fc.constantFrom('a', 'b'),
      trust: fc.constantFrom('outside' as const, 'agent-writable' as const),
      refs: fc.constant([]),
    }),
    { maxLength: 3 },
  );
  fc.assert(
    fc.property(fc.array(facts, { maxLength: 30 }), fc.integer({ min: 1, max: 5 }), (lists, most) => {
      const claimsOf = openClaims(most);
      for (const list of lists) expect(claimsOf(list)).toEqual(list.map((one) => compactClaim(toEvidence(one))));
    }),
  );
});

const refAt = (line: number) => ({ source: 's', line, offset: 0, bytes: 1 });

function compactClaim({ code, weight, says, trust }: Evidence): Claim {
  return { code, weight, says, trust };
}
