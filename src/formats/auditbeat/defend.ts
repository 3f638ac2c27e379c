import { ecs, ecsAll } from '../../core/json/ecs.ts';
import { compact, type JsonObject, numberOf, textOf } from '../../core/json/json.ts';
import { wordTable } from '../../core/word-table.ts';
import type { ProcessEvent } from '../../model/event.ts';
import { flowPart, type Part } from './flow.ts';

/** Actions of Elastic Defend. A flow is told again when it ends. */
const OPS = wordTable<ProcessEvent['op']>({
  exec: 'exec',
  start: 'exec',
  already_running: 'exec',
  fork: 'fork',
  end: 'exit',
  connection_attempted: 'connect',
  connection_accepted: 'accept',
  disconnect_received: 'close',
});

/** Its alerts are another thing. */
export function isOfDefend(doc: JsonObject): boolean {
  const isDefend = ecs(doc, 'event.module') === 'endpoint' || ecs(doc, 'agent.type') === 'endpoint';
  return isDefend && ecs(doc, 'process.pid') !== undefined && ecs(doc, 'event.kind') === 'event';
}

export function defendPart(doc: JsonObject): Part | undefined {
  const word = (name: string): string | undefined => textOf(ecs(doc, name));
  const op = OPS[word('event.action') ?? ''];
  if (op === undefined) return undefined;
  if (op === 'exec') {
    const args = ecsAll(doc, 'process.args').filter((arg) => typeof arg === 'string');
    const said = args.length > 0 ? { args } : { commandLine: word('process.command_line') };
    return compact({ op, ...said, parentEntityId: word('process.parent.entity_id') });
  }
  if (op === 'fork') return compact({ op, childPid: numberOf(ecs(doc, 'process.pid')) });
  if (op === 'exit') return compact({ op, exit: numberOf(ecs(doc, 'process.exit_code')) });
  const flow = flowPart(doc);
  return flow === undefined ? undefined : { ...flow, op };
}
