import { citedRefs } from '../core/findings/findings.ts';
import { jsonText } from '../core/text/text.ts';
import type { InputReport, Report } from '../model/report.ts';
import type { SourceRef } from '../model/source.ts';
import type { InputFile } from '../sources/files/discover.ts';
import { readCited } from '../sources/records/cited.ts';
import { refKey } from '../sources/records/raw-lines.ts';
import { newReadLog } from '../sources/records/read.ts';
import { citedLine } from './copy.ts';
import { type Manifest, MEMBERS, type RunFacts } from './layout.ts';
import { ZipWriter } from './zip-writer.ts';

export interface BundleContent {
  readonly report: Report;
  /** The originals, to be read again. */
  readonly inputs: readonly InputFile[];
  readonly clean: (text: string) => string;
  /** The report as `--json` writes it, and as Markdown. */
  readonly json: () => Iterable<string>;
  readonly markdown: () => Iterable<string>;
  readonly run: Pick<RunFacts, 'settings' | 'redaction' | 'rulePacks' | 'files'>;
}

/**
 * Streams an evidence bundle into `sink`; the same report over the same inputs gives the same bytes. Returns why there can be
 * none: an original that is no longer what the report was made of.
 */
export async function writeBundle(
  content: BundleContent,
  sink: (chunk: Uint8Array) => void,
): Promise<string | undefined> {
  const zip = new ZipWriter(sink);
  const members: Manifest['members'] = [await zip.add(MEMBERS.readme, [README])];
  const trouble: string[] = [];
  let lines = 0;
  async function* cited(): AsyncGenerator<string> {
    for await (const line of citedLines(content, trouble)) {
      lines += 1;
      yield line;
    }
  }
  members.push(await zip.add(MEMBERS.lines, cited()));
  if (trouble[0] !== undefined) return trouble[0];
  members.push(await zip.add(MEMBERS.json, content.json()));
  members.push(await zip.add(MEMBERS.markdown, content.markdown()));
  members.push(await zip.add(MEMBERS.run, [pretty(runFacts(content, lines))]));
  const manifest: Manifest = { bundle: 'egressblame-evidence', schema: 1, members };
  await zip.add(MEMBERS.manifest, [pretty(manifest)]);
  zip.end();
  return undefined;
}

const pretty = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

async function* citedLines(content: BundleContent, trouble: string[]): AsyncGenerator<string> {
  const reports = new Map(content.report.inputs.map((input) => [input.path, input]));
  const refs = refsByPath(content.report);
  for (const input of content.inputs) {
    const wanted = refs.get(input.path);
    const report = reports.get(input.path);
    if (wanted === undefined || report === undefined) continue;
    refs.delete(input.path);
    const log = newReadLog();
    for await (const { ref, bytes } of readCited(asRead(input, report), wanted, log))
      yield `${jsonText(citedLine(ref, bytes, content.clean))}\n`;
    if ((await log.sha256) !== report.sha256) trouble.push(changed(input.path, log.problems[0]?.message));
  }
  for (const path of refs.keys()) trouble.push(changed(path, undefined));
}

/** A log that has grown since is read as far as the report was made of it. */
function asRead(input: InputFile, report: InputReport): InputFile {
  return input.absolute === '-' ? input : { ...input, bytes: report.bytes };
}

function changed(path: string, why: string | undefined): string {
  return `${path} cannot be read again as it was when the report was made${why === undefined ? '' : `: ${why}`}`;
}

/** Every record that a link of the report rests on, each once. */
function refsByPath(report: Report): Map<string, SourceRef[]> {
  const seen = new Set<string>();
  const out = new Map<string, SourceRef[]>();
  const cited = [
    ...report.attributions.flatMap(citedRefs),
    ...report.incidents.flatMap(({ requested, gpu }) => [
      ...(requested?.refs ?? []),
      ...(gpu?.answer === 'measured' ? gpu.uses.flatMap(({ refs }) => refs) : []),
    ]),
  ];
  for (const ref of cited) {
    if (seen.has(refKey(ref))) continue;
    seen.add(refKey(ref));
    const list = out.get(ref.source);
    if (list === undefined) out.set(ref.source, [ref]);
    else list.push(ref);
  }
  return out;
}

function runFacts({ report, run }: BundleContent, lines: number): RunFacts {
  return {
    tool: 'egressblame',
    version: report.version,
    arguments: [...report.arguments],
    ...run,
    inputs: report.inputs.map(({ path, format, bytes, sha256, duplicateOf }) => ({
      path,
      format: format ?? null,
      bytes,
      sha256: sha256 === '' ? null : sha256,
      ...(duplicateOf === undefined ? {} : { duplicateOf }),
    })),
    lines,
  };
}

const README = `Evidence behind an egressblame report.

data/report.md     the report to read
data/report.json   the same, one JSON record a line
data/lines.ndjson  every log record that the report rests on: file, line, offset, length and
                   SHA-256 of the original, and a copy with secrets taken out
data/run.json      what made it: version, arguments, rule packs, SHA-256 of every input
manifest.json      SHA-256 of every file above

To prove it again, offline:

  egressblame verify BUNDLE.zip            nothing was altered since it was written
  egressblame verify BUNDLE.zip LOGS...    every record stands in the originals, byte for byte
  egressblame verify BUNDLE.zip LOGS... --rerun   the originals lead to the same findings
`;
