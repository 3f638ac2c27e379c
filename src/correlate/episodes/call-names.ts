import { compact } from '../../core/json/json.ts';
import type { ToolCallRef } from '../../model/attribution.ts';
import type { Call } from './call.ts';

/** Of many violations of a call each names it: they share one object while they come together. */
const MOST = 2_000;

/** A call as the report names it. */
export type CallNames = (call: Call) => ToolCallRef;

export function openCallNames(most = MOST): CallNames {
  let known = new Map<string, ToolCallRef>();
  return (call) => {
    const before = known.get(call.key);
    if (before !== undefined && before.ref.line === call.ref.line && before.start === call.start) return before;
    const { command, start, end, ref } = call;
    const named = compact({ id: call.callId ?? String(call.index), name: call.name, command, start, end, ref });
    if (known.size >= most) known = new Map();
    known.set(call.key, named);
    return named;
  };
}
