import { compact, numberOf } from '../../core/json.ts';
import { ownText } from '../../core/own-text.ts';
import { RecentKeys } from '../../core/recent-keys.ts';
import { sharingTexts } from '../../core/shared-text.ts';
import { type Attributes, namesOf, pickText, quotedNamed, textNamed } from './attributes.ts';
import { KIN, KIN_WORDS, putKin } from './kin.ts';
import type { Span } from './message.ts';

/** Attributes that name the episode, best first. */
export const EPISODE = namesOf(
  'gen_ai.conversation.id',
  'conversation.id',
  'session.id',
  'rl.episode_id',
  'rl.episode.id',
  'rollout.id',
  'rollout_id',
  'traj_id',
  'trajectory_id',
  'langfuse.session.id',
  'traceloop.association.properties.session_id',
  'traceloop.association.properties.conversation_id',
  'traceloop.association.properties.episode_id',
  'ai.telemetry.metadata.sessionId',
  'ai.telemetry.metadata.session_id',
  'ai.telemetry.metadata.episodeId',
  'ai.telemetry.metadata.episode_id',
  'ai.telemetry.metadata.rolloutId',
);

export function ownEpisode(attributes: Attributes): string | undefined {
  return textNamed(attributes, EPISODE);
}

/** Spans and traces that are remembered. */
const REMEMBERED = 100_000;
const DEEPEST = 100;
const FEWEST = 64;
const PARENT_WORDS = KIN_WORDS - KIN.parent;

/**
 * Which episode a span belongs to: its own attribute, else the nearest ancestor's, across batches. Ids are numbers, because there
 * are very many.
 */
export class EpisodeKeys {
  readonly #spans: RecentKeys;
  /** Of each span, by its place. */
  #parents = new Uint32Array(FEWEST * PARENT_WORDS);
  readonly #keys: (string | undefined)[] = [];
  readonly #traces: RecentKeys;
  /** The only key seen in a trace, by its place; a second one makes the trace useless as a key. */
  readonly #keysOfTraces: (string | null)[] = [];
  readonly #shared = sharingTexts();
  readonly #kin = new Uint32Array(KIN_WORDS);

  constructor(limit = REMEMBERED) {
    this.#spans = new RecentKeys(KIN.parent, limit);
    this.#traces = new RecentKeys(KIN.span, limit);
  }

  /** The span's own key. */
  learn(span: Span): string | undefined {
    const key = this.keyOf(span.attributes);
    putKin(this.#kin, 0, span);
    this.see(this.#kin, 0, key);
    return key;
  }

  /** `ownEpisode`, which has few different answers for many spans. */
  keyOf(attributes: Attributes): string | undefined {
    const body = quotedNamed(attributes, EPISODE);
    return body === undefined || body.includes('\\') ? ownEpisode(attributes) : this.#shared(body);
  }

  /** Mostly the same copy of equal names. */
  shared(name: string): string {
    return this.#shared(name);
  }

  /** The same of a span whose ids stand among other numbers, see `KIN`. */
  see(kin: Uint32Array, at: number, key: string | undefined): void {
    const place = this.#spans.put(kin, at);
    this.#keys[place] = key;
    this.#putParent(place, kin, at);
    if (key === undefined) return;
    const trace = this.#traces.put(kin, at);
    const before = this.#traces.wasNew ? key : this.#keysOfTraces[trace];
    this.#keysOfTraces[trace] = before === key ? key : null;
  }

  #putParent(place: number, kin: Uint32Array, at: number): void {
    const to = place * PARENT_WORDS;
    if (to >= this.#parents.length) {
      const parents = new Uint32Array(this.#parents.length * 2);
      parents.set(this.#parents);
      this.#parents = parents;
    }
    for (let i = 0; i < PARENT_WORDS; i++) this.#parents[to + i] = kin[at + KIN.parent + i] ?? 0;
  }

  /** The key; `open` when an ancestor has not been seen yet and may still name it. */
  find(span: Span): { readonly key: string } | 'open' {
    const kin = this.#kin;
    putKin(kin, 0, span);
    for (let depth = 0; depth < DEEPEST; depth++) {
      const place = this.#spans.find(kin, 0);
      if (place < 0) return 'open';
      const key = this.#keys[place];
      if (key !== undefined) return { key };
      if (!this.#climb(place)) break;
    }
    return { key: this.last(span) };
  }

  /** Whether a span stands under another one, as far as its ancestors are known. */
  isUnder(span: Span, other: Span): boolean {
    const kin = this.#kin;
    putKin(kin, 0, other);
    const [high, low] = kin.subarray(KIN.span, KIN.parent);
    putKin(kin, 0, span);
    kin.copyWithin(KIN.span, KIN.parent, KIN_WORDS);
    for (let depth = 0; depth < DEEPEST && isId(kin); depth++) {
      if (kin[KIN.span] === high && kin[KIN.span + 1] === low) return true;
      const place = this.#spans.find(kin, 0);
      if (place < 0 || !this.#climb(place)) return false;
    }
    return false;
  }

  /** Turns from a span to its parent; false where there is none. */
  #climb(place: number): boolean {
    const from = place * PARENT_WORDS;
    this.#kin.set(this.#parents.subarray(from, from + PARENT_WORDS), KIN.span);
    return isId(this.#kin);
  }

  /** The only key seen in the trace, else the trace itself. */
  last(span: Span): string {
    putKin(this.#kin, 0, span);
    const place = this.#traces.find(this.#kin, 0);
    return (place < 0 ? undefined : this.#keysOfTraces[place]) ?? ownText(span.traceId);
  }
}

function isId(kin: Uint32Array): boolean {
  return kin[KIN.span] !== 0 || kin[KIN.span + 1] !== 0;
}

export function trainingOf(attributes: Attributes): {
  group?: string;
  step?: number;
  run?: string;
  task?: string;
  attempt?: string;
  reward?: number;
} {
  return compact({
    group: pickText(attributes, 'rl.group_id', 'rl.group.id', 'traj_group_id', 'rl.env_id', 'rl.env.id', 'rl.group'),
    step: numberOf(pickText(attributes, 'rl.global_step', 'rl.train_step', 'global_step', 'rl.training_step')),
    run: pickText(attributes, 'rl.run_id', 'rl.run.id', 'run.id', 'run_id'),
    task: pickText(
      attributes,
      'rl.task_id',
      'rl.task.id',
      'task.id',
      'task_id',
      'sample.id',
      'ai.telemetry.metadata.sampleId',
    ),
    attempt: pickText(attributes, 'rl.attempt', 'attempt', 'ai.telemetry.metadata.epoch'),
    reward: numberOf(pickText(attributes, 'rl.reward', 'reward', 'gen_ai.evaluation.score.value')),
  });
}
