/** Code that an interpreter ran while the model wrote, and what it answered. */
export interface Interpreted {
  readonly code: string;
  readonly output: string;
}

const OPENING = /```(?:python|py)\n/g;
const FENCE = '```';
/** Between the code and its answer. */
const ANSWER = /^\s*(?:<\/code>\s*)?(<interpreter>|```output\n)/;
const LONGEST_GAP = 64;

/**
 * Rollouts of models that are trained to reason with code hold it in a fence, and behind it what the sandbox answered: ReTool's
 * `<interpreter>`, or a fence `output` (ToRL and others after NuminaMath-TIR). Code without an answer is only text.
 */
export function interpretedIn(text: string): readonly Interpreted[] {
  const found: Interpreted[] = [];
  const opening = new RegExp(OPENING);
  while (opening.exec(text) !== null) {
    const from = opening.lastIndex;
    const to = text.indexOf(FENCE, from);
    if (to < 0) break;
    const behind = to + FENCE.length;
    const [gap, mark] = ANSWER.exec(text.slice(behind, behind + LONGEST_GAP)) ?? [];
    opening.lastIndex = behind;
    if (gap === undefined) continue;
    const close = mark === '<interpreter>' ? '</interpreter>' : FENCE;
    const start = behind + gap.length;
    const end = text.indexOf(close, start);
    found.push({
      code: text.slice(from, to).trimEnd(),
      output: text.slice(start, end < 0 ? text.length : end).trim(),
    });
    opening.lastIndex = end < 0 ? text.length : end + close.length;
  }
  return found;
}
