import { jsonText } from '../../core/text.ts';
import type { Attribution } from '../../model/attribution.ts';
import type { SourceRef } from '../../model/source.ts';
import { investigate } from '../../pipeline.ts';
import { attributionRecord } from '../../report/json/index.ts';
import { renderExplanation } from '../../report/terminal/explain.ts';
import { discover } from '../../sources/discover.ts';
import { readRawLines, refKey } from '../../sources/raw-lines.ts';
import { commandLine } from '../command-line.ts';
import { EXIT } from '../exit-codes.ts';
import type { CommonFlags } from '../flags.ts';
import { runOptions, UsageError } from '../options.ts';
import { cleaner, print, terminalOptions } from '../terminal.ts';

export async function explainCommand(
  id: string,
  paths: readonly string[],
  flags: CommonFlags & { readonly verify?: boolean },
): Promise<number> {
  const run = runOptions(paths, flags, process.cwd());
  const report = await investigate(run);
  const incident = report.incidents.find((entry) => entry.id === id);
  const wanted = new Set(incident?.attributions ?? [id]);
  const found = report.attributions.filter((attribution) => wanted.has(attribution.violation.id));
  const first = found[0];
  if (first === undefined)
    throw new UsageError(
      `no violation or incident ${id} in these inputs; run ${commandLine(paths, flags)} to see the ids`,
    );
  const refs = refsOf(first);
  const raw = await readRawLines(discover(paths, run.cwd).inputs, refs);
  if (flags.json) await print(`${jsonText(attributionRecord(first, cleaner(flags)))}\n`);
  else
    await print(
      renderExplanation(first, (ref) => raw.get(refKey(ref)), terminalOptions(flags, commandLine(paths, flags))),
    );
  if (found.length > 1 && !flags.json)
    await print(
      `\nThe first of ${found.length} violations of ${id}: ${found
        .slice(1, 9)
        .map((entry) => entry.violation.id)
        .join(' ')}${found.length > 9 ? ' ...' : ''}\n`,
    );
  if (!flags.verify) return EXIT.clean;
  const lost = refs.filter((ref) => raw.get(refKey(ref)) === undefined);
  await print(
    lost.length === 0
      ? `\nVerified: all ${refs.length} cited records were read again from the originals.\n`
      : `\nNot verified: ${lost.map((ref) => `${ref.source}:${ref.line}`).join(', ')} cannot be read again.\n`,
  );
  return lost.length === 0 ? EXIT.clean : EXIT.unverified;
}

function refsOf(attribution: Attribution): readonly SourceRef[] {
  const { violation } = attribution;
  const refs = [
    violation.event.ref,
    ...violation.alsoSeen,
    ...(attribution.toolCall === undefined ? [] : [attribution.toolCall.ref]),
    ...(attribution.process?.ref === undefined ? [] : [attribution.process.ref]),
    ...attribution.evidence.flatMap((evidence) => evidence.refs),
  ];
  const seen = new Map(refs.map((ref) => [refKey(ref), ref]));
  return [...seen.values()];
}
