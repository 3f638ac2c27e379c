import { isFileTool } from '../../core/tools/file-tools.ts';
import type { Call } from '../episodes/call.ts';
import type { Scene } from './scene.ts';
import { timingOf } from './time-facts.ts';

/** The platform sent it: for such a flow a tool that runs outside the sandbox may be to blame. */
export function isOfPlatform({ sandboxes, owners }: Pick<Scene, 'sandboxes' | 'owners'>): boolean {
  return sandboxes?.size === 0 || owners.some(({ origin }) => origin.platform !== undefined);
}

/** A fetch, a search, an MCP server: such a tool may run on the platform, and what it connects to is the doing of who called it. */
export function mayRunOutside({ command, executed, name }: Pick<Call, 'command' | 'executed' | 'name'>): boolean {
  return executed && command === undefined && !isFileTool(name);
}

/** Whether such a tool was called with the destination in its arguments, and the flow began while it ran. */
export function isAskedByTool({ mentions, trail }: Pick<Scene, 'mentions' | 'trail'>): boolean {
  for (const { entry } of mentions.byCall.values()) {
    const { call, writtenBy } = entry;
    if (mayRunOutside(call) && writtenBy === undefined && timingOf(call, trail, false) === 'inside') return true;
  }
  return false;
}
