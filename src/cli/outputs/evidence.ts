import { readFileSync } from 'node:fs';
import type { RunFacts } from '../../bundle/layout.ts';
import { sha256 } from '../../core/digest.ts';
import { micros } from '../../core/time/time.ts';
import { rulePackHashes, rulePacks } from '../../detect/index.ts';
import type { Report } from '../../model/report.ts';
import type { ReporterOptions } from '../../model/reporter.ts';
import type { RunOptions } from '../../pipeline.ts';
import { jsonLines } from '../../report/json/index.ts';
import { findInputs } from '../../sources/inputs/inputs.ts';
import type { CommonFlags } from '../command-line/flags.ts';
import { runOptions } from '../command-line/run-options.ts';
import { UsageError } from '../command-line/usage-error.ts';

interface EvidenceOptions extends ReporterOptions {
  readonly paths: readonly string[];
  readonly cwd: string;
  readonly flags: CommonFlags;
}

/** The evidence bundle of a report, streamed into `write`. */
export async function writeEvidence(
  report: Report,
  options: EvidenceOptions,
  write: (chunk: Uint8Array) => void,
): Promise<void> {
  const { clean, flags } = options;
  const { writeBundle } = await import('../../bundle/write.ts');
  const { markdown } = await import('../../report/markdown/index.ts');
  const trouble = await writeBundle(
    {
      report: { ...report, arguments: report.arguments.map(clean) },
      inputs: (await findInputs(options.paths, options.cwd)).inputs,
      clean,
      json: () => jsonLines(report, clean),
      markdown: () => markdown.render(report, options),
      run: {
        settings: settingsOf(runOptions(options.paths, flags, options.cwd)),
        redaction: flags.redact ? 'default' : 'none',
        rulePacks: [...rulePackHashes(rulePacks)],
        files: filesOf(flags),
      },
    },
    write,
  );
  if (trouble !== undefined) throw new UsageError(`no evidence bundle: ${trouble}`);
}

/** Files besides the inputs that made the report what it is. */
function filesOf({ compare = [], settings, baseline }: CommonFlags): RunFacts['files'] {
  const named = (role: string, paths: readonly (string | undefined)[]): RunFacts['files'] =>
    paths.flatMap((path) => (path === undefined ? [] : { role, path, sha256: sha256(readFileSync(path)) }));
  return [
    ...named('earlier night', compare),
    ...named('configuration', [settings?.path]),
    ...named('baseline', [baseline]),
  ];
}

function settingsOf(run: RunOptions): RunFacts['settings'] {
  return {
    as: Object.fromEntries(run.forced ?? []),
    zonesMin: Object.fromEntries(run.zones ?? []),
    clockOffsetsUs: Object.fromEntries(run.clockOffsets ?? []),
    year: run.year ?? null,
    fromUs: run.from ?? null,
    toUs: run.to ?? null,
  };
}

/** The settings of a bundle as a run over the originals. */
export function runOfSettings(
  settings: RunFacts['settings'],
  run: Pick<RunOptions, 'paths' | 'cwd' | 'now'>,
): RunOptions {
  return {
    ...run,
    forced: new Map(Object.entries(settings.as)),
    zones: new Map(Object.entries(settings.zonesMin)),
    clockOffsets: new Map(Object.entries(settings.clockOffsetsUs)),
    ...(settings.year === null ? {} : { year: settings.year }),
    ...(settings.fromUs === null ? {} : { from: micros(settings.fromUs) }),
    ...(settings.toUs === null ? {} : { to: micros(settings.toUs) }),
  };
}
