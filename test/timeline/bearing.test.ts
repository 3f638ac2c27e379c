import { describe, expect, it } from 'vitest';
import type { Attribution } from '../../src/model/attribution.ts';
import type { Event, NetworkEvent, ProcessEvent } from '../../src/model/event.ts';
import type { Timed } from '../../src/model/timed.ts';
import { bearingOn } from '../../src/timeline/bearing.ts';
import { timeOf } from '../event-time.ts';
import { hostileReport } from '../report/hostile.ts';

const [first] = hostileReport(1).attributions;
if (first === undefined) throw new Error('no attribution');
const { process: _process, toolCall: _toolCall, ...bare } = first;
const at = first.violation.first;

type Bare<E extends Event> = E extends Event ? Omit<E, 'time' | 'ref' | 'format' | 'clock'> : never;
let line = 0;
function row(event: Bare<Event>, host = 'h1'): Timed {
  line += 1;
  const ref = { source: 'a.log', line, offset: 0, bytes: 1 };
  const full = { ...event, time: timeOf(at), ref, format: 'x', clock: 'x' } as unknown as Event;
  return { event: full, at, lo: at, hi: at, errorUs: 0, host };
}
const tcp = (src: string, dst: string, over: Partial<Bare<NetworkEvent>> = {}): Timed => {
  const end = (text: string) => ({ ip: text.split(' ')[0] ?? '', port: Number(text.split(' ')[1]) });
  return row({ kind: 'network', type: 'flow', action: 'allow', src: end(src), dst: end(dst), ...over } as Bare<Event>);
};
const ran = (op: ProcessEvent['op'], pid: number, over: Partial<ProcessEvent> = {}, host = 'h1'): Timed =>
  row({ kind: 'process', op, pid, ...over } as Bare<Event>, host);
const call = (episodeId: string, sandboxId = 'sb-1'): Timed =>
  row({ kind: 'tool-call', episodeId, sandboxId, name: 'bash' } as unknown as Bare<Event>);

const hit = tcp('10.0.0.5 4000', '198.51.100.7 443');
/** Blamed for `hit` is episode `ep`. */
function blamed(over: Partial<Attribution> = {}): Attribution {
  return {
    ...bare,
    episode: { id: 'ep', sandboxId: 'sb-1' },
    candidates: [],
    evidence: [],
    violation: { ...bare.violation, event: hit.event as NetworkEvent, alsoSeen: [] },
    ...over,
  } as Attribution;
}
const bears = (timed: Timed, asked: Attribution = blamed(), more: readonly Timed[] = []): boolean =>
  bearingOn([asked], [], [hit, ...more, timed]).has(timed);

describe('on a violation bears', () => {
  it.each<[string, Timed, boolean]>([
    ['its own record', hit, true],
    ['a call of the episode that is blamed', call('ep'), true],
    ['no call of another episode', call('other', 'sb-2'), false],
    ['no call of who has its sandbox next', call('next'), false],
    ['the lease by which its sandbox is handed on', row({ kind: 'lease', sandboxId: 'sb-1', episodeId: 'next' }), true],
    ['no lease of another sandbox', row({ kind: 'lease', sandboxId: 'sb-2', episodeId: 'next' }), false],
    ['a process of its sandbox', ran('exec', 7, { sandboxId: 'sb-1' }), true],
    ['the answer of its connection', tcp('198.51.100.7 443', '10.0.0.5 4000'), true],
    ['who else went to the same place', tcp('10.0.0.9 1', '198.51.100.7 443'), true],
    ['no other port of that host', tcp('10.0.0.9 1', '198.51.100.7 80'), false],
    ['no other port of its source', tcp('10.0.0.5 4001', '192.0.2.1 443'), false],
    [
      'a process that connects to the same place',
      ran('connect', 9, {
        socket: { transport: 'tcp', local: {}, remote: { ip: '198.51.100.7', port: 443 } },
      }),
      true,
    ],
    ['a gap of a source', row({ kind: 'coverage', reason: 'lost' }), true],
    ['no GPU where no miner is asked for', row({ kind: 'metric', name: 'x', value: 1, unit: 'ratio' }), false],
  ])('%s', (_, timed, expected) => {
    expect(bears(timed)).toBe(expected);
  });

  it('its connection before and after each translation, and nothing of another', () => {
    const nat = (src: number, replyDst: number): Timed =>
      row({
        kind: 'nat',
        phase: 'new',
        transport: 'tcp',
        src: { ip: '10.0.0.5', port: src },
        dst: {},
        replySrc: {},
        replyDst: { ip: '10.0.0.5', port: replyDst },
      });
    const hops = [nat(4002, 4001), nat(4001, 4000), nat(4000, 5000)];
    for (const hop of hops) expect(bears(hop, blamed(), hops)).toBe(true);
    expect(bears(tcp('10.0.0.5 4002', '192.0.2.1 443'), blamed(), hops)).toBe(true);
    expect(bears(nat(4102, 4101), blamed(), hops)).toBe(false);
  });

  it('a name, and not the address of the proxy or resolver through which it is reached', () => {
    const named = tcp('10.0.0.5 4000', '10.0.0.1 3128', {
      dst: { ip: '10.0.0.1', port: 3128, domain: 'relay.example' },
    });
    const asked = blamed({ violation: { ...bare.violation, event: named.event as NetworkEvent, alsoSeen: [] } });
    const ask = (name: string) => row({ kind: 'dns', op: 'query', name });
    expect(bears(ask('relay.example'), asked, [named])).toBe(true);
    expect(bears(ask('mirror.example'), asked, [named])).toBe(false);
    expect(bears(tcp('10.0.0.9 1', '10.0.0.1 3128'), asked, [named])).toBe(false);
    const resolver = tcp('10.0.0.5 4000', '10.0.0.53 53');
    const query = blamed({ violation: { ...bare.violation, event: resolver.event as NetworkEvent, alsoSeen: [] } });
    expect(bears(tcp('10.0.0.9 1', '10.0.0.53 53'), query, [resolver])).toBe(false);
  });

  it('the process that is named with all it starts, on its host alone', () => {
    const asked = blamed({ process: { pid: 41, host: 'h1' } });
    const family = [ran('exec', 42, { ppid: 41 }), ran('fork', 42, { childPid: 43 }), ran('exec', 43), ran('exit', 41)];
    for (const one of family) expect(bears(one, asked, family)).toBe(true);
    expect(bears(ran('exec', 43, {}, 'h2'), asked, family)).toBe(false);
    expect(bears(ran('exec', 44, { ppid: 1 }), asked, family)).toBe(false);
  });

  it('the process of a record that the answer cites', () => {
    const cited = ran('connect', 51);
    const evidence = [
      { code: 'socket-owner', weight: 7, says: '', trust: 'outside', refs: [cited.event.ref] },
    ] as const;
    expect(bears(ran('exec', 51), blamed({ evidence }), [cited])).toBe(true);
    expect(bears(ran('exec', 51), blamed(), [cited])).toBe(false);
  });

  it('every suspect where nobody is blamed, by whichever of its names', () => {
    const { episode: _, ...nobody } = blamed({ verdict: 'ambiguous' });
    const asked: Attribution = { ...nobody, candidates: [{ episode: { id: 'b' }, probability: 0.5, evidence: [] }] };
    expect(bears(call('b', 'sb-9'), asked)).toBe(true);
    expect(bears(call('c', 'sb-9'), asked)).toBe(false);
    const alias = call('session-b', 'sb-9');
    const rollout = { episode: 'b', aliases: ['session-b'], formats: [], sandboxIds: [], toolCalls: 1, dropped: false };
    expect(bearingOn([asked], [rollout], [hit, alias]).has(alias)).toBe(true);
  });

  it('what the GPUs of the host of a miner did', () => {
    const asked = blamed({ process: { pid: 41, host: 'h1' } });
    const finding = { ...bare.violation.finding, category: 'cryptomining' } as const;
    const miner = { ...asked, violation: { ...asked.violation, finding } };
    const load = (host: string) => row({ kind: 'metric', name: 'x', value: 1, unit: 'ratio' }, host);
    expect(bears(load('h1'), miner)).toBe(true);
    expect(bears(load('h2'), miner)).toBe(false);
  });
});
