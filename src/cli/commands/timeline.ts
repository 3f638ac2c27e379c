import { similarWord } from '../../core/text/similar.ts';
import { escapeTerminal } from '../../core/text/text.ts';
import type { Event } from '../../model/event.ts';
import type { Report } from '../../model/report.ts';
import type { SourceRef } from '../../model/source.ts';
import type { Timed } from '../../model/timed.ts';
import { investigateWithEvents } from '../../pipeline.ts';
import { commandLine } from '../command-line/command-line.ts';
import type { CommonFlags } from '../command-line/flags.ts';
import { violationsOf } from '../command-line/ids.ts';
import { didYouMean } from '../command-line/meant.ts';
import { runOptions } from '../command-line/run-options.ts';
import { EXIT } from '../exit/exit-codes.ts';
import { complain, isNothingThere } from '../terminal/complaints.ts';
import { withProgress } from '../terminal/progress.ts';
import { cleaner, print } from '../terminal/terminal.ts';
import { type Blame, timelineJson, timelineLine } from '../terminal/timeline-line.ts';

/** How far from a violation `--around` it looks, either way. */
const AROUND_US = 30_000_000;

/** What happened in order, marked where a violation was. */
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
  const blamed = blamesOf(report);
  const screen = process.stdout.isTTY ? process.stdout.columns : undefined;
  const clean = cleaner(flags);
  const rows = events.filter((timed) => timed.event.time.basis !== 'none' && keep(timed, blamed));
  if (rows.length === 0 && flags.episode !== undefined)
    process.stderr.write(`egressblame: ${escapeTerminal(noSuchEpisode(flags.episode, events))}\n`);
  rows.sort(byTimeAndPlace);
  for (const timed of flags.quiet ? [] : rows) {
    const who = blamed.get(placeOf(timed.event.ref));
    await print(`${flags.json ? timelineJson(timed, who, clean) : timelineLine(timed, who, { clean, screen })}\n`);
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

function byTimeAndPlace(a: Timed, b: Timed): number {
  const [{ source, line }, other] = [a.event.ref, b.event.ref];
  return a.at - b.at || (source < other.source ? -1 : source > other.source ? 1 : line - other.line);
}

/** Which violation a record is of, by `placeOf`. */
type Blames = ReadonlyMap<string, Blame>;

const placeOf = ({ source, line }: SourceRef): string => `${source}:${line}`;

function blamesOf(report: Report): Blames {
  const out = new Map<string, Blame>();
  for (const { violation, verdict, episode } of report.attributions)
    for (const ref of [violation.event.ref, ...violation.alsoSeen])
      out.set(placeOf(ref), { id: violation.id, verdict, episode: episode?.id });
  return out;
}

function selector(
  report: Report,
  flags: { readonly around?: string; readonly episode?: string },
  command: string,
): (timed: Timed, blamed: Blames) => boolean {
  const { episode } = flags;
  const at = flags.around === undefined ? undefined : momentOf(flags.around, report, command);
  return (timed, blamed) =>
    (at === undefined || Math.abs(timed.at - at) <= AROUND_US) &&
    (episode === undefined || isOf(episode, timed.event, blamed));
}

function momentOf(around: string, report: Report, command: string): number {
  const [id] = violationsOf(around, report, command);
  return report.attributions.find(({ violation }) => violation.id === id)?.violation.first ?? 0;
}

/** Whether a record is of an episode, or of what is laid on it. */
function isOf(episode: string, event: Event, blamed: Blames): boolean {
  return blamed.get(placeOf(event.ref))?.episode === episode || ('episodeId' in event && event.episodeId === episode);
}
