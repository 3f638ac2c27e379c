import { describe, expect, it } from 'vitest';
import type { Group } from '../../../src/correlate/groups/group.ts';
import { flowOf, flowsByPlace, sourceOf } from '../../../src/correlate/trail/flows-by-place.ts';
import { NatTable } from '../../../src/correlate/trail/nat.ts';
import type { TrailContext } from '../../../src/correlate/trail/walk.ts';
import type { NatEvent } from '../../../src/model/event.ts';
import type { Timed } from '../../../src/model/timed.ts';
import { FAR, HOST, opened, packet, query, SANDBOX, timed, translated } from './following.ts';

type Member = ReturnType<typeof timed>;

function groupOf(...members: readonly (Member | [Member, object])[]): Group {
  const flagged = members.map((one) => (Array.isArray(one) ? { timed: one[0], repeats: one[1] } : { timed: one }));
  return { members: flagged, context: [] } as unknown as Group;
}
/** A packet from a port at a moment, in microseconds. */
function sent(port: number, at: number, over: object = {}, source = 'log'): Member {
  const made = timed({ ...packet, src: { ...SANDBOX, port }, ...over }, { at });
  return { ...made, event: { ...made.event, ref: { ...made.event.ref, source } } };
}
const portsAround = (asked: Member, others: readonly Member[]): readonly number[] => {
  const group = groupOf(asked);
  return flowsByPlace([group, ...others.map((one) => groupOf(one))])
    .around(group)
    .map(({ srcPort }) => srcPort);
};

describe('flows of one place', () => {
  it('are in the order of time, whatever the order of their groups', () => {
    expect(portsAround(sent(5, 500), [sent(9, 900), sent(1, 100), sent(7, 700)])).toEqual([1, 5, 7, 9]);
  });

  it.each<[string, Member, readonly number[]]>([
    ['the same place', sent(2, 0), [1, 2]],
    ['another address', sent(2, 0, { dst: { ...FAR, ip: '203.0.113.10' } }), [1]],
    ['another port', sent(2, 0, { dst: { ...FAR, port: 444 } }), [1]],
    ['another protocol', sent(2, 0, { transport: 'udp' }), [1]],
    ['another log', sent(2, 0, {}, 'other.log'), [1]],
    ['no port of its own', sent(0, 0), [1]],
  ])('are told from those of others: %s', (_, other, expected) => {
    expect(portsAround(sent(1, 0), [other])).toEqual(expected);
  });

  it('are told by the log that tells of them first', () => {
    const both = groupOf(sent(2, 900, {}, 'other.log'), sent(2, 100));
    const asked = groupOf(sent(1, 0));
    const table = flowsByPlace([asked, both]);
    expect(table.around(asked).map(({ srcPort }) => srcPort)).toEqual([1, 2]);
    expect(table.around(groupOf(sent(9, 0, {}, 'other.log')))).toEqual([]);
  });

  it('are none of a record without ends', () => {
    const bare = groupOf(timed(opened));
    expect(flowsByPlace([bare]).around(bare)).toEqual([]);
    expect(flowOf(bare)).toBeUndefined();
  });

  it('are none that were only counted', () => {
    expect(flowOf(groupOf([sent(1, 0), { path: 'log', lines: [2] }]))).toBeUndefined();
    expect(flowOf(groupOf(sent(1, 0), [sent(1, 5), { path: 'log', lines: [2] }]))).toBeUndefined();
    expect(flowOf(groupOf(sent(1, 0), sent(1, 5)))).toMatchObject({ srcIp: SANDBOX.ip, srcPort: 1 });
  });

  it('are queries too, by the resolver', () => {
    const asks = (at: number, port: number): Member =>
      timed({ ...query, client: { ip: SANDBOX.ip, port }, upstream: '10.0.0.53' }, { at });
    expect(portsAround(asks(0, 5300), [asks(5, 5301)])).toEqual([5300, 5301]);
  });

  it('began when the middle of their precise stamps says', () => {
    expect(flowOf(groupOf(sent(1, 100), sent(1, 300), sent(1, 200)))?.at).toBe(200);
  });
});

describe('who sent a flow of the place first', () => {
  const source = (at: number, nat: readonly Timed<NatEvent>[], group = groupOf(sent(1, 0))): string =>
    sourceOf(group, { at: at as never, srcIp: HOST, srcPort: 50_001 }, { nat: new NatTable(nat) } as TrailContext);
  const entry = translated(SANDBOX, { ip: HOST, port: 50_001 }, { at: 0 });

  it('is told by its translation, with the host of its log', () => {
    expect(source(0, [entry])).toBe(`node-a|${SANDBOX.ip}`);
  });

  it('is the address of the flow where no translation tells', () => {
    expect(source(0, [])).toBe(`|${HOST}`);
    expect(source(0, [translated(SANDBOX, { ip: HOST, port: 50_002 })])).toBe(`|${HOST}`);
    expect(source(-2_000_000, [entry])).toBe(`|${HOST}`);
  });

  it('is looked for as far off as the clock of the group may be', () => {
    expect(source(-2_000_000, [entry], groupOf(timed(packet, { errorUs: 2_000_000 })))).toBe(`node-a|${SANDBOX.ip}`);
  });

  it('is the bare address of a group without ends', () => {
    expect(source(0, [entry], groupOf(timed(opened)))).toBe(HOST);
  });
});
