import { formatIso } from '../../core/time/time.ts';
import type { Attribution } from '../../model/attribution.ts';
import type { SourceRef } from '../../model/source.ts';
import type { ViolatingEvent, Violation } from '../../model/violation.ts';

type Clean = (text: string) => string;
type Json = Record<string, unknown>;

/** What is an attribution's own: the violation itself. `seen-text.ts` writes the same as text. */
export function seenPart({ violation, verdict, probability }: Attribution, clean: Clean): Json {
  return {
    record: 'attribution',
    id: violation.id,
    verdict,
    probability: round(probability),
    violation: violationRecord(violation, clean),
  };
}

function violationRecord(violation: Violation, clean: Clean): Json {
  const { event, finding } = violation;
  const { action, src, dst, transport, url } = endsOf(event);
  return {
    time: formatIso(violation.first),
    rawTime: event.time.raw,
    interval: [formatIso(violation.first), formatIso(violation.last)],
    source: refRecord(event.ref),
    alsoSeen: alsoSeenOf(violation),
    format: event.format,
    rule: { id: finding.rule.id, name: clean(finding.rule.name) },
    category: finding.category,
    severity: finding.severity,
    attack: finding.attack,
    atlas: finding.atlas,
    action,
    src,
    dst,
    transport,
    url: url === undefined ? undefined : clean(url),
    count: violation.count,
  };
}

/** Every other record, those that were only counted included. */
function alsoSeenOf({ alsoSeen, repeats }: Violation): readonly Json[] {
  const seen = alsoSeen.map(({ source, line }) => ({ path: source, line }));
  const counted = Array.from(repeats?.lines ?? [], (line) => ({ path: repeats?.path, line }));
  return counted.length === 0 ? seen : [...seen, ...counted];
}

interface End {
  readonly ip: string | null;
  readonly port: number | null;
}

interface Ends {
  readonly action: string;
  readonly src: End;
  readonly dst: End & { readonly domain: string | null };
  readonly transport: string | null;
  readonly url: string | undefined;
}

export function endsOf(event: ViolatingEvent): Ends {
  if (event.kind === 'network') {
    return {
      action: event.action,
      src: { ip: event.src.ip ?? null, port: event.src.port ?? null },
      dst: {
        ip: event.dst.ip ?? null,
        port: event.dst.port ?? null,
        domain: event.dst.domain ?? event.dns?.name ?? null,
      },
      transport: event.transport ?? null,
      url: event.http?.url,
    };
  }
  if (event.kind === 'dns') {
    return {
      action: event.action ?? 'alert',
      src: { ip: event.client?.ip ?? null, port: event.client?.port ?? null },
      dst: { ip: event.upstream ?? null, port: 53, domain: event.name },
      transport: event.transport ?? 'udp',
      url: undefined,
    };
  }
  const { socket } = event;
  return {
    action: 'alert',
    src: { ip: socket?.local.ip ?? null, port: socket?.local.port ?? null },
    dst: { ip: socket?.remote.ip ?? null, port: socket?.remote.port ?? null, domain: null },
    transport: socket?.transport ?? null,
    url: undefined,
  };
}

export function refRecord(ref: SourceRef): Json {
  return { path: ref.source, line: ref.line, offset: ref.offset, bytes: ref.bytes };
}

export function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
