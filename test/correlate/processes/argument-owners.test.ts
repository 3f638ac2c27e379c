import { describe, expect, it } from 'vitest';
import { argumentOwners, namesPlace } from '../../../src/correlate/processes/argument-owners.ts';
import type { Lineage, Origin } from '../../../src/correlate/processes/lineage.ts';
import { ProcessTable } from '../../../src/correlate/processes/processes.ts';
import type { Trail } from '../../../src/correlate/trail/walk.ts';
import type { ProcessEvent } from '../../../src/model/event.ts';
import type { Timed } from '../../../src/model/timed.ts';

const SECOND = 1_000_000;
/** When the flow began, and by how much that may be off. */
const BEGUN = 1000 * SECOND;
const ERROR = 7;
/** A connect and its first packet are this close. */
const WINDOW = 300_000;

interface Doing {
  readonly at: number;
  readonly host?: string;
  readonly op?: ProcessEvent['op'];
  readonly text?: string;
  readonly connects?: boolean;
}

function record({ at, host = 'h', op = 'exec', text, connects }: Doing, line: number): Timed<ProcessEvent> {
  const remote = { ip: '192.0.2.7', port: 443 };
  const event = {
    kind: 'process',
    op,
    pid: 7,
    ref: { source: 'audit', line, offset: 0, bytes: 1 },
    time: { at, stepUs: 0 },
    ...(text === undefined ? {} : { commandLine: text }),
    ...(connects ? { socket: { local: {}, remote, transport: 'tcp' } } : {}),
  };
  return { event, at, lo: at, hi: at, errorUs: 0, host } as unknown as Timed<ProcessEvent>;
}

function owners(
  doings: readonly Doing[],
  { origin = {} as Partial<Origin>, isHostKnown = true, sandboxes = ['sb'] } = {},
) {
  const table = new ProcessTable(doings.map(record));
  const trail = {
    host: isHostKnown ? 'h' : undefined,
    begun: BEGUN,
    errorUs: ERROR,
    dstIps: new Set(['192.0.2.7']),
    domains: new Set(['x.example', 'abc']),
    tuples: [{ dstIp: '192.0.2.7', dstPort: 443 }],
  } as unknown as Trail;
  const lineage = { origin: () => origin } as unknown as Lineage;
  return argumentOwners(trail, new Set(sandboxes), table, lineage);
}

const NAMES = 'curl http://192.0.2.7/';
const exec = (at: number, text = NAMES): Doing => ({ at: BEGUN + at, text });
const exit = (at: number): Doing => ({ at: BEGUN + at, op: 'exit' });
const connect = (at: number): Doing => ({ at: BEGUN + at, op: 'connect', connects: true });

describe('a process may own a flow by its arguments alone', () => {
  it('as far from it as it began, with the record that tells', () => {
    const found = owners([exec(-2 * SECOND)]);
    expect(found).toMatchObject([{ how: 'exec-arguments', distanceUs: 2 * SECOND, isFirm: false, ref: { line: 0 } }]);
    expect(owners([exec(5)])[0]?.distanceUs).toBe(0);
  });

  it.each<[string, readonly Doing[], number]>([
    ['that began half a minute before', [exec(-30 * SECOND)], 1],
    ['not earlier', [exec(-30 * SECOND - 1)], 0],
    ['that began as late as a connect may be seen', [exec(WINDOW + ERROR)], 1],
    ['not later', [exec(WINDOW + ERROR + 1)], 0],
    ['not one that names it only later', [exec(-5, 'sh'), exec(SECOND)], 0],
    ['that had just ended', [exec(-9 * SECOND), exit(-WINDOW - ERROR)], 1],
    ['not one that ended before', [exec(-9 * SECOND), exit(-WINDOW - ERROR - 1)], 0],
    ['not on another host', [{ ...exec(-5), host: 'g' }], 0],
    ['that names the domain', [exec(-5, 'curl x.example')], 1],
    ['not one that names nothing of it', [exec(-5, 'curl y.example')], 0],
  ])('%s', (_, doings, count) => {
    expect(owners(doings)).toHaveLength(count);
  });

  it('on any host where that of the flow is not known', () => {
    expect(owners([exec(-5), { ...exec(-5), host: 'g' }], { isHostKnown: false })).toHaveLength(2);
  });

  it('but not of a sandbox that cannot have sent it', () => {
    expect(owners([exec(-5)], { origin: { sandboxId: 'sb' } })).toHaveLength(1);
    expect(owners([exec(-5)], { origin: { sandboxId: 'sc' } })).toHaveLength(0);
  });

  it('nor one of the platform whose own connects there are on record: this is none of them', () => {
    const platform = { platform: {} } as unknown as Partial<Origin>;
    expect(owners([exec(-40), connect(5 * SECOND)], { origin: platform })).toHaveLength(0);
    expect(owners([exec(-40), connect(31 * SECOND)], { origin: platform })).toHaveLength(1);
    expect(owners([exec(-40), connect(5 * SECOND)])).toHaveLength(1);
  });
});

it.each([
  ['192.0.2.7', true],
  ['a 192.0.2.7:80 b', true],
  ['"192.0.2.7".', true],
  ['192.0.2.7. Then', true],
  ['192.0.2.71', false],
  ['1192.0.2.7', false],
  ['192.0.2.7.1', false],
  ['192.0.2.7-x', false],
  ['-192.0.2.7', false],
  ['192.0.2.71 and 192.0.2.7', true],
  ['sub.x.example', true],
  ['x.example.org', false],
  ['abc', false],
])('%s names the place: %s', (text, expected) => {
  const trail = { dstIps: new Set(['192.0.2.7']), domains: new Set(['x.example', 'abc']) } as unknown as Trail;
  expect(namesPlace(text, trail)).toBe(expected);
});
