import { jsonText, quoted } from '../../core/text.ts';
import type { Candidate, Claim, Evidence } from '../../model/attribution.ts';
import { candidateProcess, causePart } from './decided.ts';
import { round } from './seen.ts';
import { numeral, refText, textOrNull } from './seen-text.ts';
import type { Decided } from './shared.ts';

type Clean = (text: string) => string;

const NO_CAUSE = '"episode":null,"toolCall":null,"process":null';

/** `jsonText(decidedPart(decided, clean))` without its braces, put together by hand as in `seen-text.ts`. */
export function textOfDecided(decided: Decided, clean: Clean): string {
  const { candidates, nullProbability, evidence, missing, reason } = decided;
  return (
    `${causeText(decided, clean)},"candidates":[${list(candidates, (one) => candidateText(one, clean))}],` +
    `"nullProbability":${numeral(round(nullProbability))},"evidence":[${list(evidence, (one) => evidenceText(one, clean))}],` +
    `"missing":[${list(missing, (text) => quoted(clean(text)))}],"reason":${quoted(clean(reason))}`
  );
}

function causeText(decided: Decided, clean: Clean): string {
  const { verdict } = decided;
  const mayName = verdict === 'proven' || verdict === 'likely' || verdict === 'not-agent';
  return mayName ? jsonText(causePart(decided, clean)).slice(1, -1) : NO_CAUSE;
}

function candidateText(candidate: Candidate, clean: Clean): string {
  const { episode, toolCall, probability, evidence, lostBecause } = candidate;
  const process = candidateProcess(candidate, clean);
  const own = process === undefined ? '' : `,"process":${jsonText(process)}`;
  const lost = lostBecause === undefined ? '' : `,"lostBecause":${quoted(clean(lostBecause))}`;
  return (
    `{"episode":${textOrNull(episode?.id ?? null)},"toolCall":${textOrNull(toolCall?.id ?? null)}${own},` +
    `"probability":${numeral(round(probability))},"evidence":[${list(evidence, codeText)}]${lost}}`
  );
}

const codeText = ({ code }: Claim): string => `"${code}"`;

function evidenceText({ code, says, trust, weight, refs }: Evidence, clean: Clean): string {
  return `{"code":"${code}","says":${quoted(clean(says))},"trust":"${trust}","weight":${numeral(weight)},"refs":[${list(refs, refText)}]}`;
}

function list<T>(entries: readonly T[], textOf: (entry: T) => string): string {
  let text = '';
  for (let i = 0; i < entries.length; i++) text += i === 0 ? textOf(entries[i] as T) : `,${textOf(entries[i] as T)}`;
  return text;
}
