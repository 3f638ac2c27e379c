import { endText } from '../../core/findings/findings.ts';
import { clipColumns, columns } from '../../core/text/display-width.ts';
import { similarWord } from '../../core/text/similar.ts';
import { escapeTerminal, jsonText } from '../../core/text/text.ts';
import { formatIso } from '../../core/time/time.ts';
import type { Event } from '../../model/event.ts';
import type { Report } from '../../model/report.ts';
import type { Timed } from '../../model/timed.ts';
import { investigateWithEvents } from '../../pipeline.ts';
import { commandLine } from '../command-line/command-line.ts';
import type { CommonFlags } from '../command-line/flags.ts';
import { violationsOf } from '../command-line/ids.ts';
import { didYouMean } from '../command-line/meant.ts';
import { runOptions } from '../command-line/options.ts';
import { EXIT } from '../exit/exit-codes.ts';
import { complain, isNothingThere } from '../terminal/complaints.ts';
import { withProgress } from '../terminal/progress.ts';
import { cleaner, print, terminalOptions } from '../terminal/terminal.ts';

const AROUND_US = 30_000_000;
/** Columns that a line takes at least, and of these what happened: less says nothing. */
const LEAST_WIDTH = 170;
const LEAST_TEXT = 60;

export async function timelineCommand(
  paths: readonly string[],
  flags: CommonFlags & { readonly around?: string; readonly episode?: string },
): Promise<number> {
  const { report, events } = await withProgress(flags, (onProgress) =>
    investigateWithEvents({ ...runOptions(paths, flags, process.cwd()), onProgress }),
  );
  complain(report.problems, flags);
  if (isNothingThere(report.inputs, report.problems)) return EXIT.usage;
  const keep = selector(report, flags, commandLine(paths, flags));
  const blamed = blame(report);
  const { width } = terminalOptions(flags, '');
  const clean = cleaner(flags);
  const show = (text: string): string => escapeTerminal(clean(text));
  const rows = events.filter((timed) => timed.event.time.basis !== 'none' && keep(timed, blamed));
  if (rows.length === 0 && flags.episode !== undefined)
    process.stderr.write(`egressblame: ${escapeTerminal(noSuchEpisode(flags.episode, events))}\n`);
  rows.sort(
    (a, b) =>
      a.at - b.at ||
      (a.event.ref.source < b.event.ref.source
        ? -1
        : a.event.ref.source > b.event.ref.source
          ? 1
          : a.event.ref.line - b.event.ref.line),
  );
  for (const timed of flags.quiet ? [] : rows) {
    const { event } = timed;
    const who = blamed.get(`${event.ref.source}:${event.ref.line}`);
    if (flags.json) {
      await print(
        `${jsonText({ time: formatIso(timed.at), raw: event.time.raw, path: event.ref.source, line: event.ref.line, kind: event.kind, says: clean(saysOf(event)), ...(who === undefined ? {} : { violation: who.id, episode: who.episode ?? null }) })}\n`,
      );
      continue;
    }
    const mark = who === undefined ? ' ' : '!';
    const stamp = formatIso(timed.at).slice(0, 26).replace('T', ' ');
    const head = show(`${mark} ${stamp}  raw ${event.time.raw.padEnd(27).slice(0, 27)}  ${event.kind.padEnd(9)} `);
    const culprit =
      who !== undefined
        ? `  <- ${who.episode ?? who.verdict}`
        : event.kind === 'tool-call'
          ? `  by ${event.episodeId}`
          : '';
    const foot = show(`${culprit}  [${event.ref.source}:${event.ref.line}]`);
    // What happened is cut, never who did it and where that stands.
    const left = Math.max(LEAST_TEXT, Math.max(width, LEAST_WIDTH) - columns(head) - columns(foot));
    await print(`${head}${clipColumns(show(saysOf(event).trimEnd()), left)}${foot}\n`);
  }
  return rows.length > 0 ? EXIT.clean : EXIT.incomplete;
}

function noSuchEpisode(word: string, events: readonly Timed[]): string {
  const known = [...new Set(events.flatMap(({ event }) => ('episodeId' in event && event.episodeId) || []))];
  const alike = known.filter((id) => id.includes(word));
  const near = alike.length > 0 ? alike : [similarWord(word, known) ?? []].flat();
  const meant = didYouMean(near);
  return `--episode: no record of episode ${word} in these inputs${meant === undefined ? '' : `; ${meant}`}`;
}

type Blame = ReadonlyMap<string, { readonly id: string; readonly verdict: string; readonly episode?: string }>;

function blame(report: Report): Blame {
  const out = new Map<string, { id: string; verdict: string; episode?: string }>();
  for (const { violation, verdict, episode } of report.attributions) {
    for (const ref of [violation.event.ref, ...violation.alsoSeen])
      out.set(`${ref.source}:${ref.line}`, {
        id: violation.id,
        verdict,
        ...(episode === undefined ? {} : { episode: episode.id }),
      });
  }
  return out;
}

function selector(
  report: Report,
  flags: { readonly around?: string; readonly episode?: string },
  command: string,
): (timed: Timed, blamed: Blame) => boolean {
  if (flags.around !== undefined) {
    const [id] = violationsOf(flags.around, report, command);
    const at = report.attributions.find(({ violation }) => violation.id === id)?.violation.first ?? 0;
    return (timed) => Math.abs(timed.at - at) <= AROUND_US;
  }
  const { episode } = flags;
  if (episode === undefined) return () => true;
  return ({ event }, blamed) =>
    blamed.get(`${event.ref.source}:${event.ref.line}`)?.episode === episode ||
    (('episodeId' in event && event.episodeId === episode) as boolean);
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
