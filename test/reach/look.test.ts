import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mixes } from '../../bench/nights/lines.mjs';
import { createDetector, rulePacks } from '../../src/detect/index.ts';
import { formats } from '../../src/formats/index.ts';
import type { Event, NetworkEvent } from '../../src/model/event.ts';
import type { Format } from '../../src/model/format.ts';
import type { Micros } from '../../src/model/time.ts';

const detector = createDetector(rulePacks, { inventory: [] });
const context = { path: 'x', zoneOffsetMin: 0, reference: 1_795_454_343_000_000 as Micros };

/** Mix of the generator that writes the format. */
const MIXES: Record<string, string> = {
  'suricata-eve': 'eve',
  conntrack: 'conntrack',
  'netfilter-log': 'netfilter',
  tetragon: 'tetragon',
  auditd: 'auditd',
  'panos-csv': 'panos',
};

function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

function generated(id: string): string[] {
  const log = mixes[MIXES[id] ?? '']?.[0];
  const random = randomOf(7);
  const start = Date.UTC(2026, 10, 23) * 1000;
  return Array.from({ length: 1500 }, (_, n) => {
    const server = 1 + (n % 2);
    const sandbox = { id: `rock-${server}`, host: `train-0${server}`, ip: `10.66.${server}.10`, pid: 20000 + server };
    return log?.line({ n, at: start + n * 1000, sandbox, alert: n % 40 === 0, random }).split('\n') ?? [];
  }).flat();
}

/** The format's own samples, and real lines where they are at hand. */
function samples(id: string): string[] {
  const folders = [join(import.meta.dirname, '../../src/formats', id, 'samples')];
  const night = join(import.meta.dirname, '../../../shared/nights/night-a/raw');
  const names = existsSync(night) ? readdirSync(night).filter((name) => !/gz$|pcap$/.test(name)) : [];
  const own = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => !name.endsWith('.json') || !name.includes('.expected.'))
      .map((name) => join(folder, name)),
  );
  return [...own, ...names.map((name) => join(night, name))].flatMap((path) => readFileSync(path, 'utf8').split('\n'));
}

function decodeAll(format: Format, line: string): readonly Event[] {
  const decoder = format.open(context);
  const result = decoder.decode({ text: line, ref: { source: 'x', line: 1, offset: 0, bytes: line.length } });
  return [...(result.status === 'decoded' ? result.events : []), ...(decoder.flush?.() ?? [])];
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

const hot = formats.filter(({ look }) => look !== undefined);

describe('a look at a line tells what reading it would', () => {
  it('is tried on every hot format', () => {
    expect(hot.map(({ id }) => id).sort()).toEqual(Object.keys(MIXES).sort());
  });

  describe.each(hot.map((format) => [format.id, format] as const))('%s', (id, format) => {
    const lines = [...generated(id), ...samples(id)];

    it('lines with equal keys are judged alike, and the client is the one that is read', () => {
      const byKey = new Map<string, string>();
      const look = format.look?.(context);
      let looked = 0;
      for (const line of lines) {
        const glance = look?.(line);
        if (glance?.kind !== 'traffic') continue;
        looked++;
        const events = decodeAll(format, line);
        const judgement = events.map(judged).join();
        const inside = detector.isInternal(glance.clientIp);
        const quiet = !detector.suspects(glance.url, glance.userAgent);
        const key = `${inside} ${glance.key}`;
        if (quiet) expect(byKey.get(key) ?? judgement, line).toBe(judgement);
        if (quiet) byKey.set(key, judgement);
        expect(glance.port, line).toBe(clientOf(events[0])?.port ?? 0);
        if (glance.clientIp !== '') expect(glance.clientIp).toBe(clientOf(events[0])?.ip);
      }
      if (id !== 'auditd') expect(looked).toBeGreaterThan(10);
    });

    it('processes are the ones that are read', () => {
      const look = format.look?.(context);
      const pids = new Map<string, string>();
      let looked = 0;
      for (const line of lines) {
        const glance = look?.(line);
        if (glance?.kind !== 'life') continue;
        looked++;
        const [event] = decodeAll(format, line);
        if (event?.kind !== 'process') continue;
        expect([glance.pid, glance.ppid, glance.host, glance.at], line).toEqual([
          event.pid,
          event.ppid,
          event.host,
          event.time.at,
        ]);
        pids.set(event.op, line);
      }
      if (id === 'tetragon' || id === 'auditd') expect(looked).toBeGreaterThan(100);
      else expect(looked).toBe(0);
    });

    it('never leaves a line that a sensor ruled on', () => {
      const look = format.look?.(context);
      const quiet = new Set<string>();
      for (const line of lines) {
        const glance = look?.(line);
        const convicted = decodeAll(format, line).some((event) => detector.observe(event) !== undefined);
        if (glance?.kind !== 'traffic') continue;
        if (!convicted) quiet.add(glance.key);
        else if (detector.suspects(glance.url, glance.userAgent) === false)
          expect(quiet.has(glance.key), line).toBe(false);
      }
    });

    it('never throws on damaged lines', () => {
      const look = format.look?.(context);
      for (const line of lines.slice(0, 400))
        for (const cut of [1, line.length >> 1, line.length - 3]) look?.(line.slice(0, Math.max(0, cut)));
    });
  });
});
