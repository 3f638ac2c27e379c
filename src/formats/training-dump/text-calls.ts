import { readArguments } from '../../core/arguments.ts';
import { isObject, textOf, tryJson } from '../../core/json.ts';
import { SESSION_SLACK, toolCallEvent } from '../../core/tool-call.ts';
import type { ToolCallEvent } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';

const OPEN = '<tool_call>';
const CLOSE = '</tool_call>';

/** Calls written as `<tool_call>{"name":...,"arguments":...}</tool_call>`; the closing tag may be missing at the end. */
export function callsInText(source: unknown, episodeId: string, record: RawRecord): readonly ToolCallEvent[] {
  const out: ToolCallEvent[] = [];
  for (const text of texts(source, 0)) {
    for (let from = text.indexOf(OPEN); from >= 0; from = text.indexOf(OPEN, from + 1)) {
      const close = text.indexOf(CLOSE, from);
      const body = text.slice(from + OPEN.length, close < 0 ? undefined : close).trim();
      const call = tryJson(body);
      if (!isObject(call)) continue;
      out.push(
        toolCallEvent({
          format: 'training-dump',
          clock: 'none',
          ref: record.ref,
          episodeId,
          index: out.length,
          name: textOf(call['name']) ?? 'unknown',
          arguments: readArguments(call['arguments']),
          slack: SESSION_SLACK,
          executed: 'unknown',
          trust: 'outside',
          observed: record.observed,
        }),
      );
    }
  }
  return out;
}

/** Assistant texts of any nesting of messages. */
function texts(value: unknown, depth: number): readonly string[] {
  if (typeof value === 'string') return [value];
  if (depth > 8) return [];
  if (Array.isArray(value)) return value.flatMap((item: unknown) => texts(item, depth + 1));
  if (!isObject(value) || value['role'] === 'user' || value['role'] === 'system' || value['role'] === 'tool') return [];
  const content = value['content'];
  if (content !== undefined) return texts(content, depth + 1);
  if (typeof value['text'] === 'string') return [value['text']];
  return Object.entries(value)
    .filter(([, member]) => typeof member === 'object')
    .flatMap(([, member]) => texts(member, depth + 1));
}
