import { at, numberOf, textOf, tryJson } from '../core/json/json.ts';
import type { Answer } from './score.ts';

/** The part of an attribution record that the baselines need as well. */
export interface Answered {
  readonly refs: readonly { readonly path: string; readonly line: number }[];
  /** ISO time of the violation. */
  readonly time: string;
  readonly targets: readonly string[];
  readonly answer: Answer;
}

const TIERS: readonly (readonly [string, readonly string[]])[] = [
  ['process', ['socket-owner', 'process-lineage']],
  ['arguments', ['dst-in-arguments', 'dst-in-output-file']],
  ['address', ['explicit-id', 'nat-join', 'proxy-join', 'lease']],
  ['time', ['time-in-call', 'time-in-episode']],
];

function tierOf(codes: ReadonlySet<string>): string {
  return TIERS.find(([, wanted]) => wanted.some((code) => codes.has(code)))?.[0] ?? 'none';
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function refOf(value: unknown): { path: string; line: number }[] {
  const path = textOf(at(value, 'path'));
  const line = numberOf(at(value, 'line'));
  return path === undefined || line === undefined ? [] : [{ path, line }];
}

/** Reads one line of a contract NDJSON; undefined for other records. */
export function readAnswer(line: string): Answered | undefined {
  const record = tryJson(line);
  if (textOf(at(record, 'record')) !== 'attribution') return undefined;
  const violation = at(record, 'violation');
  // The baselines see the time as it was written, where it can be read.
  const raw = textOf(at(violation, 'rawTime')) ?? '';
  const destination = at(violation, 'dst');
  const codes = new Set(listOf(at(record, 'evidence')).flatMap((item) => textOf(at(item, 'code')) ?? []));
  const episode = textOf(at(at(record, 'episode'), 'id'));
  const toolCall = textOf(at(at(record, 'toolCall'), 'id'));
  return {
    refs: [at(violation, 'source'), ...listOf(at(record, 'alsoSeen')), ...listOf(at(violation, 'alsoSeen'))].flatMap(
      refOf,
    ),
    time: /^\d{4}-\d\d-\d\dT/.test(raw) ? raw : (textOf(at(violation, 'time')) ?? ''),
    targets: [textOf(at(destination, 'ip')) ?? [], textOf(at(destination, 'domain')) ?? []].flat(),
    answer: {
      verdict: textOf(at(record, 'verdict')) ?? 'unattributed',
      probability: numberOf(at(record, 'probability')) ?? 0,
      ...(episode === undefined ? {} : { episode }),
      ...(toolCall === undefined ? {} : { toolCall }),
      tier: tierOf(codes),
    },
  };
}

/** Finds answers by file and line; a truth file may name a file by any tail of its path. */
export function indexAnswers(
  answered: readonly Answered[],
  choose: (one: Answered) => Answer = ({ answer }) => answer,
): (file: string, line: number) => Answer | undefined {
  const byKey = new Map<string, Answer>();
  for (const one of answered) {
    const answer = choose(one);
    for (const { path, line } of one.refs) {
      const parts = path.replace(/\.(?:gz|zst)$/, '').split('/');
      for (let i = 0; i < parts.length; i++) byKey.set(`${parts.slice(i).join('/')}:${line}`, answer);
    }
  }
  return (file, line) => byKey.get(`${file.replace(/\.(?:gz|zst)$/, '')}:${line}`);
}
