import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Folding } from '../../src/fold/folding.ts';
import type { NetworkEvent, ProcessEvent } from '../../src/model/event.ts';
import type { Micros } from '../../src/model/time.ts';
import type { Finding } from '../../src/model/violation.ts';

const finding: Finding = {
  rule: { id: '1', name: 'POLICY miner' },
  category: 'cryptomining',
  severity: 'high',
  strength: 'verdict',
  attack: [],
  atlas: [],
};

interface Alert {
  readonly line: number;
  readonly atUs: number;
  readonly client: string;
  readonly port?: number;
  readonly far?: string;
}

const alert = ({ line, atUs, client, port = 3333, far = '203.0.113.9' }: Alert): NetworkEvent => ({
  kind: 'network',
  type: 'alert',
  action: 'alert',
  format: 'suricata-eve',
  clock: 'timestamp',
  time: {
    at: atUs as Micros,
    lo: atUs as Micros,
    hi: atUs as Micros,
    raw: String(atUs),
    basis: 'packet',
    zone: 'epoch',
    stepUs: 1,
  },
  ref: { source: 'eve.json', line, offset: line * 100, bytes: 99 },
  transport: 'tcp',
  src: { ip: client, port: 30_000 + (line % 20_000) },
  dst: { ip: far, port },
  seq: line,
});

function fold(alerts: readonly Alert[], most: number) {
  const folding = new Folding(most);
  const kept = alerts.map(alert).filter((event) => folding.admits(event, finding));
  return { kept, folded: folding.folded(), counted: folding.counted };
}

const burst = (n: number, every: number, client = '10.0.0.1'): Alert[] =>
  Array.from({ length: n }, (_, i) => ({ line: i + 1, atUs: 1e15 + i * every, client }));

describe('folding', () => {
  it('weighs each of few', () => {
    const { kept, folded } = fold(burst(20, 1000), 100);
    expect(kept).toHaveLength(20);
    expect(folded).toEqual([]);
  });

  it('leaves room for what hosts rule on, which is read after the loudest sensor of the network', () => {
    const folding = new Folding(100);
    for (const each of burst(1000, 2000)) folding.admits(alert(each), finding);
    const verdicts = burst(20, 2000).map((each): ProcessEvent => {
      const { type: _, src: __, dst: ___, transport: ____, action: _____, ...common } = alert(each);
      return {
        ...common,
        kind: 'process',
        op: 'alert',
        pid: 100 + each.line,
        ref: { ...common.ref, source: 'falco.json' },
      };
    });
    expect(verdicts.filter((event) => folding.admits(event, finding))).toHaveLength(8);
  });

  it('counts the rest by kind and second, with what is true of all of them and the time that holds them', () => {
    const { kept, folded, counted } = fold(burst(1000, 2000), 100);
    expect(kept).toHaveLength(52);
    expect(counted).toBe(948);
    expect(folded.map(({ repeats }) => repeats.lines.length + 1)).toEqual([448, 500]);
    const [first] = folded;
    expect(first?.event).toMatchObject({
      src: { ip: '10.0.0.1' },
      dst: { ip: '203.0.113.9', port: 3333 },
      time: { basis: 'window', at: 1e15 + 52 * 2000, lo: 1e15 + 52 * 2000, hi: 1e15 + 499 * 2000 },
      ref: { line: 53 },
    });
    expect(first?.event).not.toHaveProperty('src.port');
    expect(first?.event).not.toHaveProperty('seq');
  });

  it('says nothing of all that only one of them asked for', () => {
    const folding = new Folding(10);
    for (const [i, one] of burst(40, 2000).entries())
      folding.admits(
        {
          ...alert(one),
          http: { host: 'pool.example', url: `/${i}`, method: 'GET' },
          dns: { name: `${i}.t.example`, id: i },
          bytes: { toServer: i, toClient: i },
        } as NetworkEvent,
        finding,
      );
    const [first] = folding.folded();
    expect(first?.event).toMatchObject({ http: { host: 'pool.example' }, dns: { name: 't.example' } });
    for (const path of ['http.url', 'http.method', 'dns.id', 'bytes']) expect(first?.event).not.toHaveProperty(path);
  });

  it('still weighs the first of a kind that comes late', () => {
    const rare = { line: 900, atUs: 1e15, client: '10.0.0.2' };
    const { kept } = fold([...burst(800, 2000), rare], 1000);
    expect(kept.map(({ ref }) => ref.line)).toContain(900);
  });

  it('leaves out the port where a scan makes every port a kind of its own', () => {
    const scan = burst(5000, 2e6).map((one, i) => ({ ...one, port: i + 1 }));
    const { folded } = fold(scan, 100);
    expect(folded[0]?.event).toMatchObject({ dst: { ip: '203.0.113.9' } });
    expect(folded[0]?.event).not.toHaveProperty('dst.port');
  });

  it('accounts for every record once, and stays within its room', () => {
    const alerts = fc.array(
      fc.record({
        line: fc.constant(0),
        atUs: fc.integer({ min: 0, max: 40_000_000_000 }).map((us) => 1e15 + us),
        client: fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3'),
        port: fc.constantFrom(22, 80, 443, 3333),
      }),
      { maxLength: 400 },
    );
    fc.assert(
      fc.property(alerts, (list) => {
        const numbered = list.map((one, i) => ({ ...one, line: i + 1 }));
        const { kept, folded } = fold(numbered, 40);
        const lines = [
          ...kept.map(({ ref }) => ref.line),
          ...folded.flatMap(({ event, repeats }) => [event.ref.line, ...repeats.lines]),
        ];
        expect(lines.sort((a, b) => a - b)).toEqual(numbered.map(({ line }) => line));
        expect(kept.length + folded.length).toBeLessThanOrEqual(40);
        for (const { event, repeats } of folded)
          for (const line of [event.ref.line, ...repeats.lines]) {
            const { atUs, client } = numbered[line - 1] as Alert;
            expect(event).toMatchObject({ src: { ip: client } });
            expect(atUs).toBeGreaterThanOrEqual(event.time.lo);
            expect(atUs).toBeLessThanOrEqual(event.time.hi);
          }
      }),
    );
  });

  describe('where it is told when calls of the client began and ended', () => {
    /** Calls of a minute without a pause between them. */
    const minute = (at: number): number => Math.floor((at - 1e15) / 60e6);
    const inMinutes = (alerts: readonly Alert[], most: number) => {
      const folding = new Folding(most);
      for (const one of alerts) folding.admits(alert(one), finding);
      return folding
        .folded(() => minute)
        .map(({ event, repeats }) => ({
          dst: event.kind === 'network' ? event.dst : undefined,
          minutes: [event.time.lo, event.time.hi].map(minute),
          records: repeats.lines.length + 1,
        }));
    };

    it('counts together what is within one', () => {
      const cells = inMinutes(burst(1000, 200_000), 100);
      expect(cells.map(({ minutes }) => minutes)).toEqual([0, 1, 2, 3].map((n) => [n, n]));
      expect(cells.map(({ records }) => records)).toEqual([248, 300, 300, 100]);
    });

    it('leaves out ports, then far ends, before it counts what is in several', () => {
      const many = (ports: number): Alert[] =>
        burst(4000, 300_000).map((one, i) => ({ ...one, port: 1 + (i % ports) }));
      const dst = (ports: number) => inMinutes(many(ports), 100).map((cell) => cell.dst);
      expect(dst(1)[0]).toEqual({ ip: '203.0.113.9', port: 1 });
      expect(dst(8)[0]).toEqual({ ip: '203.0.113.9' });
      const far = burst(1900, 600_000).map((one, i) => ({ ...one, far: `203.0.113.${1 + (i % 9)}` }));
      const cells = inMinutes(far, 100);
      expect(cells.every(({ minutes: [from, to] }) => from === to)).toBe(true);
      expect(cells[0]?.dst).toEqual({});
    });

    it('then counts neighbours together', () => {
      const cells = inMinutes(burst(6000, 4e6), 100);
      expect(cells.length).toBeGreaterThan(15);
      expect(cells.length).toBeLessThanOrEqual(30);
      const widths = cells.map(({ minutes: [from = 0, to = 0] }) => to - from);
      expect(new Set(widths.slice(1, -1))).toEqual(new Set([15]));
    });

    it('says for how many there had to be room, so that each is of one', () => {
      const wantedBy = (alerts: readonly Alert[], most: number): number => {
        const folding = new Folding(most);
        for (const one of alerts) folding.admits(alert(one), finding);
        expect(folding.wanted).toBe(0);
        const cells = folding.folded(() => minute);
        expect(cells.length).toBeLessThanOrEqual(most);
        return folding.wanted;
      };
      const alerts = burst(6000, 4e6);
      expect(wantedBy(burst(1000, 200_000), 100)).toBe(0);
      const wanted = wantedBy(alerts, 100);
      expect(wanted).toBeGreaterThan(400);
      expect(wantedBy(alerts, wanted)).toBe(0);
    });
  });
});
