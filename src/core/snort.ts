import type { NetworkEvent } from '../model/event.ts';
import type { RawRecord } from '../model/source.ts';
import type { EventTime } from '../model/time.ts';
import { parseIp, parsePort, splitHostPort, transportName } from './ip.ts';
import { compact } from './json.ts';

/** What any Snort output states of one alert. Ids are the signature's own number: that is how rules are named. */
export interface SnortFacts {
  readonly format: string;
  readonly clock: string;
  readonly time: EventTime;
  readonly sid?: string | undefined;
  readonly name?: string | undefined;
  readonly category?: string | undefined;
  readonly priority?: string | undefined;
  readonly transport?: string | undefined;
  /** `ip:port`, or an address alone. */
  readonly from: string;
  readonly to: string;
  readonly fromPort?: unknown;
  readonly toPort?: unknown;
  readonly action?: string | undefined;
  readonly host?: string | undefined;
  readonly icmp?: NetworkEvent['icmp'];
  readonly ipId?: number | undefined;
}

export function snortEvent(record: RawRecord, facts: SnortFacts): NetworkEvent | undefined {
  const src = end(facts.from, facts.fromPort);
  const dst = end(facts.to, facts.toPort);
  if (src.ip === undefined && dst.ip === undefined) return undefined;
  return compact({
    kind: 'network' as const,
    format: facts.format,
    clock: facts.clock,
    time: facts.time,
    ref: record.ref,
    host: facts.host ?? record.host,
    type: 'alert' as const,
    action: actionOf(facts.action),
    actionRaw: facts.action,
    src,
    dst,
    transport: transportName(facts.transport),
    rule: compact({ id: facts.sid, name: facts.name, category: facts.category }),
    severity:
      facts.priority === undefined || facts.priority === '' ? undefined : Math.max(0, 4 - Number(facts.priority)),
    severityRaw: facts.priority,
    icmp: facts.icmp,
    ipId: facts.ipId,
  });
}

function end(text: string, port: unknown): { ip?: string; port?: number } {
  const whole = parseIp(text);
  if (whole !== undefined) return compact({ ip: whole, port: parsePort(port) });
  const split = splitHostPort(text);
  return compact({ ip: parseIp(split.host), port: split.port ?? parsePort(port) });
}

function actionOf(word: string | undefined): NetworkEvent['action'] {
  const text = word?.toLowerCase() ?? '';
  if (/drop|block|reject|reset/.test(text)) return /^would/.test(text) ? 'alert' : 'deny';
  return /allow|pass/.test(text) ? 'allow' : 'alert';
}
