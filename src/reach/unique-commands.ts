import { shellScript } from '../core/arguments.ts';
import type { ProcessEvent, ToolCallEvent } from '../model/event.ts';

/** Commands by which host clocks are compared with traces. */
const MOST_COMMANDS = 2_000;

/** Whether a process runs a command that only one call has, so that it is that call's. */
export function runsUniqueCommand(calls: Iterable<ToolCallEvent>): (event: ProcessEvent) => boolean {
  const commands = uniqueCommands(calls);
  return (event) => {
    const script = event.op === 'exec' ? shellScript(event.args) : undefined;
    return script !== undefined && commands.has(script.trim());
  };
}

function uniqueCommands(calls: Iterable<ToolCallEvent>): ReadonlySet<string> {
  const counts = new Map<string, number>();
  for (const { command } of calls) {
    const text = command?.trim();
    if (text !== undefined && text.length >= 12) counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const unique = [...counts].filter(([, count]) => count === 1).map(([text]) => text);
  const step = Math.max(1, Math.ceil(unique.length / MOST_COMMANDS));
  return new Set(unique.sort().filter((_, i) => i % step === 0));
}
