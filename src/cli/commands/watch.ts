import { setTimeout as pause } from 'node:timers/promises';
import {
  type Case,
  casesOf,
  causeOf,
  destinationsOf,
  percent,
  plural,
  VERDICT_MARK,
} from '../../core/findings/findings.ts';
import { isPipeName } from '../../core/text/pipe-name.ts';
import { clip, escapeTerminal } from '../../core/text/text.ts';
import { formatIso } from '../../core/time/time.ts';
import type { Report } from '../../model/report.ts';
import { investigate } from '../../pipeline.ts';
import { jsonLines } from '../../report/json/index.ts';
import { renderTerminal } from '../../report/terminal/index.ts';
import { discover } from '../../sources/files/discover.ts';
import { commandLine } from '../command-line/command-line.ts';
import type { CommonFlags } from '../command-line/flags.ts';
import { runOptions } from '../command-line/run-options.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { judge } from '../exit/gate.ts';
import { stopOnInterrupt } from '../exit/interrupt.ts';
import { stateHashes } from '../outputs/planned-outputs.ts';
import { cleaner, print, printLines, terminalOptions } from '../terminal/terminal.ts';

export interface WatchFlags extends CommonFlags {
  /** Seconds between two looks at the files. */
  readonly every: number;
}

/**
 * Answers again whenever a log has grown, and prints what is new. Each answer is that of a batch run over what the logs hold then:
 * later records may settle an earlier incident, so nothing is decided for good before the end.
 */
export async function watchCommand(paths: readonly string[], flags: WatchFlags): Promise<number> {
  const once = paths.find((path) => path === '-' || isPipeName(path));
  if (once !== undefined)
    throw new UsageError(
      `watch reads its inputs again and again: ${once === '-' ? 'standard input' : once} cannot be read so`,
    );
  const options = { ...runOptions(paths, flags, process.cwd()), hashes: stateHashes([], flags) };
  const interrupt = stopOnInterrupt();
  const told = new Set<string>();
  let seen = sizesOf(paths);
  let report = await investigate(options);
  for (;;) {
    for (const message of complaints(report)) {
      if (told.has(message)) continue;
      told.add(message);
      process.stderr.write(`egressblame: ${escapeTerminal(cleaner(flags)(message))}\n`);
    }
    for (const found of casesOf(report)) {
      const key = `${found.incident.id} ${found.incident.verdict}`;
      if (told.has(key)) continue;
      told.add(key);
      if (!flags.json && !flags.quiet) await print(`${line(found, cleaner(flags))}\n`);
    }
    const next = await changeOf(paths, seen, { everyMs: flags.every * 1000, signal: interrupt.signal });
    if (next === undefined) break;
    seen = next;
    report = await investigate(options);
  }
  interrupt.done();
  if (flags.json) await printLines(jsonLines(report, cleaner(flags)));
  else if (!flags.quiet) await print(`\n${renderTerminal(report, terminalOptions(flags, commandLine(paths, flags)))}`);
  return judge(report, flags).code;
}

/** Where a path has nothing to read, that it is waited for: the folder is yet to be made, or the pen slipped. */
function complaints({ inputs, problems }: Report): readonly string[] {
  const waiting = inputs.length === 0 ? ['nothing to read yet: waiting for it; Ctrl-C ends'] : [];
  return [...problems.map(({ message }) => message), ...waiting];
}

/** One incident on one line. */
function line({ incident, members, lead }: Case, clean: (text: string) => string): string {
  const { toolCall, process } = causeOf(lead);
  const cause = toolCall?.command ?? process?.commandLine;
  const to = destinationsOf(members).slice(0, 2).join(', ');
  const parts = [
    formatIso(incident.first).slice(0, 19),
    `${VERDICT_MARK[incident.verdict]} ${incident.verdict} ${percent(lead.probability)}`,
    incident.category,
    plural(incident.violations, 'violation'),
    `to ${to}`,
    ...(cause === undefined ? [] : [clip(cause, 80)]),
  ];
  return escapeTerminal(clean(parts.join('  ')));
}

type Sizes = ReadonlyMap<string, string>;

function sizesOf(paths: readonly string[]): Sizes {
  const { inputs } = discover(paths, process.cwd());
  return new Map(inputs.map(({ path, bytes, modifiedUs }) => [path, `${bytes} ${modifiedUs}`]));
}

/** Waits until a file is new, longer or changed; undefined when the user ends it. */
async function changeOf(
  paths: readonly string[],
  before: Sizes,
  { everyMs, signal }: { readonly everyMs: number; readonly signal: AbortSignal },
): Promise<Sizes | undefined> {
  while (!signal.aborted) {
    await pause(everyMs, undefined, { signal }).catch(() => undefined);
    const now = sizesOf(paths);
    const isChanged = now.size !== before.size || [...now].some(([path, size]) => before.get(path) !== size);
    // What came in before the end still counts.
    if (isChanged) return now;
  }
  return undefined;
}
