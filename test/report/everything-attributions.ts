import { micros } from '../../src/core/time/time.ts';
import type { Attribution, Candidate, EpisodeRef, ProcessRef } from '../../src/model/attribution.ts';
import type { DnsEvent, NetworkEvent, ProcessEvent } from '../../src/model/event.ts';
import type { SourceRef } from '../../src/model/source.ts';
import type { EventTime } from '../../src/model/time.ts';
import type { Finding, ViolatingEvent, Violation } from '../../src/model/violation.ts';

const NIGHT = 1_766_038_100_000_000;
export const SECOND = 1_000_000;

export const ref = (source: string, line: number): SourceRef => ({ source, line, offset: line * 100, bytes: 99 });
export const at = (seconds: number) => micros(NIGHT + seconds * SECOND);

function time(seconds: number, raw: string): EventTime {
  return { at: at(seconds), lo: at(seconds), hi: at(seconds), raw, basis: 'packet', zone: 'epoch', stepUs: 1 };
}

const EPISODE: EpisodeRef = { id: 'traj-1', run: 'run-7', group: 'g-3', step: 41, task: 'fix it', sandboxId: 'sb-1' };
/** Nothing but its name is known. */
const NAMELESS: EpisodeRef = { id: 'traj-2' };

const CALL = {
  id: 'call_1',
  name: 'bash',
  command: 'curl -s http://203.0.113.9/\nsleep 60',
  start: at(-5),
  end: at(65),
  ref: ref('traces/run-7.jsonl', 12),
};
export const CURL: ProcessRef = {
  pid: 4312,
  host: 'node-a',
  executable: '/usr/bin/curl',
  commandLine: 'curl -s http://203.0.113.9/',
  ref: ref('host/audit.log', 70),
};

const EGRESS: Finding = {
  rule: { id: 'fw-7', name: 'egress denied' },
  category: 'unapproved-egress',
  severity: 'high',
  strength: 'verdict',
  attack: ['T1071.001'],
  atlas: ['AML.T0025'],
};

function network(seconds: number, facts: Partial<NetworkEvent> = {}): NetworkEvent {
  return {
    kind: 'network',
    type: 'alert',
    action: 'deny',
    src: { ip: '192.0.2.7', port: 40_000 },
    dst: { ip: '203.0.113.9', port: 443, domain: 'files.example' },
    transport: 'tcp',
    http: { url: 'http://files.example/a' },
    time: time(seconds, `${seconds}.0`),
    ref: ref('fw/eve.json', 100 + seconds),
    format: 'suricata-eve',
    clock: 'timestamp',
    ...facts,
  };
}

const QUERY: DnsEvent = {
  kind: 'dns',
  op: 'query',
  name: 'pool.example',
  client: { ip: '192.0.2.7' },
  upstream: '192.0.2.53',
  time: time(30, 'Dec 18 06:08:50'),
  ref: ref('dns/query.log', 8),
  format: 'dnsmasq',
  clock: 'syslog',
};

/** A sensor's word about a process, without any address. */
const SPAWN: ProcessEvent = {
  kind: 'process',
  op: 'alert',
  pid: 77,
  time: time(40, ''),
  ref: ref('host/falco.jsonl', 5),
  format: 'falco',
  clock: 'time',
};

const SOCKET = {
  transport: 'udp',
  local: { ip: '10.66.1.5', port: 9 },
  remote: { ip: '203.0.113.5', port: 53 },
} as const;

function violation(n: number, event: ViolatingEvent, facts: Partial<Violation> = {}): Violation {
  const { at: first } = event.time;
  return { id: `v-${n}`, finding: EGRESS, event, alsoSeen: [], count: 1, first, last: first, ...facts };
}

const suspect = (n: number, probability: number, facts: Partial<Candidate> = {}): Candidate => ({
  episode: { id: `traj-${n}` },
  probability,
  evidence: [{ code: 'lease', weight: -1.2, says: `sb-${n} held another address`, trust: 'outside' }],
  ...facts,
});

const OWNER = {
  code: 'socket-owner',
  weight: 6.5,
  says: 'curl opened a socket with this very 5-tuple',
  trust: 'outside',
  refs: [1, 2, 3, 4, 5].map((line) => ref('host/audit.log', line)),
} as const;
const LEASE = {
  code: 'lease',
  weight: 1.6,
  says: 'sb-1 held 192.0.2.7 then',
  trust: 'outside',
  refs: [ref('leases.jsonl', 1)],
} as const;
const NAMED = {
  code: 'dst-in-arguments',
  weight: 2.1,
  says: 'pool.example stands in the arguments',
  trust: 'agent-writable',
  refs: [ref('traces/run-7.jsonl', 12)],
} as const;

/** To six places, of which three to five are named; seen by nine sensors; repeated by a run. */
export const PROVEN: readonly Attribution[] = [0, 1, 2, 3, 4, 5].map((n) => {
  const event = network(n, n === 0 ? {} : { dst: { ip: `203.0.113.1${n}`, port: 80 } });
  const alsoSeen = n === 0 ? Array.from({ length: 8 }, (_, i) => ref('fw/kernel.log', i + 1)) : [];
  return {
    violation: violation(n, event, { alsoSeen, count: 3, ...(n === 0 ? { last: at(62) } : {}) }),
    verdict: 'proven',
    probability: n === 4 ? 0.96 : 0.9999,
    episode: EPISODE,
    toolCall: CALL,
    process: CURL,
    candidates: [
      { episode: EPISODE, toolCall: CALL, process: CURL, probability: 0.98, evidence: [OWNER] },
      suspect(8, 0.0149, { lostBecause: 'its lease had ended' }),
      { process: { entityId: '{77}', executable: '/bin/sh' }, probability: 0.0001, evidence: [] },
    ],
    unlisted: { count: 3, probability: 0.002, suspects: [] },
    nullProbability: 0.0001,
    evidence: [OWNER, LEASE],
    missing: [],
    reason: 'curl (pid 4312) opened it; it descends from the call call_1',
    incident: 'i-1',
  };
});

/** A call without command or start, a process that its sensor names by an id of its own. */
export const LIKELY: Attribution = {
  violation: violation(10, QUERY, {
    finding: {
      ...EGRESS,
      category: 'cryptomining',
      severity: 'critical',
      attack: [],
      atlas: [],
      rule: { id: 'pool', name: 'a mining pool was asked for' },
    },
  }),
  verdict: 'likely',
  probability: 0.91,
  episode: NAMELESS,
  toolCall: { id: '0', name: 'python', ref: ref('traces/run-7.jsonl', 20) },
  process: { entityId: '{9c1e}', executable: '/opt/miner' },
  candidates: [suspect(2, 0.91)],
  nullProbability: 0.09,
  evidence: [NAMED],
  missing: ['telemetry of node-b'],
  reason: 'the name stands in the arguments of one call',
  incident: 'i-2',
};

/** Counted, not weighed one by one; the episode is sure, its call is not. */
export const FOLDED: Attribution = {
  violation: violation(11, network(50, { action: 'allow', dst: { port: 22 } }), {
    count: 500,
    last: at(3_650),
    finding: { ...EGRESS, severity: 'medium', category: 'internal-probe' },
    repeats: { path: 'fw/eve.json', lines: [151, 152, 153] },
  }),
  verdict: 'likely',
  probability: 0.9,
  episode: EPISODE,
  candidates: [],
  nullProbability: 0.1,
  evidence: [],
  missing: [],
  reason: 'sb-1 held the address throughout',
  incident: 'i-3',
};

const open = { nullProbability: 0.3, evidence: [LEASE], missing: ['who held 192.0.2.7', 'the arguments of call 4'] };

/** Six suspects, of which four are named; the second has another reason, and one more suspect. */
export const AMBIGUOUS: readonly Attribution[] = [0, 1].map((n) => ({
  ...open,
  violation: violation(20 + n, network(10 + n, { action: 'unknown', src: { ip: '2001:db8::7', port: 5 } })),
  verdict: 'ambiguous',
  probability: 0.2,
  candidates: [4, 5, 6, 7, 8, 9 + n].map((of) =>
    suspect(of, 0.1, {
      lostBecause: 'the same facts speak for it, less strongly',
      ...(of === 4 ? { toolCall: { ...CALL, id: 'call_4' } } : {}),
    }),
  ),
  unlisted: { count: 2, probability: 0.1, suspects: [] },
  reason: n === 0 ? 'six sandboxes share the address' : 'the proxy names no client',
  incident: 'i-4',
}));

/** Two that differ only in where they went, told once; nothing of the first is known but a process of a sensor. */
export const UNATTRIBUTED: readonly Attribution[] = [0, 1].map((n) => ({
  ...open,
  violation: violation(30 + n, n === 0 ? SPAWN : { ...SPAWN, socket: SOCKET, ref: ref('host/falco.jsonl', 6) }),
  verdict: 'unattributed',
  probability: 0,
  candidates: [],
  evidence: [],
  reason: 'nothing leads to a sandbox',
  incident: `i-${5 + n}`,
}));

export const NOT_AGENT: Attribution = {
  violation: violation(40, network(70, { dst: { ip: '198.51.100.4' }, src: {} }), {
    finding: { ...EGRESS, severity: 'low', category: 'policy-violation' },
  }),
  verdict: 'not-agent',
  probability: 0.97,
  process: { pid: 1, executable: 'chronyd', host: 'node-a' },
  candidates: [{ process: { pid: 1 }, probability: 0.97, evidence: [] }],
  nullProbability: 0.03,
  evidence: [],
  missing: [],
  reason: 'a process of the platform opened it',
  incident: 'i-7',
};
