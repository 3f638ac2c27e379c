import { describe, expect, it } from 'vitest';
import { observe, pairsOf } from '../../src/clocks/observe.ts';
import type { Event } from '../../src/model/event.ts';
import type { Micros } from '../../src/model/time.ts';

type Seen = Exclude<Event, { kind: 'tool-call' }>;

const at = 1_795_464_000_000_000 as Micros;
const time = {
  at,
  lo: (at - 20) as Micros,
  hi: (at + 30) as Micros,
  raw: '',
  basis: 'event',
  zone: 'epoch',
  stepUs: 7,
};
const base = { format: 'x', clock: 'x', time, ref: { source: 'x', line: 1, offset: 0, bytes: 1 } };
const src = { ip: '10.0.0.1', port: 40_000 };
const dst = { ip: '192.0.2.7', port: 443 };
const PROXY = { ip: '10.0.0.9', port: 3128 };

/** What of an event may meet the same in another domain, with how long before or after its time. */
function keysOf(parts: object, isNumbered = true): readonly string[] {
  const event = { ...base, ...parts } as Seen;
  const context = {
    domainOf: ({ clock }: { readonly clock: string }) => clock,
    hostOf: () => 'h',
    hostOfIp: (ip: string) => (ip === src.ip ? 'asking' : undefined),
    isProxy: (ip: string) => ip === PROXY.ip,
    isNumbered: () => isNumbered,
  };
  const { meeting } = observe(({ see }) => {
    see(event);
    see({ ...event, clock: 'y' });
  }, context);
  return meeting.filter(({ domain }) => domain === 'x').map(({ key, lo, hi }) => `${key} ${lo - at} ${hi - lo}`);
}

const network = (parts: object): object => ({ kind: 'network', type: 'packet', src, dst, transport: 'tcp', ...parts });

const dns = (parts: object): object => ({ kind: 'dns', op: 'query', name: 'x.example', qtype: 'A', ...parts });
const asked = (parts: object): object =>
  network({ type: 'dns', dst: { ...dst, port: 53 }, dns: { name: 'x.example', type: 'A' }, ...parts });
const nat = (parts: object): object => ({
  kind: 'nat',
  phase: 'new',
  transport: 'tcp',
  src,
  dst,
  replySrc: dst,
  replyDst: { ip: '203.0.113.1', port: 1 },
  ...parts,
});
const connect = (parts: object, socket: object = {}): object => ({
  kind: 'process',
  op: 'connect',
  pid: 7,
  socket: { local: src, remote: dst, transport: 'tcp', ...socket },
  ...parts,
});
const exec = (parts: object): object => ({ kind: 'process', op: 'exec', exe: '/bin/sh', args: ['sh'], ...parts });
const stamped = (basis: string): object => ({ time: { ...time, basis } });

const TUPLE = 'tcp|10.0.0.1|40000|192.0.2.7|443';
const OUTSIDE = 'tcp|203.0.113.1|1|192.0.2.7|443';
const AIM = 'aim|192.0.2.7|443|#1 0 7';
const CONNECT = 'connect|h|192.0.2.7|443|#1';
const ASKED = 'connect|asking|192.0.2.7|443|#1';
const QUERY = 'query|10.0.0.1|40000|x.example|A 0 7';
const SCRIPT = 'sleep 11 && curl http://192.0.2.7/';

describe('what clocks can be told by', () => {
  it.each<[string, object, readonly string[]]>([
    ['a packet', network({ ipId: 5 }), [AIM, `packet|${TUPLE}|5 0 7`, `flow|${TUPLE} 0 7`]],
    ['one without an id', network({ ipId: 0 }), [AIM, `flow|${TUPLE} 0 7`]],
    [
      'one of the side that answers',
      network({ initiator: 'dst' }),
      ['aim|10.0.0.1|40000|#1 0 7', 'flow|tcp|192.0.2.7|443|10.0.0.1|40000 0 7'],
    ],
    ['one of ICMP', network({ transport: 'icmp' }), [AIM]],
    ['one without a port', network({ dst: { ip: dst.ip } }), []],
    ['one without an address', network({ src: { port: 1 } }), []],
    ['one without a time', network(stamped('none')), []],
    ['one that opens a connection', network({ isSyn: true }), [AIM, `flow|${TUPLE} 0 7`, `${ASKED} 0 7`]],
    [
      'one of a host that is not known',
      network({ isSyn: true, src: { ip: '10.0.0.2', port: 40_000 } }),
      [AIM, 'flow|tcp|10.0.0.2|40000|192.0.2.7|443 0 7'],
    ],
    ['an alert', network({ type: 'alert', rule: { id: '7' } }), [AIM, `alert|${TUPLE}|7|#1 0 7`, `begin|${TUPLE} 0 7`]],
    ['one of no rule', network({ type: 'alert' }), [AIM, `begin|${TUPLE} 0 7`]],
    ['one of ICMP', network({ type: 'alert', transport: 'icmp' }), [AIM]],
    ['a flow that begins', network({ type: 'flow', ...stamped('flow-start') }), [`flow|${TUPLE} 0 7`]],
    ['one in a window', network({ type: 'flow', ...stamped('window') }), [`begin|${TUPLE} -20 50`]],
    ['one that ended', network({ type: 'flow', ...stamped('flow-end') }), []],
    [
      'a request that a proxy tells of',
      network({ type: 'proxy', http: { url: 'x' } }),
      ['http|10.0.0.1|x|#1 -20 7', 'proxied|10.0.0.1|#1 -20 7'],
    ],
    ['one of a proxy without a URL', network({ type: 'proxy' }), ['proxied|10.0.0.1|#1 -20 7']],
    [
      'a flow to a proxy',
      network({ type: 'flow', dst: PROXY, ...stamped('flow-start') }),
      ['flow|tcp|10.0.0.1|40000|10.0.0.9|3128 0 7', 'proxied|10.0.0.1|#1 0 7'],
    ],
    ['one on the way', network({ type: 'http', http: { url: 'x' } }), ['http|10.0.0.1|x|#1 0 7']],
    ['a query on the way', asked({}), [QUERY]],
    ['one to another port', asked({ dst }), []],
    ['its answer', asked({ dns: { name: 'x.example', answers: [] } }), []],
    ['one from the server', asked({ initiator: 'dst', src: { ...dst, port: 53 }, dst: { ...src, port: 53 } }), []],
    [
      'a translation',
      nat({}),
      [
        ...['flow', 'begin'].flatMap((kind) => [TUPLE, OUTSIDE].map((tuple) => `${kind}|${tuple} 0 0`)),
        `${CONNECT} 0 0`,
      ],
    ],
    [
      'one of a query',
      nat({ transport: 'udp', dst: { ip: dst.ip, port: 53 }, replyDst: src, replySrc: { ip: dst.ip, port: 53 } }),
      [...['flow', 'begin'].map((kind) => `${kind}|udp|10.0.0.1|40000|192.0.2.7|53 0 0`), 'asker|10.0.0.1|40000 0 0'],
    ],
    ['its end', nat({ phase: 'end' }), []],
    ['one of ICMP', nat({ transport: 'icmp' }), []],
    ['a query', dns({ client: src }), [QUERY, 'asker|10.0.0.1|40000 0 7', 'forward|asking|x.example|#1 0 7']],
    ['one of nobody known', dns({ client: dst }), ['query|192.0.2.7|443|x.example|A 0 7', 'asker|192.0.2.7|443 0 7']],
    ['one without a port', dns({ client: { ip: src.ip } }), []],
    ['a query sent on', dns({ op: 'forward', client: src }), ['forward|h|x.example|#1 0 7']],
    ['an answer', dns({ op: 'answer', client: src }), []],
    ['a connect', connect({}), [`flow|${TUPLE} 0 7`, `begin|${TUPLE} 0 7`, `${CONNECT} 0 7`]],
    ['one of UDP, without a port', connect({}, { local: {}, transport: 'udp' }), []],
    ['one without a port', connect({}, { local: {} }), [`${CONNECT} 0 7`]],
    ['one that was taken', connect({ op: 'accept' }), []],
    ['an exec', exec({ pid: 7 }), ['exec|h|7|/bin/sh|#1 0 7']],
    [
      'one of a script',
      exec({ args: ['sh', '-c', SCRIPT] }),
      [`command|h|${SCRIPT}|#1 0 7`, `command24|h|${SCRIPT.slice(0, 24)}|#1 0 7`],
    ],
    ['an episode', { kind: 'episode', episodeId: 'e', start: at + 5, end: at + 9 }, ['start|e 5 0', 'end|e 9 0']],
    ['a lease', { kind: 'lease', episodeId: 'e', start: at + 5 }, ['start|e 5 0']],
    ['one of no episode', { kind: 'lease', start: at + 5 }, []],
  ])('of %s', (_, event, keys) => {
    expect([...keysOf(event)].sort()).toEqual([...keys].sort());
    const isCounted = (key: string): boolean => /^(?:aim|http|connect|forward|proxied)\|/.test(key);
    expect([...keysOf(event, false)].sort()).toEqual(keys.filter((key) => !isCounted(key)).sort());
  });
});

describe('pairs for people', () => {
  const seen = (domain: string, lo: number, rest: object = {}) =>
    ({ domain, key: 'k', lo, hi: lo, ...rest }) as Parameters<typeof pairsOf>[0][number];

  it('are two stamps of one moment by two clocks, told from both sides', () => {
    expect([...pairsOf([seen('x', 1), seen('y', 4), seen('x', 9), seen('z', 5, { key: 'l' })])]).toEqual([
      ['y', [{ key: 'k', at: 4, other: 'x', otherAt: 1 }]],
      ['x', [{ key: 'k', at: 1, other: 'y', otherAt: 4 }]],
    ]);
  });

  it('are none where one clock counts more of them', () => {
    expect(pairsOf([seen('x', 1, { total: 2 }), seen('y', 4, { total: 3 })]).size).toBe(0);
  });

  it('are two hundred of a clock', () => {
    const many = Array.from({ length: 201 }, (_, i) => ['x', 'y'].map((domain) => seen(domain, i, { key: `k${i}` })));
    expect(pairsOf(many.flat()).get('x')).toHaveLength(200);
  });
});
