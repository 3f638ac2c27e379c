import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { at, numberOf, textOf, tryJson } from '../../core/json/json.ts';
import { findMentions } from '../../core/network/decode-text.ts';
import { parseIso } from '../../core/time/time.ts';
import { gather } from '../../reading/gather.ts';
import { type Answered, indexAnswers, readAnswer } from '../../simulate/answers.ts';
import { type BaselineCall, baselineRules } from '../../simulate/baselines.ts';
import { type Score, scoreAnswers, type Tally, type TruthRow } from '../../simulate/score.ts';
import { givenText } from '../command-line/given-text.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { EXIT } from '../exit/exit-codes.ts';
import { print } from '../terminal/terminal.ts';

export interface ScoreFlags {
  readonly inputs?: string;
  readonly json?: boolean;
}

function linesOf(path: string): string[] {
  const text = givenText(path, path);
  if (text === undefined) throw new UsageError(`${path} does not exist`);
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** Scores an answer file, and three naive baselines over the same inputs, against a truth file. */
export async function scoreCommand(answerPath: string, truthPath: string, flags: ScoreFlags): Promise<number> {
  const answered = linesOf(answerPath).flatMap((line) => readAnswer(line) ?? []);
  const truth = linesOf(truthPath).map((line, i) => truthRow(line, `${truthPath}:${i + 1}`));
  const scores: Record<string, Score> = { answer: scoreAnswers(truth, indexAnswers(answered)) };
  const inputs = flags.inputs ?? join(dirname(truthPath), 'inputs');
  if (existsSync(inputs)) Object.assign(scores, await scoreBaselines(inputs, truth, answered));
  if (flags.json)
    for (const [who, score] of Object.entries(scores))
      await print(`${JSON.stringify({ record: 'score', who, ...score })}\n`);
  else await print(render(scores));
  return EXIT.clean;
}

function truthRow(line: string, place: string): TruthRow {
  const row = tryJson(line);
  if (textOf(at(row, 'file')) === undefined || numberOf(at(row, 'line')) === undefined)
    throw new UsageError(`${place}: no row of a truth file, as {"file":"fw.log","line":1,"cause":"..."}`);
  return row as TruthRow;
}

async function scoreBaselines(
  inputs: string,
  truth: readonly TruthRow[],
  answered: readonly Answered[],
): Promise<Record<string, Score>> {
  const { store } = await gather({ paths: [inputs], cwd: process.cwd() }, 'all');
  const calls = [...store.calls].flatMap((call): BaselineCall[] => {
    if (call.start === undefined || call.episodeId === undefined) return [];
    const text = `${call.command ?? ''} ${call.argumentsText ?? ''}`;
    return [
      {
        id: call.callId ?? String(call.index),
        episode: call.episodeId,
        start: call.start,
        end: call.end ?? call.start,
        mentions: new Set(findMentions(text).map(({ value }) => value)),
      },
    ];
  });
  const rules = baselineRules(calls, (text) => parseIso(text)?.at);
  return Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => [name, scoreAnswers(truth, indexAnswers(answered, rule))]),
  );
}

const percent = (part: number, whole: number): string =>
  (whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`).padStart(8);

function row(name: string, tally: Tally): string {
  const { records, right, rightCall, wrong, abstained, missed } = tally;
  const shares = [right, rightCall, wrong, abstained, missed].map((part) => percent(part, records));
  return `${name.padEnd(24)} ${String(records).padStart(7)} ${shares.join(' ')}`;
}

function render(scores: Readonly<Record<string, Score>>): string {
  const head = `${''.padEnd(24)} records    right     call    wrong  abstain   missed`;
  const out = [`${head}      ECE coverage`];
  for (const [who, score] of Object.entries(scores))
    out.push(`${row(who, score)} ${score.ece.toFixed(4).padStart(8)} ${percent(score.coverage, 1)}`);
  const own = scores['answer'];
  for (const [title, part] of [
    ['per family', own?.families],
    ['per evidence tier', own?.tiers],
  ] as const) {
    out.push('', title, head);
    for (const [name, tally] of Object.entries(part ?? {})) out.push(row(name, tally));
  }
  return `${out.join('\n')}\n`;
}
