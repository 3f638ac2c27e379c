import { shellScript } from '../../core/tools/arguments.ts';
import type { ProcessEvent, ToolCallEvent } from '../../model/event.ts';

/** Commands by which host clocks are compared with traces. */
const MOST_COMMANDS = 2_000;

/** Whether a process runs a command that only one call has, so that it is that call's. */
export function runsUniqueCommand(calls: Iterable<ToolCallEvent>): (event: ProcessEvent) => boolean {
  const commands = uniqueCommands(calls);
  return (event) => {
    const script = event.op === 'exec' ? shellScript(event) : undefined;
    return script !== undefined && commands.has(script.trim());
  };
}

function uniqueCommands(calls: Iterable<ToolCallEvent>): ReadonlySet<string> {
  const owners = new Map<string, string>();
  for (const { command, callId, ref } of calls) {
    const text = command?.trim();
    if (text === undefined || text.length < 12) continue;
    const owner = callId ?? NAMELESS + ref.source;
    owners.set(text, ownerOf(owners.get(text), owner));
  }
  const unique = [...owners].filter(([, owner]) => owner !== SEVERAL).map(([text]) => text);
  const step = Math.max(1, Math.ceil(unique.length / MOST_COMMANDS));
  return new Set(unique.sort().filter((_, i) => i % step === 0));
}

const SEVERAL = '';
/** Before the source of a call that has no id. */
const NAMELESS = '\0';

/** Whose a command is that two records tell: several traces tell of each call, and not all of them its id. */
function ownerOf(known: string | undefined, other: string): string {
  if (known === undefined) return other;
  if (known === SEVERAL) return SEVERAL;
  const [isNameless, isOtherNameless] = [known.startsWith(NAMELESS), other.startsWith(NAMELESS)];
  if (isNameless && isOtherNameless) return SEVERAL;
  if (isNameless || isOtherNameless) return isNameless ? other : known;
  return known === other ? known : SEVERAL;
}
