import { formatIso } from '../../core/time/time.ts';
import type { Candidate, EpisodeRef, Evidence, ProcessRef, ToolCallRef } from '../../model/attribution.ts';
import { refRecord, round } from './seen.ts';
import type { Decided } from './shared.ts';

type Clean = (text: string) => string;
type Json = Record<string, unknown>;

/** What is decided of a violation, without what is its own. `decided-text.ts` writes the same as text. */
export function decidedPart(decided: Decided, clean: Clean): Json {
  return {
    ...causePart(decided, clean),
    candidates: decided.candidates.map((candidate) => candidateRecord(candidate, clean)),
    unlisted: unlistedRecord(decided),
    nullProbability: round(decided.nullProbability),
    evidence: decided.evidence.map((evidence) => evidenceRecord(evidence, clean)),
    missing: decided.missing.map(clean),
    reason: clean(decided.reason),
  };
}

/** Who is named as the cause, if anybody is. */
function causePart({ verdict, episode, toolCall, process }: Decided, clean: Clean): Json {
  const named = verdict === 'proven' || verdict === 'likely';
  return {
    episode: named && episode !== undefined ? episodeRecord(episode, clean) : null,
    toolCall: named && toolCall !== undefined ? toolCallRecord(toolCall, clean) : null,
    process: (named || verdict === 'not-agent') && process !== undefined ? causeRecord(process, clean) : null,
  };
}

export function episodeRecord({ id, run, group, step, task, sandboxId }: EpisodeRef, clean: Clean): Json {
  return {
    id,
    run: run ?? null,
    group: group ?? null,
    step: step ?? null,
    task: task === undefined ? null : clean(task),
    sandbox: sandboxId ?? null,
  };
}

export function toolCallRecord(call: ToolCallRef, clean: Clean): Json {
  return {
    id: call.id,
    name: call.name,
    command: call.command === undefined ? null : clean(call.command),
    start: call.start === undefined ? null : formatIso(call.start),
    end: call.end === undefined ? null : formatIso(call.end),
    source: refRecord(call.ref),
  };
}

function causeRecord({ pid, entityId, executable, commandLine, host }: ProcessRef, clean: Clean): Json {
  return {
    pid: pid ?? null,
    entityId: entityId === undefined ? undefined : clean(entityId),
    executable: executable ?? null,
    commandLine: commandLine === undefined ? null : clean(commandLine),
    host: host ?? null,
  };
}

/** The process of a candidate without an episode. */
export function candidateProcess({ episode, process }: Candidate, clean: Clean): Json | undefined {
  return episode === undefined && process !== undefined ? processRecord(process, clean) : undefined;
}

function processRecord({ pid, entityId, executable }: ProcessRef, clean: Clean): Json {
  return {
    pid: pid ?? null,
    entityId: entityId === undefined ? undefined : clean(entityId),
    executable: executable ?? null,
  };
}

function candidateRecord(candidate: Candidate, clean: Clean): Json {
  return {
    episode: candidate.episode?.id ?? null,
    toolCall: candidate.toolCall?.id ?? null,
    process: candidateProcess(candidate, clean),
    probability: round(candidate.probability),
    evidence: candidate.evidence.map((evidence) => evidence.code),
    lostBecause: candidate.lostBecause === undefined ? undefined : clean(candidate.lostBecause),
  };
}

/** The candidates that are not listed, where some are not. */
export function unlistedRecord({ unlisted }: Decided): Json | undefined {
  if (unlisted === undefined) return undefined;
  const { count, probability, suspects } = unlisted;
  return { count, probability: round(probability), episodes: suspects.map(({ episode }) => episode.id) };
}

function evidenceRecord(evidence: Evidence, clean: Clean): Json {
  return {
    code: evidence.code,
    says: clean(evidence.says),
    trust: evidence.trust,
    weight: evidence.weight,
    refs: evidence.refs.map(refRecord),
  };
}
