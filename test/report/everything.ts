import { recordsOf } from '../../src/core/findings/records-of.ts';
import { micros } from '../../src/core/time/time.ts';
import type { Attribution, Incident } from '../../src/model/attribution.ts';
import type { InputReport, Report } from '../../src/model/report.ts';
import {
  AMBIGUOUS,
  at,
  CURL,
  FOLDED,
  LIKELY,
  NOT_AGENT,
  PROVEN,
  ref,
  SECOND,
  UNATTRIBUTED,
} from './everything-attributions.ts';

const ACCEPTED = {
  fingerprint: 'f-0123456789abcdef',
  category: 'policy-violation',
  rule: 'fw-7',
  destination: '198.51.100.4',
  cause: 'nobody named',
  owner: 'infra',
  reason: 'time server',
  expires: '2026-01-31',
};

function incident(id: string, members: readonly Attribution[], facts: Partial<Incident> = {}): Incident {
  const [first] = members;
  if (first === undefined) throw new Error(`${id} has no violation`);
  const { verdict, violation: shown, episode } = first;
  return {
    id,
    verdict,
    category: shown.finding.category,
    violations: members.length,
    records: members.reduce((sum, { violation }) => sum + recordsOf(violation), 0),
    first: shown.first,
    last: members.reduce((latest, { violation: { last } }) => micros(Math.max(latest, last)), shown.last),
    ...(episode === undefined ? {} : { episode: episode.id }),
    attributions: members.map(({ violation: { id: of } }) => of),
    ...facts,
  };
}

function input(path: string, facts: Partial<InputReport> = {}): InputReport {
  return {
    path,
    format: 'suricata-eve',
    roles: ['violation'],
    sha256: 'ab'.repeat(32),
    bytes: 1000,
    records: { read: 10, decoded: 9, skipped: 1, failed: 0, duplicate: 0 },
    skipped: { stats: 1 },
    first: at(0),
    last: at(90),
    host: 'fw-1',
    candidates: [],
    bad: [],
    mixed: {},
    ...facts,
  };
}

const INPUTS: readonly InputReport[] = [
  input('fw/eve.json'),
  input('fw/copy.json', { duplicateOf: 'fw/eve.json', note: 'the same bytes as fw/eve.json' }),
  input('odd.txt', {
    format: undefined,
    roles: [],
    records: { read: 4, decoded: 0, skipped: 0, failed: 0, duplicate: 0 },
    candidates: [{ id: 'squid', score: 0.2, reason: 'one line of five' }],
    note: 'no format recognises it',
  }),
  input('fw/cut.json', {
    records: { read: 10, decoded: 8, skipped: 0, failed: 2, duplicate: 0 },
    bad: [{ line: 3, reason: 'no JSON', text: '{"a":' }],
    roles: ['violation', 'tool-call'],
    mixed: { 'suricata-eve': 9, 'tool-calls': 1 },
  }),
];

const clock = { intervalUs: [0, 3000], driftPpm: 0, steps: [], pairs: 4, method: 'flow', zone: 'UTC' } as const;
const members = [...PROVEN, LIKELY, FOLDED, ...AMBIGUOUS, ...UNATTRIBUTED, NOT_AGENT];

/** A small night in which everything stands that a report may hold, each once. */
export const everything: Report = {
  version: '0.0.0',
  arguments: ['logs'],
  rollouts: [
    {
      episode: 'traj-1',
      aliases: [],
      formats: ['roll-dump'],
      sandboxIds: ['sb-1'],
      run: 'run-7',
      group: 'g-3',
      step: 41,
      reward: 1,
      toolCalls: 1,
      dropped: false,
    },
  ],
  inputs: INPUTS,
  clocks: [
    { ...clock, domain: 'fw/eve.json', offsetUs: 28_800_000_000, zone: 'UTC+08:00 written as UTC' },
    ...[1, 2, 3, 4].map((n) => ({ ...clock, domain: `node-${n}`, offsetUs: -n * SECOND })),
    {
      ...clock,
      domain: 'near',
      offsetUs: 900_000,
      driftPpm: 1.234,
      note: 'its drift is small',
      intervalUs: [-Infinity, Infinity] as const,
    },
  ],
  attributions: members,
  incidents: [
    incident('i-1', PROVEN, {
      toolCall: 'call_1',
      requested: { answer: 'not-requested', says: 'the prompt names neither', refs: [] },
      recurrence: {
        answer: 'seen-before',
        earlier: [1, 2, 3, 4].map((n) => ({ report: `mon-${n}.json`, incident: `i-${n}`, same: ['destination'] })),
        reports: 4,
      },
    }),
    incident('i-2', [LIKELY], {
      gpu: {
        answer: 'measured',
        gpuHours: [1, 1.5],
        uses: [
          {
            host: 'node-b',
            device: '0',
            from: at(0),
            to: at(3600),
            utilisation: [0.9, 0.99],
            gpuHours: [1, 1.5],
            basis: 'card',
            refs: [],
          },
        ],
      },
    }),
    incident('i-3', [FOLDED]),
    incident('i-4', AMBIGUOUS),
    ...UNATTRIBUTED.map((one) => incident(one.incident, [one])),
    incident('i-7', [NOT_AGENT]),
  ],
  episodes: 9,
  calls: 1200,
  coverage: 0.9871,
  chance: { expected: 0.9, observed: 2, p: 0.005 },
  problems: [
    { severity: 'error', code: 'interrupted', message: 'stopped after 1 of 9 MB' },
    { severity: 'warning', code: 'x', message: 'one clock has no pairs' },
    { severity: 'info', code: 'unrecognised', message: 'no format recognises odd.txt' },
  ],
  lanes: {
    processes: [{ process: CURL, start: at(-1), first: at(0), last: at(4) }],
    gpus: [{ host: 'node-b', device: '0', from: at(0), binUs: 10 * SECOND, busy: [0.5, null, 1] }],
    gaps: [
      { ref: ref('fw/kernel.log', 40), reason: 'dropped', at: at(20), count: 7 },
      { ref: ref('host/audit.log', 90), reason: 'lost', at: at(30) },
    ],
  },
};

/** The same with a baseline that accepts one of them and has one entry past its day. */
export const accepted: Report & Required<Pick<Report, 'baseline'>> = {
  ...everything,
  attributions: members.map((one) => (one === FOLDED ? { ...one, accepted: ACCEPTED } : one)),
  baseline: {
    path: 'base.json',
    entries: 3,
    accepted: 1,
    expired: [{ ...ACCEPTED, expires: '2025-01-31' }],
    unused: 1,
  },
};
