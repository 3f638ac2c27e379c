import type { Event } from '../model/event.ts';
import type { FlowEnds } from '../model/policy.ts';
import type { Report } from '../model/report.ts';
import type { SourceRef } from '../model/source.ts';
import type { Timed } from '../model/timed.ts';
import type { Violation } from '../model/violation.ts';
import { type Sighting, sightingOf } from './flow.ts';

/** Records of one violation that carry no ports may be stamped this far from its span. */
const SLACK_US = 5_000_000;
const DNS_PORT = 53;

interface Span {
  readonly first: number;
  readonly last: number;
  readonly port: number | undefined;
}

/** Knows every record and connection that belongs to a violation, whatever its verdict. */
export class Violations {
  readonly #ends = new Map<string, FlowEnds>();
  readonly #byRef = new Map<string, string>();
  readonly #cited = new Set<string>();
  readonly #byTuple = new Map<string, string>();
  readonly #spans = new Map<string, Span[]>();

  constructor(report: Report) {
    for (const { violation, evidence } of report.attributions) {
      const { id, event } = violation;
      const sighting = sightingOf(event);
      this.#ends.set(id, sighting?.ends ?? {});
      for (const ref of [event.ref, ...violation.alsoSeen]) this.#byRef.set(keyOf(ref), id);
      for (const ref of evidence.flatMap((fact) => fact.refs)) this.#cited.add(keyOf(ref));
      for (const tuple of sighting?.tuples ?? []) this.#byTuple.set(tuple, id);
      if (sighting === undefined) continue;
      if (sighting.tuples.length === 0) this.#addSpan(pairOf(sighting.ends), sighting.ends.port, violation);
      this.#addSpan(sighting.ends.domain, undefined, violation);
    }
  }

  #addSpan(key: string | undefined, port: number | undefined, { first, last }: Violation): void {
    if (key === undefined) return;
    const spans = this.#spans.get(key) ?? [];
    spans.push({ first: first - SLACK_US, last: last + SLACK_US, port });
    this.#spans.set(key, spans);
  }

  /** True when the record is part of a violation or cited as evidence; what it adds to the violation's ends is kept. */
  claim({ event, at }: Timed<Event>, sighting: Sighting): boolean {
    const key = keyOf(event.ref);
    const id = this.#byRef.get(key) ?? this.#ofTuple(sighting);
    if (id !== undefined) this.#complete(id, sighting.ends);
    return id !== undefined || this.#cited.has(key) || this.#inSpan(sighting.ends, at);
  }

  #ofTuple({ tuples }: Sighting): string | undefined {
    for (const tuple of tuples) {
      const id = this.#byTuple.get(tuple);
      if (id !== undefined) return id;
    }
    return undefined;
  }

  /** Inside the time of a violation without ports, or a question for a violation's name at its very moment. */
  #inSpan(ends: FlowEnds, at: number): boolean {
    const spans = this.#spans.get(pairOf(ends) ?? '') ?? [];
    const asked = ends.port === DNS_PORT ? (this.#spans.get(ends.domain ?? '') ?? []) : [];
    return [...spans, ...asked].some(
      ({ first, last, port }) => at >= first && at <= last && (port === undefined || port === ends.port),
    );
  }

  /** Fields that the violation's first record lacks; a destination is never replaced by another. */
  #complete(id: string, seen: FlowEnds): void {
    const own = this.#ends.get(id) ?? {};
    const same = own.ip === undefined || seen.ip === undefined || own.ip === seen.ip;
    if (!same) return;
    this.#ends.set(id, { ...seen, ...own });
  }

  get ends(): ReadonlyMap<string, FlowEnds> {
    return this.#ends;
  }
}

function keyOf(ref: SourceRef): string {
  return `${ref.source}:${ref.line}:${ref.offset}`;
}

function pairOf({ source, ip }: FlowEnds): string | undefined {
  return source === undefined || ip === undefined ? undefined : `${source}>${ip}`;
}
