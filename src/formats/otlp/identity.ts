import { compact, numberOf } from '../../core/json.ts';
import { ownText } from '../../core/own-text.ts';
import { sharingTexts } from '../../core/shared-text.ts';
import { forgetOldest } from '../../core/tool-call.ts';
import { type Attributes, namesOf, pickText, quotedNamed, textNamed } from './attributes.ts';
import type { Span } from './message.ts';
import { type Kin, SpanLog } from './span-log.ts';

/** Attributes that name the episode, best first. */
const EPISODE = namesOf(
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

interface Known {
  readonly parentId: string | undefined;
  readonly key: string | undefined;
}

/** Spans and traces that are remembered. */
const REMEMBERED = 100_000;
/** Spans that wait until somebody asks: about as much memory as those that are remembered then. */
const MOST_UNSEEN = 500_000;

/**
 * Which episode a span belongs to: its own attribute, else the nearest ancestor's, across batches. Where all spans have keys of
 * their own, as with many emitters, nobody asks for another one: they are only looked through when somebody does, one after
 * the other as if each had been looked at when it came.
 */
export class EpisodeKeys {
  /** All spans so far, until somebody asks or they are too many. */
  #unseen: SpanLog | undefined;
  readonly #spans = new Map<string, Known>();
  /** Keys seen in a trace; a second one makes the trace useless as a key. */
  readonly #traces = new Map<string, string | null>();
  readonly #limit: number;
  readonly #shared = sharingTexts();

  constructor(limit = REMEMBERED, mostUnseen = MOST_UNSEEN) {
    this.#limit = limit;
    this.#unseen = new SpanLog(mostUnseen);
  }

  /** The span's own key. */
  learn({ traceId, spanId, parentId, attributes }: Span): string | undefined {
    const key = this.#keyOf(attributes);
    const kin = { traceId, spanId, parentId, key };
    if (this.#unseen?.note(kin) !== true) {
      this.#seeAll();
      this.#see(kin);
    }
    return key;
  }

  /** `ownEpisode`, which has few different answers for many spans. */
  #keyOf(attributes: Attributes): string | undefined {
    const body = quotedNamed(attributes, EPISODE);
    return body === undefined || body.includes('\\') ? ownEpisode(attributes) : this.#shared(body);
  }

  /** The ids may be parts of a line, which is not to be held. */
  #see({ traceId, spanId, parentId, key }: Kin): void {
    const known = { parentId: parentId === undefined ? undefined : ownText(parentId), key };
    this.#spans.set(ownText(`${traceId}/${spanId}`), known);
    forgetOldest(this.#spans, this.#limit);
    if (key === undefined) return;
    const before = this.#traces.get(traceId);
    this.#traces.set(ownText(traceId), before === undefined || before === key ? key : null);
    forgetOldest(this.#traces, this.#limit);
  }

  #seeAll(): void {
    const unseen = this.#unseen;
    this.#unseen = undefined;
    for (const kin of unseen?.all() ?? []) this.#see(kin);
  }

  /** The key; `open` when an ancestor has not been seen yet and may still name it. */
  find({ traceId, spanId }: Span): { readonly key: string } | 'open' {
    this.#seeAll();
    let id: string | undefined = spanId;
    for (let depth = 0; id !== undefined && depth < 100; depth++) {
      const known = this.#spans.get(`${traceId}/${id}`);
      if (known === undefined) return 'open';
      if (known.key !== undefined) return { key: known.key };
      id = known.parentId;
    }
    return { key: this.#lastOf(traceId) };
  }

  /** Whether a span stands under another one, as far as its ancestors are known. */
  isUnder({ traceId, parentId }: Span, { spanId }: Span): boolean {
    this.#seeAll();
    let id = parentId;
    for (let depth = 0; id !== undefined && depth < 100; depth++) {
      if (id === spanId) return true;
      id = this.#spans.get(`${traceId}/${id}`)?.parentId;
    }
    return false;
  }

  /** The only key seen in the trace, else the trace itself. */
  last({ traceId }: Span): string {
    this.#seeAll();
    return this.#lastOf(traceId);
  }

  #lastOf(traceId: string): string {
    return this.#traces.get(traceId) ?? ownText(traceId);
  }
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
