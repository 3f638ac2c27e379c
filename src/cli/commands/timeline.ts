import { plural, thousands } from '../../core/findings/findings.ts';
import { similarWord } from '../../core/text/similar.ts';
import { escapeTerminal } from '../../core/text/text.ts';
import type { Attribution } from '../../model/attribution.ts';
import type { Event } from '../../model/event.ts';
import type { Report } from '../../model/report.ts';
import type { SourceRef } from '../../model/source.ts';
import type { Timed } from '../../model/timed.ts';
import { investigateWithEvents } from '../../pipeline.ts';
import { bearingOn } from '../../timeline/bearing.ts';
import { commandLine } from '../command-line/command-line.ts';
import type { CommonFlags } from '../command-line/flags.ts';
import { violationsOf } from '../command-line/ids.ts';
import { didYouMean } from '../command-line/meant.ts';
import { runOptions } from '../command-line/run-options.ts';
import { EXIT } from '../exit/exit-codes.ts';
import { complain, isNothingThere } from '../terminal/complaints.ts';
import { withProgress } from '../terminal/progress.ts';
import { cleaner, printLines } from '../terminal/terminal.ts';
import { type Blame, timelineJson, timelineLine } from '../terminal/timeline-line.ts';

/** How far from a violation `--around` it looks, either way. */
const AROUND_US = 30_000_000;

export interface TimelineFlags {
  readonly around?: string;
  readonly episode?: string;
  readonly all?: true;
}

/** What happened in order, marked where a violation was. */
export async function timelineCommand(paths: readonly string[], flags: CommonFlags & TimelineFlags): Promise<number> {
  const { report, events } = await withProgress(flags, (onProgress) =>
    investigateWithEvents({ ...runOptions(paths, flags, process.cwd()), onProgress }),
  );
  complain(report.problems, flags);
  if (isNothingThere(report.inputs, report.problems)) return EXIT.usage;
  const ids = flags.around === undefined ? undefined : violationsOf(flags.around, report, commandLine(paths, flags));
  const keep = selector(report, flags, ids);
  const blamed = blamesOf(report);
  const screen = process.stdout.isTTY ? process.stdout.columns : undefined;
  const clean = cleaner(flags);
  const rows = events.filter((timed) => timed.event.time.basis !== 'none' && keep(timed, blamed));
  if (rows.length === 0 && flags.episode !== undefined)
    process.stderr.write(`egressblame: ${escapeTerminal(noSuchEpisode(flags.episode, events))}\n`);
  rows.sort(byTimeAndPlace);
  const bearing = ids === undefined ? undefined : bearingOn(sameIncidents(ids, report), report.rollouts, rows);
  const isCut = bearing !== undefined && !flags.json && flags.all !== true && flags.episode === undefined;
  const shown = isCut ? rows.filter((timed) => bearing.has(timed)) : rows;
  const lineOf = (timed: Timed): string => {
    const who = blamed.get(placeOf(timed.event.ref));
    return flags.json
      ? timelineJson(timed, who, { clean, bears: bearing?.has(timed) })
      : timelineLine(timed, who, { clean, screen });
  };
  await printLines(linesOf(flags.quiet ? [] : shown, lineOf));
  if (shown.length < rows.length && !flags.quiet)
    process.stderr.write(`egressblame: ${omitted(shown.length, rows.length)}\n`);
  return rows.length > 0 ? EXIT.clean : EXIT.incomplete;
}

function* linesOf(rows: readonly Timed[], lineOf: (timed: Timed) => string): Iterable<string> {
  for (const timed of rows) yield `${lineOf(timed)}\n`;
}

function omitted(shown: number, all: number): string {
  return `shown: ${thousands(shown)} of the ${plural(all, 'record')} within ${AROUND_US / 1e6} s of it, those that bear on it; --all shows every one`;
}

/** A violation seldom comes alone: those of its incident have the same cause. */
function sameIncidents(ids: readonly string[], { attributions }: Report): readonly Attribution[] {
  const asked = new Set(ids);
  const incidents = new Set(attributions.filter(({ violation }) => asked.has(violation.id)).map((one) => one.incident));
  return attributions.filter(({ incident }) => incidents.has(incident));
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
  { attributions }: Report,
  { episode }: TimelineFlags,
  ids: readonly string[] | undefined,
): (timed: Timed, blamed: Blames) => boolean {
  const at = ids && (attributions.find(({ violation }) => violation.id === ids[0])?.violation.first ?? 0);
  return (timed, blamed) =>
    (at === undefined || Math.abs(timed.at - at) <= AROUND_US) &&
    (episode === undefined || isOf(episode, timed.event, blamed));
}

/** Whether a record is of an episode, or of what is laid on it. */
function isOf(episode: string, event: Event, blamed: Blames): boolean {
  return blamed.get(placeOf(event.ref))?.episode === episode || ('episodeId' in event && event.episodeId === episode);
}
