import { endText } from '../../core/findings/findings.ts';
import { clipColumns, columns } from '../../core/text/display-width.ts';
import { escapeTerminal, jsonText } from '../../core/text/text.ts';
import { formatIso } from '../../core/time/time.ts';
import type { Verdict } from '../../model/attribution.ts';
import type { Event } from '../../model/event.ts';
import type { Timed } from '../../model/timed.ts';

/** Columns that a line takes where the screen is not wider, and of these what happened at least: less says nothing. */
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

interface JsonOptions {
  readonly clean: (text: string) => string;
  /** Whether it bears on what was asked for; undefined where nothing was. */
  readonly bears: boolean | undefined;
}

/** One record of `timeline --json`, without its line feed. */
export function timelineJson({ at, event }: Timed, blame: Blame | undefined, { clean, bears }: JsonOptions): string {
  return jsonText({
    time: formatIso(at),
    raw: event.time.raw,
    path: event.ref.source,
    line: event.ref.line,
    kind: event.kind,
    says: clean(saysOf(event)),
    ...(blame && { violation: blame.id, episode: blame.episode ?? null }),
    ...(bears === undefined ? {} : { bears }),
  });
}

interface LineOptions {
  readonly clean: (text: string) => string;
  /** Columns of the screen; undefined where the lines go to a pipe or a file. */
  readonly screen: number | undefined;
}

/**
 * One record of a timeline, without its last line feed. What happened is cut, never who did it and where that stands. A pipe gets one
 * line a record, and so does a wide screen; on a narrower one raw time and place stand below what happened.
 */
export function timelineLine({ at, event }: Timed, blame: Blame | undefined, { clean, screen }: LineOptions): string {
  const show = (text: string): string => escapeTerminal(clean(text));
  const stamp = `${blame === undefined ? ' ' : '!'} ${formatIso(at).slice(0, 26).replace('T', ' ')}`;
  const kind = `${event.kind.padEnd(KIND_WIDTH)} `;
  const foot = show(`${culpritOf(event, blame)}  [${event.ref.source}:${event.ref.line}]`);
  const says = show(saysOf(event).trimEnd());
  if (screen !== undefined && screen < LEAST_WIDTH) {
    const head = show(`${stamp}  ${kind}`);
    const below = show(`    raw ${event.time.raw.slice(0, RAW_WIDTH)}`);
    return `${head}${clipColumns(says, Math.max(1, screen - columns(head)))}\n${below}${foot}`;
  }
  const head = show(`${stamp}  raw ${event.time.raw.padEnd(RAW_WIDTH).slice(0, RAW_WIDTH)}  ${kind}`);
  const left = Math.max(LEAST_TEXT, Math.max(LEAST_WIDTH, screen ?? 0) - columns(head) - columns(foot));
  return `${head}${clipColumns(says, left)}${foot}`;
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
