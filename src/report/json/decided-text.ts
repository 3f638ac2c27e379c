import { jsonText, quoted } from '../../core/text/text.ts';
import type { Candidate, Claim, EpisodeRef, Evidence, ProcessRef, ToolCallRef } from '../../model/attribution.ts';
import { candidateProcess, episodeRecord, toolCallRecord, unlistedRecord } from './decided.ts';
import { round } from './seen.ts';
import { numeral, refText, textOrNull } from './seen-text.ts';
import type { Decided } from './shared.ts';

type Clean = (text: string) => string;

/** `jsonText(decidedPart(decided, clean))` without its braces, put together by hand as in `seen-text.ts`. */
export function decidedTexts(clean: Clean): (decided: Decided) => string {
  const causeText = causeTexts(clean);
  return (decided) => {
    const { candidates, nullProbability, evidence, missing, reason } = decided;
    const unlisted = unlistedRecord(decided);
    const others = unlisted === undefined ? '' : `"unlisted":${jsonText(unlisted)},`;
    return (
      `${causeText(decided)},"candidates":[${list(candidates, (one) => candidateText(one, clean))}],${others}` +
      `"nullProbability":${numeral(round(nullProbability))},"evidence":[${list(evidence, (one) => evidenceText(one, clean))}],` +
      `"missing":[${list(missing, (text) => quoted(clean(text)))}],"reason":${quoted(clean(reason))}`
    );
  };
}

const NOBODY = 'null';

/** Many violations have one cause: each is written once, while they share it. */
function causeTexts(clean: Clean): (decided: Decided) => string {
  const episodeText = textsOf((episode: EpisodeRef) => jsonText(episodeRecord(episode, clean)));
  const toolCallText = textsOf((call: ToolCallRef) => jsonText(toolCallRecord(call, clean)));
  return ({ verdict, episode, toolCall, process }) => {
    const isAgent = verdict === 'proven' || verdict === 'likely';
    const isNamed = isAgent || verdict === 'not-agent';
    return (
      `"episode":${isAgent && episode !== undefined ? episodeText(episode) : NOBODY},` +
      `"toolCall":${isAgent && toolCall !== undefined ? toolCallText(toolCall) : NOBODY},` +
      `"process":${isNamed && process !== undefined ? processText(process, clean) : NOBODY}`
    );
  };
}

function textsOf<T extends object>(write: (entry: T) => string): (entry: T) => string {
  const known = new WeakMap<T, string>();
  return (entry) => {
    const before = known.get(entry);
    if (before !== undefined) return before;
    const text = write(entry);
    known.set(entry, text);
    return text;
  };
}

function processText({ pid, entityId, executable, commandLine, host }: ProcessRef, clean: Clean): string {
  const id = entityId === undefined ? '' : `"entityId":${quoted(clean(entityId))},`;
  return (
    `{"pid":${numeral(pid ?? null)},${id}"executable":${textOrNull(executable ?? null)},` +
    `"commandLine":${textOrNull(commandLine === undefined ? null : clean(commandLine))},"host":${textOrNull(host ?? null)}}`
  );
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
