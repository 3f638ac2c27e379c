import { statSync } from 'node:fs';
import { commandFor } from '../../core/findings/findings.ts';
import { jsonText } from '../../core/text/text.ts';
import type { NightFlows, Suggestion } from '../../model/policy.ts';
import type { Report } from '../../model/report.ts';
import { investigateThenReplay } from '../../pipeline.ts';
import { badFlowsOf, effectOf, type LeastVerdict } from '../../policy/effect.ts';
import { READABLE, type Readable, readPolicy } from '../../policy/readers/index.ts';
import { suggestPolicy } from '../../policy/suggest.ts';
import { FlowTally } from '../../policy/tally.ts';
import { planFor, targets } from '../../policy/targets/index.ts';
import type { Plan, Target } from '../../policy/targets/target.ts';
import { renderSuggestion, renderTest } from '../../policy/text.ts';
import { commandLine, shellQuote } from '../command-line/command-line.ts';
import type { CommonFlags } from '../command-line/flags.ts';
import { givenText } from '../command-line/given-text.ts';
import { runOptions } from '../command-line/run-options.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { EXIT } from '../exit/exit-codes.ts';
import { refuseEvidence } from '../files/kept-evidence.ts';
import { isStdout, writeFile } from '../files/whole-file.ts';
import { checkWritable } from '../files/writable.ts';
import { complain, isNothingThere } from '../terminal/complaints.ts';
import { watchReading } from '../terminal/progress.ts';
import { cleaner, print, terminalOptions } from '../terminal/terminal.ts';

interface PolicyFlags extends Omit<CommonFlags, 'output' | 'format'> {
  readonly verdict: LeastVerdict;
}

export interface SuggestFlags extends PolicyFlags {
  readonly mode?: 'deny' | 'allow';
  readonly format?: string;
  readonly output?: string;
  readonly maxGoodBroken?: number;
  readonly maxNodes: number;
}

export interface PolicyTestFlags extends PolicyFlags {
  readonly format?: Readable;
}

/** Suggests rules: a summary for a person, or the rules themselves with `--format`. */
export async function suggestCommand(paths: readonly string[], flags: SuggestFlags): Promise<number> {
  const target = targetOf(flags);
  const mode = modeOf(flags, target);
  if (mode === 'allow' && flags.maxGoodBroken !== undefined)
    throw new UsageError(
      '--max-good-broken: an allow list always lets everything pass that it can tell from bad flows',
    );
  checkWritable([flags.output], process.cwd());
  await refuseEvidence([flags.output], paths, { flags, cwd: process.cwd() });
  const { report, flows } = await readNight(paths, flags);
  if (isUnreadable(report)) return unreadable(report);
  const suggestion = suggestPolicy(report, flows, {
    mode,
    least: flags.verdict,
    maxNodes: flags.maxNodes,
    ...(flags.maxGoodBroken === undefined ? {} : { maxGoodBroken: flags.maxGoodBroken }),
    ...(target === undefined ? {} : { can: (rule) => target.can(rule, mode) }),
  });
  const effect = await show({ report, flows, suggestion, target }, paths, flags);
  return effect.stopped < effect.bad ? EXIT.findings : EXIT.clean;
}

interface Shown {
  readonly report: Report;
  readonly flows: NightFlows;
  readonly suggestion: Suggestion;
  readonly target: Target | undefined;
}

async function show({ report, flows, suggestion, target }: Shown, paths: readonly string[], flags: SuggestFlags) {
  const bad = badFlowsOf(report, flows, flags.verdict);
  const clean = cleaner(flags);
  const repeated = flagsText(flags, suggestion);
  const command = `${commandFor(commandLine(paths, flags), 'policy', 'suggest')}${repeated} --format ${target?.id}`;
  const plan = target === undefined ? undefined : planFor(target, suggestion, { bad, flows, command: clean(command) });
  const text = plan === undefined || target === undefined ? undefined : clean(target.write(plan));
  if (text !== undefined && flags.output !== undefined && !isStdout(flags.output))
    await writeFile(flags.output, [text]);
  else if (text !== undefined) {
    await print(text);
    return plan?.effect ?? suggestion.effect;
  }
  if (!flags.quiet) {
    const { width, style } = terminalOptions(flags, commandLine(paths, flags));
    await print(
      renderSuggestion(suggestion, {
        width,
        bold: style.bold,
        clean,
        command: commandLine(paths, flags),
        flags: repeated,
        ...(plan === undefined ? {} : { written: writtenTo(flags.output ?? '', plan, target) }),
      }),
    );
  }
  return plan?.effect ?? suggestion.effect;
}

function writtenTo(path: string, plan: Plan, target: Target | undefined) {
  const isReadable = READABLE.some((id) => id === target?.id);
  return { path, quoted: shellQuote(path), plan, title: target?.title ?? '', isReadable };
}

/** The flags that make the suggestion what it is, for commands that repeat it. */
function flagsText(flags: SuggestFlags, { mode }: Suggestion): string {
  const parts = [
    mode === 'allow' ? ' --mode allow' : '',
    flags.verdict === 'likely' ? '' : ` --verdict ${flags.verdict}`,
    flags.maxGoodBroken === undefined ? '' : ` --max-good-broken ${flags.maxGoodBroken}`,
  ];
  return parts.join('');
}

function targetOf(flags: SuggestFlags): Target | undefined {
  const byName = /\.nft$/.test(flags.output ?? '')
    ? 'nftables'
    : /\.json$/.test(flags.output ?? '')
      ? 'json'
      : undefined;
  const id = flags.format ?? byName ?? (flags.json === true ? 'json' : undefined);
  if (flags.json === true && id !== 'json')
    throw new UsageError(`--json: the rules are to be written for ${id}; leave one of them out`);
  if (id === undefined && flags.output !== undefined)
    throw new UsageError(
      `-o ${flags.output}: add --format; there are ${targets.map((target) => target.id).join(', ')}`,
    );
  return targets.find((target) => target.id === id);
}

function modeOf(flags: SuggestFlags, target: Target | undefined): 'deny' | 'allow' {
  const mode = flags.mode ?? target?.modes[0] ?? 'deny';
  if (target !== undefined && !target.modes.includes(mode))
    throw new UsageError(`--mode ${mode}: ${target.title} only knows allow lists`);
  return mode;
}

/** Replays a policy file over the night. */
export async function policyTestCommand(
  file: string,
  paths: readonly string[],
  flags: PolicyTestFlags,
): Promise<number> {
  const reading = readPolicy(textOf(file), flags.format);
  if ('problem' in reading) throw new UsageError(`${file}: ${reading.problem}`);
  const { report, flows } = await readNight(paths, flags);
  if (isUnreadable(report)) return unreadable(report);
  const effect = effectOf(reading.policy, badFlowsOf(report, flows, flags.verdict), flows);
  const clean = cleaner(flags);
  if (flags.json)
    await print(clean(`${jsonText({ record: 'policy-effect', file, format: reading.format, ...effect })}\n`));
  else if (!flags.quiet) {
    const { width, style } = terminalOptions(flags, commandLine(paths, flags));
    const what = { file, format: reading.format ?? '', policy: reading.policy };
    await print(renderTest(effect, what, { width, bold: style.bold, clean, command: commandLine(paths, flags) }));
  }
  return effect.stopped < effect.bad ? EXIT.findings : EXIT.clean;
}

const WRITE_ONE = 'egressblame policy suggest logs/ --format nftables -o policy.nft writes one';

function textOf(file: string): string {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`${file} is a folder; the policy goes first, then the logs`);
  const text = givenText(file, file);
  if (text === undefined) throw new UsageError(`there is no policy file ${file}; ${WRITE_ONE}`);
  return text;
}

async function readNight(paths: readonly string[], flags: PolicyFlags): Promise<{ report: Report; flows: NightFlows }> {
  if (paths.includes('-')) throw new UsageError('-: these inputs are read twice; write the stream into a file first');
  const { onProgress, onFinding, done } = watchReading(flags.quiet === true || flags.json === true);
  const run = { ...runOptions(paths, flags, process.cwd()), onProgress, onFinding };
  const tallies: FlowTally[] = [];
  const report = await investigateThenReplay(run, (found) => {
    const tally = new FlowTally(found);
    tallies.push(tally);
    return (timed) => tally.add(timed);
  });
  done();
  complain(report.problems, flags);
  return { report, flows: tallies[0]?.result() ?? { good: [], bad: new Map() } };
}

function isUnreadable({ inputs }: Report): boolean {
  return !inputs.some(({ records }) => records.decoded > 0);
}

function unreadable({ inputs, problems }: Report): number {
  if (isNothingThere(inputs, problems)) return EXIT.usage;
  process.stderr.write('egressblame: nothing readable was found, so there is nothing to judge a policy by\n');
  return EXIT.incomplete;
}
