import type { Attribution } from '../../model/attribution.ts';

/** Texts that are kept; violations that share a decision come near each other. */
const MOST = 1_000;

/** What is written of a decision, without what is the violation's own. A field that is new has to be named here. */
const DECIDED = Object.keys({
  verdict: true,
  episode: true,
  toolCall: true,
  process: true,
  candidates: true,
  unlisted: true,
  nullProbability: true,
  evidence: true,
  missing: true,
  reason: true,
} satisfies Record<keyof Decided, true>) as readonly (keyof Decided)[];

export type Decided = Pick<
  Attribution,
  | 'verdict'
  | 'episode'
  | 'toolCall'
  | 'process'
  | 'candidates'
  | 'unlisted'
  | 'nullProbability'
  | 'evidence'
  | 'missing'
  | 'reason'
>;

/** The same writer, which writes once what violations share as the very same objects. */
export function writtenOnce(write: (decided: Decided) => string): (decided: Decided) => string {
  let known = new Map<Decided['candidates'], { readonly decided: Decided; readonly text: string }>();
  return (decided) => {
    const before = known.get(decided.candidates);
    if (before !== undefined && DECIDED.every((key) => before.decided[key] === decided[key])) return before.text;
    if (known.size >= MOST) known = new Map();
    const text = inOnePiece(write(decided));
    known.set(decided.candidates, { decided, text });
    return text;
  };
}

/** A text that was put together holds its parts until a character is asked for: twice as much memory, and more to look through. */
function inOnePiece(text: string): string {
  text.charCodeAt(0);
  return text;
}
