import { ecs } from '../../core/json/ecs.ts';
import { compact, type JsonObject, textOf } from '../../core/json/json.ts';
import { parseIp, parsePort, transportName } from '../../core/network/ip.ts';
import type { Endpoint, ProcessEvent } from '../../model/event.ts';

export type Part = Partial<ProcessEvent> & Pick<ProcessEvent, 'op'>;

export function endOf(doc: JsonObject, side: 'source' | 'destination'): Endpoint {
  const ip = parseIp(textOf(ecs(doc, `${side}.ip`)) ?? '');
  return compact({ ip, port: parsePort(ecs(doc, `${side}.port`)) });
}

/** The system module sees both ends; `destination` is the far one, except of a flow that came in. */
export function flowPart(doc: JsonObject): Part | undefined {
  const src = endOf(doc, 'source');
  const dst = endOf(doc, 'destination');
  if (src.ip === undefined || dst.ip === undefined) return undefined;
  const inbound = /^(?:inbound|ingress|incoming)$/.test(textOf(ecs(doc, 'network.direction')) ?? '');
  const transport = transportName(textOf(ecs(doc, 'network.transport'))) ?? 'ip';
  return {
    op: inbound ? 'accept' : 'connect',
    socket: { transport, local: inbound ? dst : src, remote: inbound ? src : dst },
  };
}
