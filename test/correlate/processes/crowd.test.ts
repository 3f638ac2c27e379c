import { expect, it } from 'vitest';
import type { Group } from '../../../src/correlate/groups/group.ts';
import { openConnectedShare } from '../../../src/correlate/processes/crowd.ts';
import type { Owner } from '../../../src/correlate/processes/owner.ts';
import type { Socket } from '../../../src/correlate/processes/sockets.ts';
import { flowsByPlace } from '../../../src/correlate/trail/flows-by-place.ts';
import type { Trail } from '../../../src/correlate/trail/walk.ts';

/** Microseconds. */
const BEGUN = 1000_000_000;
const TO = { ip: '203.0.113.9', port: 443 };

interface Flow {
  readonly port: number;
  readonly at?: number;
  readonly ip?: string;
  readonly source?: string;
  readonly to?: typeof TO;
}

function groupOf({ port, at = 0, ip = '192.0.2.1', source = 'fw.log', to = TO }: Flow, line: number): Group {
  const time = { at: BEGUN + at, stepUs: 1, basis: 'event' };
  const event = { kind: 'network', type: 'packet', transport: 'tcp', src: { ip, port }, dst: to, time };
  const timed = {
    event: { ...event, ref: { source, line } },
    at: BEGUN + at,
    lo: BEGUN + at,
    hi: BEGUN + at,
    errorUs: 0,
  };
  return { members: [{ timed, finding: {} }], context: [] } as unknown as Group;
}

interface Asked {
  readonly how?: Owner['how'];
  readonly trail?: Partial<Trail>;
}

/** Of the first of the flows; `connects`: how much later than it, by host. */
function shareOf(
  flows: readonly Flow[],
  connects: Readonly<Record<string, readonly number[]>>,
  { how = 'destination', trail = {} }: Asked = {},
): number {
  const groups = flows.map(groupOf);
  const connectsTo = (host = '', ip = '', port = 0): readonly Socket[] =>
    ip === TO.ip && port === TO.port
      ? (connects[host] ?? []).map((at) => ({ at: BEGUN + at, errorUs: 0 }) as unknown as Socket)
      : [];
  const processes = { hostNames: () => Object.keys(connects), sockets: { connectsTo } };
  const share = openConnectedShare(
    flowsByPlace(groups),
    processes as unknown as Parameters<typeof openConnectedShare>[1],
  );
  const tuples = [{ srcIp: '192.0.2.1', srcPort: 0, dstIp: TO.ip, dstPort: TO.port, transport: 'tcp' }];
  const asked = { host: undefined, tuples, via: 'direct', windowUs: 0, errorUs: 0, ...trail } as unknown as Trail;
  return share({ group: groups[0] as Group, trail: asked, owners: [{ how }] });
}

const TWO: readonly Flow[] = [{ port: 1 }, { port: 2, at: 100_000 }];

it.each<[string, number, readonly Flow[], Readonly<Record<string, readonly number[]>>, Asked?]>([
  ['of one flow', 1, [{ port: 1 }], { h: [] }],
  ['of as many flows as connects', 1, TWO, { h: [0, 90_000] }],
  ['of two flows, one of which is recorded', 0.5, TWO, { h: [0] }],
  ['of three', 1 / 3, [...TWO, { port: 3 }], { h: [0] }],
  ['of flows from all hosts, and their connects', 1, [...TWO, { port: 3, ip: '192.0.2.2' }], { h: [0, 1], g: [2] }],
  [
    'not of flows from others than its host',
    1,
    [{ port: 1 }, { port: 2, ip: '192.0.2.2' }],
    { h: [0] },
    { trail: { host: 'h' } },
  ],
  ['not of connects on others than its host', 0.5, TWO, { h: [0], g: [0] }, { trail: { host: 'h' } }],
  ['not of what began later', 1, [{ port: 1 }, { port: 2, at: 100_001 }], { h: [0] }],
  [
    'which may be later as clocks are off',
    0.5,
    [{ port: 1 }, { port: 2, at: 100_001 }],
    { h: [0] },
    { trail: { errorUs: 1 } },
  ],
  ['with the connects of the last of them', 1, TWO, { h: [0, 240_000] }],
  ['not with later ones', 0.5, TWO, { h: [0, 240_001] }],
  ['not of the same packet again', 1, [{ port: 1 }, { port: 1, at: 5 }], { h: [0] }],
  ['not of the same flow in another log', 1, [{ port: 1 }, { port: 9, source: 'ids.log' }], { h: [0] }],
  ['not of flows elsewhere', 1, [{ port: 1 }, { port: 2, to: { ...TO, port: 80 } }], { h: [0] }],
  ['not where a record of the flow names its process', 1, TWO, { h: [0] }, { how: 'tuple' }],
  ['not of those that were counted together', 1, TWO, { h: [0] }, { trail: { windowUs: 1 } }],
  ['not through a proxy', 1, TWO, { h: [0] }, { trail: { via: 'proxy' } }],
])('the share %s is %f', (_, expected, flows, connects, asked) => {
  expect(shareOf(flows, connects, asked)).toBeCloseTo(expected);
});
