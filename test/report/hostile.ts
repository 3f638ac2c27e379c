import type { Attribution, Verdict } from '../../src/model/attribution.ts';
import type { NetworkEvent } from '../../src/model/event.ts';
import type { Report } from '../../src/model/report.ts';
import type { ReporterOptions } from '../../src/model/reporter.ts';
import type { Micros } from '../../src/model/time.ts';
import { adviceOn, policyOf } from './advice.ts';

const NASTY =
  '=cmd|"/C calc"!A1 <script>alert(1)</script> ]]> \u001b[31mred\u202egnp \u2028 `x` | [a](javascript:b) \r\n::error::x %0A &lt; \'">--> \ud800';
export const SECRET = 'ghp_0123456789abcdefghijABCDEFGHIJ0123456789';

const START = 1_766_038_100_000_000;
const ref = (line: number) => ({ source: `logs/${NASTY}.log`, line, offset: line * 100, bytes: 90 });

function event(i: number): NetworkEvent {
  const at = (START + i * 1_000_000) as Micros;
  return {
    kind: 'network',
    type: 'alert',
    action: 'deny',
    src: { ip: '192.0.2.7', port: 40_000 + i },
    dst: { ip: '203.0.113.9', port: 443, domain: `${NASTY}.example` },
    transport: 'tcp',
    time: { at, lo: at, hi: at, raw: NASTY, basis: 'packet', zone: 'epoch', stepUs: 1 },
    ref: ref(i + 1),
    format: 'suricata-eve',
    clock: 'timestamp',
    rule: { id: '7', name: NASTY },
  };
}

function attribution(i: number, verdict: Verdict): Attribution {
  const toolCall = {
    id: `call ${NASTY}`,
    name: NASTY,
    command: `curl ${SECRET} ${NASTY}`,
    start: (START - 5_000_000) as Micros,
    end: (START + 5_000_000) as Micros,
    ref: ref(900),
  };
  const episode = { id: `=ep ${NASTY}`, run: NASTY, group: NASTY, step: 4, sandboxId: `=sb ${NASTY}` };
  const process = { pid: 41, host: NASTY, executable: NASTY, commandLine: `${NASTY} ${SECRET}`, ref: ref(901) };
  const evidence = [
    { code: 'lease', weight: 1.6, says: `${NASTY} ${SECRET}`, trust: 'outside', refs: [ref(902)] },
  ] as const;
  const candidate = { episode, toolCall, process, probability: 0.9, evidence };
  return {
    violation: {
      id: `v-${i.toString(16).padStart(12, '0')}`,
      finding: {
        rule: { id: NASTY, name: NASTY },
        category: 'unapproved-egress',
        severity: 'high',
        strength: 'verdict',
        attack: ['T1071'],
        atlas: ['AML.T0025'],
      },
      event: event(i),
      alsoSeen: [ref(i + 500)],
      count: 2,
      first: (START + i * 1_000_000) as Micros,
      last: (START + i * 1_000_000 + 10) as Micros,
    },
    verdict,
    probability: 0.9,
    episode,
    toolCall,
    process,
    candidates: [candidate, { ...candidate, probability: 0.05, lostBecause: `${NASTY} ${SECRET}` }],
    nullProbability: 0.05,
    evidence,
    missing: [`${NASTY} ${SECRET}`],
    reason: `${NASTY} ${SECRET}`,
    incident: `i-${i.toString(16).padStart(8, '0')}`,
  };
}

/** A report in which every text that a log can hold is hostile and holds a secret; one incident a violation. */
export function hostileReport(violations: number): Report {
  const verdicts: readonly Verdict[] = ['proven', 'likely', 'ambiguous', 'unattributed', 'not-agent'];
  const attributions = Array.from({ length: violations }, (_, i) => attribution(i, verdicts[i % 5] ?? 'proven'));
  return {
    version: '0.0.0',
    arguments: [`logs/${NASTY}`, SECRET],
    rollouts: [],
    inputs: [
      {
        path: `logs/${NASTY}.log`,
        format: 'suricata-eve',
        roles: ['violation'],
        sha256: 'ab'.repeat(32),
        bytes: 10,
        records: { read: 10, decoded: 9, skipped: 0, failed: 1, duplicate: 0 },
        skipped: {},
        first: START as Micros,
        last: START as Micros,
        host: NASTY,
        candidates: [],
        bad: [{ line: 3, reason: NASTY, text: SECRET }],
        mixed: {},
        note: NASTY,
      },
    ],
    clocks: [
      {
        domain: NASTY,
        offsetUs: 1500,
        intervalUs: [0, 3000],
        driftPpm: 0,
        steps: [],
        zone: 'UTC',
        pairs: 4,
        method: NASTY,
      },
    ],
    attributions,
    incidents: attributions.map(({ violation, verdict, incident }) => ({
      id: incident,
      verdict,
      category: violation.finding.category,
      violations: 1,
      records: 2,
      first: violation.first,
      last: violation.last,
      attributions: [violation.id],
    })),
    episodes: 1,
    calls: 1,
    coverage: 0.9,
    chance: undefined,
    problems: [{ severity: 'warning', code: 'x', message: `${NASTY} ${SECRET}` }],
    lanes: {
      processes: attributions.slice(0, 3).map(({ violation: { first, last } }, pid) => ({
        process: { pid, host: NASTY, executable: NASTY, commandLine: `${NASTY} ${SECRET}` },
        start: (START - 1_000_000) as Micros,
        first,
        last,
      })),
      gpus: [{ host: NASTY, device: NASTY, from: START as Micros, binUs: 1_000_000, busy: [0.5, null, 1] }],
      gaps: [{ ref: ref(903), reason: 'dropped', at: START as Micros, count: 7 }],
    },
  };
}

export function optionsFor(clean: (text: string) => string): ReporterOptions {
  const advice = { ...adviceOn(hostileReport(5), policyOf(`${NASTY} ${SECRET}`)), rollouts: NASTY };
  return { clean, command: `egressblame ${NASTY}`, raw: () => `${NASTY}\n${SECRET}`, advice };
}
