import { processName } from '../core/findings/findings.ts';
import type { Attribution, Evidence, EvidenceCode, Unlisted, Verdict } from '../model/attribution.ts';
import type { Case, Fact, Suspect } from '../model/case.ts';
import type { Mutable } from '../model/mutable.ts';
import { evidenceOf, openWeighing, posterior, type Scored, toCandidate, toEvidence, type Weigh } from './score.ts';

const PROVEN = 0.98;
const LIKELY = 0.8;
/** Rivals below this share are ruled out and not listed. */
const RULED_OUT = 0.001;
const MAX_CANDIDATES = 12;

export type Decided = Omit<Attribution, 'violation' | 'incident'>;

/** What a verdict rests on: nothing of the violation itself. */
export type Grounds = Omit<Case, 'violation'>;

/** The verdict on one case: evidence first, a set rather than a guess, "cannot say" with its reason. */
export function decide(entry: Grounds, weigh: Weigh = openWeighing()): Decided {
  const { scored, nullProbability } = posterior(entry, weigh);
  const top = scored[0];
  const outcome = top === undefined ? undefined : verdictOf(top, scored, entry);
  const verdict = outcome?.verdict ?? 'unattributed';
  const named = verdict === 'proven' || verdict === 'likely' || verdict === 'not-agent' ? top?.suspect : undefined;
  const probability = outcome?.probability ?? 1 - nullProbability;
  const call = named === undefined ? undefined : callWithin(named, scored, probability);
  const shared = entry.shared.map(toEvidence);
  const own: readonly Evidence[] = top === undefined ? [] : evidenceOf(top.suspect);
  const evidence = shared.length === 0 ? own : [...shared, ...own];
  const open = scored.filter((candidate, i) => i === 0 || candidate.probability >= RULED_OUT);
  const decided: Mutable<Decided> = {
    verdict,
    probability,
    candidates: open
      .slice(0, MAX_CANDIDATES)
      .map((candidate, i) =>
        toCandidate(candidate, i === 0 && named !== undefined ? undefined : losing(candidate, top, verdict)),
      ),
    nullProbability,
    evidence,
    missing: verdict === 'proven' || verdict === 'not-agent' ? [] : entry.missing,
    reason: reasonOf(verdict, top, scored, entry),
  };
  if (open.length > MAX_CANDIDATES) decided.unlisted = unlistedOf(open);
  if (named?.episode !== undefined && verdict !== 'not-agent') decided.episode = named.episode;
  if (call !== undefined && verdict !== 'not-agent') decided.toolCall = call;
  if (named?.process !== undefined) decided.process = named.process;
  if (entry.untraced !== undefined && named === undefined) {
    const { sandboxId, episodeId } = entry.untraced;
    decided.untraced = episodeId === undefined ? { sandboxId } : { sandboxId, episodeId };
  }
  return decided;
}

function unlistedOf(open: readonly Scored[]): Unlisted {
  const rest = open.slice(MAX_CANDIDATES);
  const told = new Set(open.slice(0, MAX_CANDIDATES).map(({ suspect }) => suspect.episode?.id));
  const suspects: Mutable<Unlisted['suspects'][number]>[] = [];
  for (const { suspect, probability } of rest) {
    const { episode, toolCall } = suspect;
    if (episode === undefined || told.has(episode.id)) continue;
    told.add(episode.id);
    suspects.push(toolCall === undefined ? { episode, probability } : { episode, probability, toolCall });
  }
  return { count: rest.length, probability: sum(rest), suspects };
}

function verdictOf(top: Scored, scored: readonly Scored[], entry: Grounds): { verdict: Verdict; probability: number } {
  const { suspect } = top;
  if (suspect.kind === 'platform') {
    const mass = sum(scored.filter((other) => other.suspect.kind === 'platform')) * connectedShare(suspect, entry);
    const isSure = suspect.facts.every(({ strength }) => strength !== 'unsure');
    return { verdict: isSure && mass >= LIKELY ? 'not-agent' : 'ambiguous', probability: mass };
  }
  if (suspect.kind === 'unknown')
    return { verdict: others(scored) > 1 ? 'ambiguous' : 'unattributed', probability: top.probability };
  if (suspect.kind === 'episode') {
    return {
      verdict: !suspect.facts.some(isUntraced) && others(scored) > 1 ? 'ambiguous' : 'unattributed',
      probability: top.probability,
    };
  }
  const ofEpisode = sum(
    scored.filter((other) => other.suspect.kind === 'call' && other.suspect.episode?.id === suspect.episode?.id),
  );
  // Where no process speaks for the call, an episode without a trace may have made the same.
  const traced = suspect.process === undefined ? (entry.traced ?? 1) : 1;
  const mass = ofEpisode * traced * connectedShare(suspect, entry);
  // The trace and the leases disagree on whose call it is: which is wrong, none of them tells.
  if (suspect.facts.some(isContradicted)) return { verdict: 'ambiguous', probability: mass };
  const strong = suspect.facts.some(isDirect) && (!isGuessedTwice(suspect) || suspect.facts.some(isNaming));
  if (!strong) {
    if (entry.untraced !== undefined) return { verdict: 'unattributed', probability: mass };
    if (mass >= LIKELY && suspect.facts.some(isOnlyLease) && suspect.facts.some(isOfItsKind))
      return { verdict: 'likely', probability: Math.min(mass, PROVEN - 0.0001) };
    return { verdict: others(scored) > 1 ? 'ambiguous' : 'unattributed', probability: mass };
  }
  const hard = isHard(suspect) && entry.isUnseen !== true;
  if (mass >= PROVEN && hard) return { verdict: 'proven', probability: mass };
  if (mass >= LIKELY) return { verdict: 'likely', probability: Math.min(mass, hard ? mass : PROVEN - 0.0001) };
  return { verdict: others(scored) > 1 || mass >= 0.2 ? 'ambiguous' : 'unattributed', probability: mass };
}

/** How probable it is that a process which time alone ties to the flow opened this one, and not another that began with it. */
function connectedShare({ facts }: Suspect, { connected = 1, firstSent = 1 }: Grounds): number {
  const isByTime = facts.some(({ code, strength }) => code === 'socket-owner' && strength === 'destination');
  return isByTime ? connected * firstSent : 1;
}

const sum = (scored: readonly Scored[]): number =>
  Math.min(
    1,
    scored.reduce((total, { probability }) => total + probability, 0),
  );
const others = (scored: readonly Scored[]): number => scored.filter(({ probability }) => probability >= 0.02).length;

/** An episode of which no tool call is recorded. */
function isUntraced({ strength }: Fact): boolean {
  return strength === 'untraced';
}

/** Facts that name the flow itself rather than the moment. */
function isDirect(fact: Fact): boolean {
  return isOwner(fact) || isNaming(fact);
}

function isContradicted(fact: Fact): boolean {
  return fact.code === 'lease-excludes' && fact.strength === 'other-episode';
}

/** The parent was guessed by its pid and text, and the parent's call by its time. */
function isGuessedTwice({ facts }: Suspect): boolean {
  return facts.some((fact) => fact.code === 'process-lineage' && fact.strength.startsWith('time-adopted'));
}

/** A record of this very flow, not of one to the same place at another time. */
function isOwner(fact: Fact): boolean {
  return fact.code === 'socket-owner' && fact.strength !== 'apart';
}

/** Only one sandbox can have sent the packet. Which of its calls did, time and the kind of command must tell. */
function isOnlyLease(fact: Fact): boolean {
  return fact.code === 'lease' && fact.strength === 'only';
}

function isOfItsKind(fact: Fact): boolean {
  return fact.code === 'behaviour-match';
}

function isNaming(fact: Fact): boolean {
  if (fact.strength === 'said') return false;
  if (fact.code === 'dst-in-output-file') return true;
  return fact.code === 'dst-in-arguments' && fact.strength !== 'port' && fact.strength !== 'other-port';
}

/** The chain rests on records that the agent could not write: who owned the flow, and which call started that process. */
function isHard(suspect: Suspect): boolean {
  const outside = suspect.facts.filter((fact) => fact.trust === 'outside');
  const owner = outside.some(isOwner);
  const lineage = outside.some(
    (fact) => fact.code === 'process-lineage' && fact.strength.startsWith('argv') && !fact.strength.endsWith('rival'),
  );
  return owner && lineage;
}

/** The call is named only when it holds most of its episode's share. */
function callWithin(named: Suspect, scored: readonly Scored[], mass: number): Suspect['toolCall'] {
  const own = scored.find(({ suspect }) => suspect === named)?.probability ?? 0;
  return own >= 0.6 * mass ? named.toolCall : undefined;
}

function losing(candidate: Scored, top: Scored | undefined, verdict: Verdict): string {
  const against = candidate.suspect.facts.filter((fact) => fact.code.endsWith('-excludes'));
  if (against.length > 0) return against.map((fact) => fact.says).join('; ');
  if (candidate === top && candidate.suspect.kind === 'unknown') return 'no record ties it to a tool call';
  if (candidate.suspect.facts.some(isUntraced)) return 'no tool call of it is recorded';
  if (candidate === top && verdict === 'ambiguous') return 'not far enough ahead of the others';
  if (top === undefined || candidate === top) return 'not enough speaks for it';
  const own = candidate.suspect.facts;
  const lacking = top.suspect.facts.map(({ code }) => code).filter((code) => !own.some((fact) => fact.code === code));
  return lacking.length === 0
    ? 'the same facts speak for it, less strongly'
    : `lacks ${[...new Set(lacking.map((code) => LACKED[code] ?? code))].join(', ')}`;
}

/** What a rival does not have that the likeliest suspect has, in words. */
const LACKED: Partial<Record<EvidenceCode, string>> = {
  'explicit-id': 'a record that names it',
  'socket-owner': 'a process that made the connection',
  'process-lineage': 'a process that descends from it',
  lease: 'a lease of the source address',
  'dns-answer': 'a DNS answer with the destination',
  'dst-in-arguments': 'the destination in its arguments',
  'dst-in-output-file': 'the destination in its output',
  'behaviour-match': 'a command of this kind',
  'time-in-call': 'a call at that moment',
  'time-in-episode': 'being live then',
};

function reasonOf(verdict: Verdict, top: Scored | undefined, scored: readonly Scored[], entry: Grounds): string {
  if (verdict === 'proven' || verdict === 'likely') return chainText(top, entry);
  if (verdict === 'not-agent') return top?.suspect.facts.map((fact) => fact.says).join('; ') ?? '';
  if (entry.untraced !== undefined) {
    const { sandboxId, episodeId, mayBeEarlier } = entry.untraced;
    if (mayBeEarlier) return `sandbox ${sandboxId} is known, but several episodes that held it have no trace`;
    return `sandbox ${sandboxId} is known, but ${episodeId === undefined ? 'no episode in the records used it then' : `its episode ${episodeId} has no trace`}`;
  }
  const contradiction = top?.suspect.facts.find(isContradicted);
  if (contradiction !== undefined) return contradiction.says;
  if (verdict === 'ambiguous') {
    const names = scored
      .filter(({ probability }) => probability >= 0.02)
      .map(({ suspect }) => suspect.toolCall?.id ?? suspect.episode?.id ?? processName(suspect.process));
    if (entry.connected !== undefined && names.length === 1)
      return `more flows to the destination began then than connects are recorded, and ${names[0]} may have opened another`;
    if (entry.firstSent !== undefined && names.length === 1)
      return `the record tells no source port, and packets that others than ${names[0]} sent again may have gone to the destination then`;
    return `${names.length} causes remain: ${names.slice(0, 6).join(', ')}${names.length > 6 ? ', ...' : ''}`;
  }
  if (entry.sandboxes.length > 0)
    return `it came from ${entry.sandboxes.slice(0, 4).join(', ')}${entry.sandboxes.length > 4 ? ` or ${entry.sandboxes.length - 4} more` : ''}, and no record ties it to a tool call`;
  if (top === undefined) return 'no record leads from the source address to a sandbox or process';
  const owner = top.suspect.kind === 'unknown' ? top.suspect.facts.find(isDirect) : undefined;
  return owner === undefined
    ? 'no record ties the flow to a tool call'
    : `${owner.says}; no record ties that process to a tool call`;
}

function chainText(top: Scored | undefined, entry: Grounds): string {
  const order = [
    'socket-owner',
    'process-lineage',
    'dst-in-arguments',
    'dst-in-output-file',
    'lease',
    'behaviour-match',
    'time-in-call',
  ];
  const facts = [...(top?.suspect.facts ?? [])]
    .filter((fact) => order.includes(fact.code))
    .sort((a, b) => order.indexOf(a.code) - order.indexOf(b.code));
  return [...facts.slice(0, 3), ...entry.shared.slice(0, 1)].map((fact) => fact.says).join('; ');
}
