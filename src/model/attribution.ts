import type { BaselineEntry } from './baseline.ts';
import type { GpuTime, Recurrence, Requested } from './circumstance.ts';
import type { SourceRef } from './source.ts';
import type { Micros } from './time.ts';
import type { Violation } from './violation.ts';

const EVIDENCE_CODES = [
  'explicit-id',
  'socket-owner',
  'process-lineage',
  'nat-join',
  'proxy-join',
  'lease',
  'dns-answer',
  'dst-in-arguments',
  'dst-in-output-file',
  'behaviour-match',
  'time-in-call',
  'time-in-episode',
  'lease-excludes',
  'process-excludes',
  'time-excludes',
] as const;
export type EvidenceCode = (typeof EVIDENCE_CODES)[number];

/** Whether the agent could write the record that a fact rests on. */
export type Trust = 'outside' | 'agent-writable';

/** One fact for or against a candidate. */
export interface Claim {
  readonly code: EvidenceCode;
  /** Log-likelihood ratio in favour (positive) or against (negative); from `attribute/weights.json`. */
  readonly weight: number;
  readonly says: string;
  readonly trust: Trust;
}

/** The same with the records it rests on. */
export interface Evidence extends Claim {
  readonly refs: readonly SourceRef[];
}

const VERDICTS = ['proven', 'likely', 'ambiguous', 'unattributed', 'not-agent'] as const;
/**
 * `proven`: one candidate, and the chain rests on records from outside the sandbox. `likely`: one candidate clearly ahead.
 * `ambiguous`: several remain. `unattributed`: none, or one without a trace. `not-agent`: a process of the platform.
 */
export type Verdict = (typeof VERDICTS)[number];

/** OTel GenAI: `gen_ai.conversation.id`. */
export interface EpisodeRef {
  readonly id: string;
  /** Training run. */
  readonly run?: string;
  /** Prompt group. */
  readonly group?: string;
  /** Training step. */
  readonly step?: number;
  readonly task?: string;
  readonly sandboxId?: string;
}

/** OTel GenAI: `gen_ai.tool.call.id`, `gen_ai.tool.name`. */
export interface ToolCallRef {
  /** The call's own id, or its place in the episode, from 0: unique only with the episode's. */
  readonly id: string;
  readonly name: string;
  /** Shell or code text, verbatim. */
  readonly command?: string;
  /** Corrected times. */
  readonly start?: Micros;
  readonly end?: Micros;
  readonly ref: SourceRef;
}

/** ECS: `process.*`. */
export interface ProcessRef {
  /** Absent where the sensor names the process by its entity id alone. */
  readonly pid?: number;
  /** The sensor's own id of this life of the pid: Sysmon's ProcessGuid, Tetragon's exec_id. */
  readonly entityId?: string;
  readonly host?: string;
  readonly executable?: string;
  readonly commandLine?: string;
  readonly ref?: SourceRef;
}

/** A possible cause. Without an episode it is a process outside every sandbox. */
export interface Candidate {
  readonly episode?: EpisodeRef;
  readonly toolCall?: ToolCallRef;
  readonly process?: ProcessRef;
  /** 0 to 1; those of all candidates, those ruled out as well, and of the null sum up to 1. */
  readonly probability: number;
  /** Without records: a night has candidates by the hundred thousand. Those of the first are cited by the attribution. */
  readonly evidence: readonly Claim[];
  /** Why this candidate is not the answer, when it is a rival. */
  readonly lostBecause?: string;
}

/** Rivals that were not ruled out either: a night has violations with hundreds, and only the likeliest are told with their facts. */
export interface Unlisted {
  /** Candidates. */
  readonly count: number;
  /** Of all of them together. */
  readonly probability: number;
  /** Their episodes that no listed candidate names, each once with its likeliest call, the likeliest first. */
  readonly suspects: readonly (Pick<Candidate, 'probability' | 'toolCall'> & { readonly episode: EpisodeRef })[];
}

export interface Attribution {
  readonly violation: Violation;
  readonly verdict: Verdict;
  /** 0 to 1: of the episode or process that is named; of the likeliest one where the verdict names none. */
  readonly probability: number;
  /** Only with `proven` and `likely`. */
  readonly episode?: EpisodeRef;
  /** Absent when the episode is sure and the call is not. */
  readonly toolCall?: ToolCallRef;
  /** Also with `not-agent`. */
  readonly process?: ProcessRef;
  /** Sorted by probability; the likeliest of the rivals that were not ruled out. */
  readonly candidates: readonly Candidate[];
  /** The others, where `candidates` does not hold them all. */
  readonly unlisted?: Unlisted;
  /** Probability that no agent, or an episode without trace, caused it. */
  readonly nullProbability: number;
  readonly evidence: readonly Evidence[];
  /** Records that would settle the case, in plain words. */
  readonly missing: readonly string[];
  /** What the verdict rests on, in one sentence. */
  readonly reason: string;
  /** Set when it came from this sandbox and no trace tells what ran there; the lease may still name the episode. */
  readonly untraced?: { readonly sandboxId: string; readonly episodeId?: string };
  /** Id of its incident. */
  readonly incident: string;
  /** Entry of the baseline that accepts it. */
  readonly accepted?: BaselineEntry;
}

/** Violations with one cause and category (or, unattributed, one source, destination and category). */
export interface Incident {
  readonly id: string;
  readonly verdict: Verdict;
  readonly category: string;
  /** How many violations it has, and how many records show them. */
  readonly violations: number;
  readonly records: number;
  /** Corrected times of its first and last violation. */
  readonly first: Micros;
  readonly last: Micros;
  /** Ids of its cause, as far as the verdict names one. */
  readonly episode?: string;
  readonly toolCall?: string;
  /** Ids of its violations. */
  readonly attributions: readonly string[];
  readonly requested?: Requested;
  /** Only when earlier nights were given. */
  readonly recurrence?: Recurrence;
  /** Only of cryptomining. */
  readonly gpu?: GpuTime;
}
