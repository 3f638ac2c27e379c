import { endText } from '../../core/findings/findings.ts';
import { clipColumns, columns } from '../../core/text/display-width.ts';
import { escapeTerminal, jsonText } from '../../core/text/text.ts';
import { formatIso } from '../../core/time/time.ts';
import type { Verdict } from '../../model/attribution.ts';
import type { Event } from '../../model/event.ts';
import type { Timed } from '../../model/timed.ts';

/** Columns that a line takes at least, and of these what happened: less says nothing. */
const LEAST_WIDTH = 170;
const LEAST_TEXT = 55;
/** Columns of a raw stamp, with microseconds and its zone, and of a kind of event. */
const RAW_WIDTH = 32;
const KIND_WIDTH = 9;

/** The violation that a record is of, and on whom it is laid. */
export interface Blame {
  readonly id: string;
  readonly verdict: Verdict;
  readonly episode: string | undefined;
}

/** One record of `timeline --json`, without its line feed. */
export function timelineJson({ at, event }: Timed, blame: Blame | undefined, clean: (text: string) => string): string {
  return jsonText({
    time: formatIso(at),
    raw: event.time.raw,
    path: event.ref.source,
    line: event.ref.line,
    kind: event.kind,
    says: clean(saysOf(event)),
    ...(blame && { violation: blame.id, episode: blame.episode ?? null }),
  });
}

/** One line of a timeline, without its line feed. `width`: of the terminal in columns. What happened is cut, never who did it and where that stands. */
export function timelineLine(
  { at, event }: Timed,
  blame: Blame | undefined,
  { clean, width }: { readonly clean: (text: string) => string; readonly width: number },
): string {
  const show = (text: string): string => escapeTerminal(clean(text));
  const stamp = formatIso(at).slice(0, 26).replace('T', ' ');
  const raw = event.time.raw.padEnd(RAW_WIDTH).slice(0, RAW_WIDTH);
  const head = show(`${blame === undefined ? ' ' : '!'} ${stamp}  raw ${raw}  ${event.kind.padEnd(KIND_WIDTH)} `);
  const foot = show(`${culpritOf(event, blame)}  [${event.ref.source}:${event.ref.line}]`);
  const left = Math.max(LEAST_TEXT, Math.max(width, LEAST_WIDTH) - columns(head) - columns(foot));
  return `${head}${clipColumns(show(saysOf(event).trimEnd()), left)}${foot}`;
}

function culpritOf(event: Event, blame: Blame | undefined): string {
  if (blame !== undefined) return `  <- ${blame.episode ?? blame.verdict}`;
  return event.kind === 'tool-call' ? `  by ${event.episodeId}` : '';
}

function saysOf(event: Event): string {
  switch (event.kind) {
    case 'network':
      return `${event.action === 'unknown' ? event.type : event.action} ${event.transport ?? ''} ${endText(event.src)} -> ${endText(event.dst)} ${event.rule?.name ?? event.http?.url ?? event.dns?.name ?? ''}`;
    case 'nat':
      return `${event.phase} ${event.transport} ${endText(event.src)} -> ${endText(event.dst)} as ${endText(event.replyDst)}`;
    case 'dns':
      return `${event.op} ${event.name} ${event.client?.ip ?? ''}`;
    case 'tool-call':
      return `${event.name} ${event.command ?? ''}`;
    case 'process':
      return `${event.op} pid ${event.pid ?? '?'} ${event.args?.join(' ') ?? event.commandLine ?? event.comm ?? ''} ${event.socket === undefined ? '' : `-> ${endText(event.socket.remote)}`}`;
    case 'episode':
      return `${event.episodeId} ${event.task ?? ''}`;
    case 'lease':
      return `${event.sandboxId} held by ${event.episodeId ?? '?'}`;
    case 'metric':
      return `${event.name} ${event.value}`;
    case 'coverage':
      return `${event.reason} ${event.count ?? ''}`;
    case 'inventory':
      return `${event.role} ${event.name ?? ''}`;
  }
}
