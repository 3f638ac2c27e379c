import { type CallLog, glance } from '../../core/calls/columns.ts';

/**
 * Agents whose sessions are files of their own, each named by its session. One that goes on with another, or was forked from it, begins
 * with a copy of its calls, which early releases do not mark: Claude Code 1 (`--resume`), Codex of 2025, and agents made after them.
 */
const COPYING: ReadonlySet<string> = new Set([
  'claude-code',
  'codex',
  'gemini-session',
  'iflow-session',
  'opencode',
  'pi',
  'qwen-code',
]);

/**
 * Ids of calls that several sessions of one agent tell as their own. They are copies, so the sessions are not one: nothing tells where
 * the call ran, and what goes by it alone may be of any of them.
 */
export function copiedIds(calls: CallLog, idAt: (row: number) => string | undefined): ReadonlySet<string> {
  const first = new Map<string, string>();
  const copied = new Set<string>();
  for (let row = 0; row < calls.length; row++) {
    const id = idAt(row);
    const event = id === undefined ? undefined : glance(calls, row);
    if (id === undefined || event === undefined || !COPYING.has(event.format)) continue;
    // A subagent is named behind its session, whose file may tell the same.
    const session = `${event.format} ${event.episodeId.split('/', 1).join()}`;
    const before = first.get(id);
    if (before === undefined) first.set(id, session);
    else if (before !== session && agentOf(before) === event.format) copied.add(id);
  }
  return copied;
}

function agentOf(session: string): string {
  return session.slice(0, session.indexOf(' '));
}
