import { compact, numberOf } from '../../core/json.ts';
import { forgetOldest } from '../../core/tool-call.ts';
import { type Attributes, pickText, type Span } from './message.ts';

/** Attributes that name the episode, best first. */
const EPISODE_KEYS = [
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
] as const;

const SPANS_REMEMBERED = 100_000;

export function ownEpisode(attributes: Attributes): string | undefined {
  return pickText(attributes, ...EPISODE_KEYS);
}

interface Known {
  readonly parentId: string | undefined;
  readonly key: string | undefined;
}

/** Spans read lately, as texts: trace, span, parent, key. */
const TEXTS = 4;

/**
 * Which episode a span belongs to: its own attribute, else the nearest ancestor's, across batches. Where all spans have keys of
 * their own, as with many emitters, nobody asks for another one: they are only looked through when somebody does.
 */
export class EpisodeKeys {
  /** The last spans in turn, until somebody asks. */
  #unseen: (string | undefined)[] | undefined = [];
  #count = 0;
  readonly #spans = new Map<string, Known>();
  /** Keys seen in a trace; a second one makes the trace useless as a key. */
  readonly #traces = new Map<string, string | null>();

  /** The span's own key. */
  learn({ traceId, spanId, parentId, attributes }: Span): string | undefined {
    const key = ownEpisode(attributes);
    const unseen = this.#unseen;
    if (unseen === undefined) this.#see(traceId, `${traceId}/${spanId}`, { parentId, key });
    else {
      const at = (this.#count++ % SPANS_REMEMBERED) * TEXTS;
      unseen[at] = traceId;
      unseen[at + 1] = spanId;
      unseen[at + 2] = parentId;
      unseen[at + 3] = key;
    }
    return key;
  }

  #see(traceId: string, id: string, known: Known): void {
    this.#spans.set(id, known);
    forgetOldest(this.#spans, SPANS_REMEMBERED);
    const { key } = known;
    if (key === undefined) return;
    const before = this.#traces.get(traceId);
    this.#traces.set(traceId, before === undefined || before === key ? key : null);
    forgetOldest(this.#traces, SPANS_REMEMBERED);
  }

  #seeAll(): void {
    const unseen = this.#unseen;
    if (unseen === undefined) return;
    this.#unseen = undefined;
    for (let n = Math.max(0, this.#count - SPANS_REMEMBERED); n < this.#count; n++) {
      const at = (n % SPANS_REMEMBERED) * TEXTS;
      const traceId = unseen[at] ?? '';
      this.#see(traceId, `${traceId}/${unseen[at + 1] ?? ''}`, { parentId: unseen[at + 2], key: unseen[at + 3] });
    }
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
    return { key: this.#traces.get(traceId) ?? traceId };
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
    return this.#traces.get(traceId) ?? traceId;
  }
}

/** Sandbox, container, group and training facts that spans and their resource state. */
export function placeOf(span: {
  readonly attributes: Attributes;
  readonly resource: { readonly attributes: Attributes };
}): {
  sandboxId?: string;
  containerId?: string;
} {
  const both = [span.attributes, span.resource.attributes];
  const find = (...keys: readonly string[]): string | undefined => {
    for (const attributes of both) {
      const text = pickText(attributes, ...keys);
      if (text !== undefined) return text;
    }
    return undefined;
  };
  return compact({
    sandboxId: find('rock.sandbox.id', 'sandbox.id', 'sandbox_id', 'rl.sandbox_id', 'rl.sandbox.id', 'k8s.pod.name'),
    containerId: find('container.id'),
  });
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
