import { describe, expect, it } from 'vitest';
import { createDetector, rulePacks } from '../../src/detect/index.ts';
import { commonOf, kindOf } from '../../src/fold/alike.ts';
import { formats } from '../../src/formats/index.ts';
import type { Event, NetworkEvent } from '../../src/model/event.ts';

import type { AlertGlance, Format, LifeGlance, TrafficGlance } from '../../src/model/format.ts';
import { endOfUnit } from '../../src/reach/skimming/units.ts';
import { randomOf } from '../random.ts';
import { expectSame } from './expect-same.ts';
import { context, corpus, generated, MIXES, mutants, samples, verdicts } from './hot-lines.ts';

const detector = createDetector(rulePacks, { inventory: [] });
/** Reads lines one by one; the lines of a header are read again before each row under them. */
function readerOf(format: Format): (line: string) => readonly Event[] {
  let header: string[] = [];
  let isOpen = false;
  return (line) => {
    if (format.id !== 'zeek-tsv') return decodeAll(format, [line]);
    if (line.startsWith('#')) {
      if (!isOpen) header = [];
      header.push(line);
    }
    isOpen = line.startsWith('#');
    return isOpen ? [] : decodeAll(format, [...header, line]);
  };
}

function decodeAll(format: Format, lines: readonly string[]): readonly Event[] {
  const decoder = format.open(context);
  const decoded = lines.flatMap((text) => {
    const result = decoder.decode({ text, ref: { source: 'x', line: 1, offset: 0, bytes: text.length } });
    return result.status === 'decoded' ? result.events : [];
  });
  return [...decoded, ...(decoder.flush?.() ?? [])];
}

/** Everything that decides what becomes of an event, whoever the client was. */
function judged(event: Event): string {
  const rule = detector.observe(event)?.rule;
  if (event.kind === 'nat') return JSON.stringify([event.transport, event.dst, event.replySrc]);
  if (event.kind === 'process') return JSON.stringify([rule, event.op, event.socket?.remote, event.socket?.transport]);
  if (event.kind !== 'network') return event.kind;
  const { type, action, transport, dns, http } = event;
  return JSON.stringify([rule, type, action, serverOf(event), transport, dns?.name, dns?.answers, http?.host]);
}

function serverOf(event: NetworkEvent) {
  return event.initiator === 'dst' ? event.src : event.dst;
}

function clientOf(event: Event | undefined) {
  if (event?.kind === 'network') return event.initiator === 'dst' ? event.dst : event.src;
  if (event?.kind === 'nat') return event.src;
  return event?.kind === 'process' ? event.socket?.local : undefined;
}

/** Formats of processes, whose beginnings and ends are looked at. */
const LIVES = ['tetragon', 'auditd', 'falco'];

/** What was read before under each key, and the line at hand. */
interface Known {
  readonly byKey: Map<string, string>;
  readonly line: string;
}

function expectAlike(glance: TrafficGlance, events: readonly Event[], { byKey, line }: Known): void {
  const judgement = events.map(judged).join();
  const inside = detector.isInternal(glance.clientIp);
  const key = `${inside} ${glance.key}`;
  if (!detector.suspects(glance.url, glance.userAgent)) {
    // JSON that is damaged must be seen to be; of other lines only a part is looked at.
    if (line.startsWith('{')) expect(judgement, `no event: ${line}`).not.toBe('');
    if (judgement === '') return;
    expectSame(byKey.get(key) ?? judgement, judgement, line);
    byKey.set(key, judgement);
  }
  expectSame(glance.port, clientOf(events[0])?.port ?? 0, line);
  if (glance.clientIp !== '') expectSame(glance.clientIp, clientOf(events[0])?.ip, line);
}

function expectAlive(glance: LifeGlance, events: readonly Event[], { byKey, line }: Known): void {
  const [event] = events;
  if (glance.key !== undefined) {
    const judgement = events.map(judged).join();
    expectSame(byKey.get(glance.key) ?? judgement, judgement, line);
    byKey.set(glance.key, judgement);
  }
  if (event?.kind !== 'process') return;
  // Without its container a record would be visited again for what happened in any other.
  expectSame(glance.containerId, event.containerId, line);
  const read = [event.pid ?? 0, event.ppid ?? 0, event.host, event.time.at];
  expectSame([glance.pid, glance.ppid, glance.host, glance.at], read, line);
}

/** Everything that is told of many verdicts that are counted together, and by what a kind is told. */
function told(event: Event): string {
  const finding = detector.observe(event);
  if (event.kind !== 'network' || finding === undefined) return event.kind;
  const { time: _time, ref: _ref, ...common } = commonOf(event, 0) as NetworkEvent;
  const about = [event.time.lo - event.time.at, event.time.hi - event.time.at];
  return JSON.stringify([finding, kindOf(event, finding, 0), common, about]);
}

function expectCounted(glance: AlertGlance, events: readonly Event[], { byKey, line }: Known): void {
  const [event, ...others] = events;
  expectSame(others, [], line);
  expectSame([event?.time.at, event?.time.stepUs], [glance.at, 1], line);
  expectSame(glance.port, clientOf(event)?.port ?? 0, line);
  if (event === undefined || detector.suspects(glance.url, glance.userAgent)) return;
  const kind = told(event);
  expectSame(byKey.get(glance.key) ?? kind, kind, line);
  byKey.set(glance.key, kind);
}

/** A line whose first time was overwritten, cut short, or cannot be. */
function withBadTime(line: string): string[] {
  const found = /\d{4}[-/]\d\d[-/]\d\d.\d\d:\d\d|\b\d{10}\.\d+|\b\d{10,19}\b/.exec(line);
  if (found === null) return [];
  const [time] = found;
  const around = (text: string): string => line.slice(0, found.index) + text + line.slice(found.index + time.length);
  return [
    around('\u0001\u0001'),
    around(time.replace(/\d/, 'x')),
    around(time.slice(0, 4)),
    around(time.replace(/(?<=^.{5})../, '99')),
  ];
}

const hot = formats.filter(({ look }) => look !== undefined);

describe('a look at a line tells what reading it would', () => {
  it('is tried on every hot format', () => {
    expect(hot.map(({ id }) => id).sort()).toEqual(Object.keys(MIXES).sort());
  });

  describe.each(hot.map((format) => [format.id, format] as const))('%s', (id, format) => {
    const lines = [...generated(id), ...samples(id), ...corpus(id)];

    it('lines with equal keys are judged alike, and the client is the one that is read', () => {
      const byKey = new Map<string, string>();
      const look = format.look?.(context);
      const read = readerOf(format);
      let looked = 0;
      for (const line of lines) {
        const events = read(line);
        const glance = look?.(line);
        if (glance?.kind !== 'traffic') continue;
        looked++;
        expectAlike(glance, events, { byKey, line });
      }
      if (!LIVES.includes(id)) expect(looked).toBeGreaterThan(10);
    });

    it('the same holds for lines that others wrote or that are damaged', () => {
      const look = format.look?.(context);
      const read = readerOf(format);
      const byKey = new Map<string, string>();
      const random = randomOf(11);
      for (const [n, line] of [...generated(id), ...corpus(id)].entries()) {
        for (const text of n % 3 === 0 && !line.startsWith('#') ? [line, ...mutants(line, random)] : [line]) {
          const events = read(text.replace(/\r$/, '').replace(/^\u00ef\u00bb\u00bf/, ''));
          const glance = look?.(text);
          if (glance?.kind === 'traffic') expectAlike(glance, events, { byKey, line: text });
          if (glance?.kind === 'life') expectAlive(glance, events, { byKey, line: text });
        }
      }
    });

    it('a line without a time that can be read is none that a look leaves: whether it failed must not hang on what was read before', () => {
      const look = format.look?.(context);
      const decoder = format.open(context);
      const damaged = lines.flatMap((line) => (line.startsWith('#') ? [line] : [line, ...withBadTime(line)]));
      let failed = 0;
      for (const text of damaged) {
        const glance = look?.(text);
        const { status } = decoder.decode({ text, ref: { source: 'x', line: 1, offset: 0, bytes: text.length } });
        if (status !== 'failed' || text.startsWith('#')) continue;
        failed++;
        // Without a time nothing is noted of a process: its line is read.
        if (glance?.kind !== 'life') expectSame(glance, undefined, text);
      }
      expect(failed).toBeGreaterThan(0);
    });

    it.runIf(verdicts(id).length > 0 && format.look?.(context).verdicts !== undefined)(
      'verdicts with equal keys are of one kind, and their moment is the one that is read',
      () => {
        const verdict = format.look?.(context).verdicts?.look;
        const byKey = new Map<string, string>();
        const random = randomOf(17);
        let counted = 0;
        for (const line of [...verdicts(id), ...lines])
          for (const text of [line, ...mutants(line, random)]) {
            const glance = verdict?.(text);
            if (glance === undefined) continue;
            counted++;
            expectCounted(glance, decodeAll(format, [text]), { byKey, line: text });
          }
        expect(counted).toBeGreaterThan(1000);
        expect(byKey.size).toBeGreaterThan(20);
      },
    );

    it.runIf(id === 'auditd')('sockets of equal keys are those of one far end, and all their records are known', () => {
      const look = format.look?.(context);
      const byKey = new Map<string, string>();
      const random = randomOf(13);
      const text = `${[...lines, ...lines.flatMap((line) => mutants(line, random))].join('\n')}\n`;
      for (let from = 0, to = 0; from < text.length; from = to + 1) {
        to = endOfUnit(text, from, look?.continues);
        const glance = look?.(text.slice(from, to));
        if (glance?.kind !== 'socket' || glance.key === undefined) continue;
        const [event, ...others] = decodeAll(format, text.slice(from, to).split('\n'));
        if (event?.kind !== 'process') continue;
        expect(others).toEqual([]);
        expect([glance.host, glance.pid, glance.ppid]).toEqual([event.host, event.pid, event.ppid]);
        expect(event.socket?.local).toEqual({});
        const end = JSON.stringify(event.socket?.remote);
        expect(byKey.get(glance.key) ?? end).toBe(end);
        byKey.set(glance.key, end);
      }
      expect(byKey.size).toBeGreaterThan(10);
    });

    it('processes are the ones that are read', () => {
      const look = format.look?.(context);
      const byKey = new Map<string, string>();
      let looked = 0;
      for (const line of lines) {
        const glance = look?.(line);
        if (glance?.kind !== 'life') continue;
        looked++;
        expectAlive(glance, decodeAll(format, [line]), { byKey, line });
      }
      if (LIVES.includes(id)) expect(looked).toBeGreaterThan(100);
      else expect(looked).toBe(0);
    });

    it('never leaves a line that a sensor ruled on', () => {
      const look = format.look?.(context);
      const read = readerOf(format);
      const quiet = new Set<string>();
      for (const line of lines) {
        const convicted = read(line).some((event) => detector.observe(event) !== undefined);
        const glance = look?.(line);
        if (glance?.kind !== 'traffic') continue;
        if (!convicted) quiet.add(glance.key);
        else if (detector.suspects(glance.url, glance.userAgent) === false)
          expectSame(quiet.has(glance.key), false, line);
      }
    });

    it('never throws on damaged lines', () => {
      const look = format.look?.(context);
      for (const line of lines.slice(0, 400))
        for (const cut of [1, line.length >> 1, line.length - 3]) look?.(line.slice(0, Math.max(0, cut)));
    });
  });
});
