import { tryJson } from '../../core/json/json.ts';

/** One tool use in what the model wrote. */
export interface ToolUse {
  readonly name: string;
  readonly callId?: string;
  readonly input: unknown;
  readonly command?: string;
}

/** Tags of code blocks that gptme runs, by the tool that runs them (`block_types` in `gptme/tools`). */
const TOOL_TAGS = /^(?:shell|ipython|tmux|gh|save|append|patch|patch_many|morph|browser|computer|subagent|read|mcp)$/;
const FENCE = /^(`{3,})([^\n`]*)\n([\s\S]*?)\n?^\1[ \t]*$/gm;
const CALL = /^@([\w.-]+)\(([\w-]+)\):\s*(\{[\s\S]*)/gm;
const XML = /<tool-use>\s*<([\w-]+)([^>]*)>\n?([\s\S]*?)\n?<\/\1>\s*<\/tool-use>/g;

/** What a message asks for, in any of gptme's formats: `@tool(id): {...}`, else XML, else code blocks. */
export function usesIn(content: string): readonly ToolUse[] {
  const calls = [...content.matchAll(CALL)];
  if (calls.length > 0) return calls.flatMap(([, name, id, rest]) => called(name ?? '', id ?? '', rest ?? ''));
  const xml = [...content.matchAll(XML)];
  if (xml.length > 0) return xml.map(([, name, , text]) => written(name ?? '', unescaped(text ?? '')));
  return [...content.matchAll(FENCE)].flatMap(([, , info, text]) => {
    const [tag = ''] = (info ?? '').trim().split(/\s+/);
    return TOOL_TAGS.test(tag) ? [written(tag, text ?? '', (info ?? '').trim().slice(tag.length).trim())] : [];
  });
}

function called(name: string, callId: string, rest: string): readonly ToolUse[] {
  const input = objectAt(rest);
  return input === undefined ? [] : [{ name, callId, input }];
}

/** The object that a text begins with; another call may follow it. */
function objectAt(text: string): unknown {
  const whole = tryJson(text.trim());
  if (whole !== undefined) return whole;
  for (let end = text.indexOf('}'); end >= 0; end = text.indexOf('}', end + 1)) {
    const value = end > 100_000 ? undefined : tryJson(text.slice(0, end + 1));
    if (value !== undefined) return value;
  }
  return undefined;
}

function written(name: string, text: string, given = ''): ToolUse {
  if (name === 'shell' || name === 'tmux') return { name, input: { command: text }, command: text };
  if (name === 'ipython') return { name, input: { code: text }, command: text };
  return { name, input: given === '' ? { content: text } : { path: given, content: text } };
}

function unescaped(text: string): string {
  return text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, '&');
}
