/** One line of a truth file. Nights from elsewhere may leave out family and answerable. */
export interface TruthRow {
  readonly file: string;
  readonly line: number;
  readonly cause: string;
  readonly kind?: string;
  readonly family?: string;
  readonly episode_id?: string | null;
  readonly tool_call_id?: string | null;
  readonly answerable?: boolean;
}

/** What a tool says about one violation record; `episode` only where it commits itself. */
export interface Answer {
  readonly verdict: string;
  readonly probability: number;
  readonly episode?: string;
  readonly toolCall?: string;
  readonly tier: string;
}

interface Bin {
  readonly answers: number;
  readonly right: number;
  readonly probability: number;
}

export interface Tally {
  records: number;
  right: number;
  rightCall: number;
  wrong: number;
  abstained: number;
  /** Abstained although the records decide. */
  missed: number;
  notFound: number;
}

export interface Score extends Tally {
  /** Right and wrong as a share of all records. */
  readonly coverage: number;
  readonly ece: number;
  readonly bins: readonly Bin[];
  readonly families: Readonly<Record<string, Tally>>;
  readonly tiers: Readonly<Record<string, Tally>>;
}

type Result = 'right' | 'wrong' | 'abstained';

const emptyTally = (): Tally => ({
  records: 0,
  right: 0,
  rightCall: 0,
  wrong: 0,
  abstained: 0,
  missed: 0,
  notFound: 0,
});

function judge(row: TruthRow, answer: Answer | undefined): Result {
  const named = answer?.verdict === 'proven' || answer?.verdict === 'likely' ? answer.episode : undefined;
  const notAgent = answer?.verdict === 'not-agent';
  if (row.cause === 'none') return notAgent ? 'right' : named === undefined ? 'abstained' : 'wrong';
  if (notAgent) return 'wrong';
  if (named === undefined) return 'abstained';
  return named === row.episode_id ? 'right' : 'wrong';
}

function count(tally: Tally, row: TruthRow, answer: Answer | undefined, result: Result): void {
  tally.records++;
  tally[result]++;
  if (answer === undefined) tally.notFound++;
  if (result === 'abstained' && row.answerable !== false) tally.missed++;
  if (result === 'right' && row.cause !== 'none' && answer?.toolCall === row.tool_call_id) tally.rightCall++;
}

/** Holds each answer against the truth of its record. `find` gives the answer for a file and line. */
export function scoreAnswers(
  truth: readonly TruthRow[],
  find: (file: string, line: number) => Answer | undefined,
): Score {
  const total = emptyTally();
  const families: Record<string, Tally> = {};
  const tiers: Record<string, Tally> = {};
  const bins = Array.from({ length: 10 }, () => ({ answers: 0, right: 0, probability: 0 }));
  for (const row of truth) {
    const answer = find(row.file, row.line);
    const result = judge(row, answer);
    const family = row.family ?? row.kind ?? 'all';
    const tier = answer?.tier ?? 'not found';
    families[family] ??= emptyTally();
    tiers[tier] ??= emptyTally();
    for (const tally of [total, families[family], tiers[tier]]) count(tally, row, answer, result);
    const bin = bins[Math.min(9, Math.floor((answer?.probability ?? 0) * 10))];
    if (result === 'abstained' || answer === undefined || bin === undefined) continue;
    bin.answers++;
    bin.probability += answer.probability;
    if (result === 'right') bin.right++;
  }
  const answered = total.right + total.wrong;
  const off = bins.reduce((sum, bin) => sum + Math.abs(bin.right - bin.probability), 0);
  const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
  return { ...total, coverage: share(answered, truth.length), ece: share(off, answered), bins, families, tiers };
}
