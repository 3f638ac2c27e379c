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

/** Which episode a span belongs to: its own attribute, else the nearest ancestor's, across batches. */
export class EpisodeKeys {
  readonly #spans = new Map<string, Known>();
  /** Keys seen in a trace; a second one makes the trace useless as a key. */
  readonly #traces = new Map<string, string | null>();

  /** The span's own key. */
  learn(span: Span): string | undefined {
    const key = ownEpisode(span.attributes);
    this.#spans.set(`${span.traceId}/${span.spanId}`, { parentId: span.parentId, key });
    forgetOldest(this.#spans, SPANS_REMEMBERED);
    if (key === undefined) return undefined;
    const known = this.#traces.get(span.traceId);
    this.#traces.set(span.traceId, known === undefined || known === key ? key : null);
    forgetOldest(this.#traces, SPANS_REMEMBERED);
    return key;
  }

  /** The key; `open` when an ancestor has not been seen yet and may still name it. */
  find(span: Span): { readonly key: string } | 'open' {
    let id: string | undefined = span.spanId;
    for (let depth = 0; id !== undefined && depth < 100; depth++) {
      const known = this.#spans.get(`${span.traceId}/${id}`);
      if (known === undefined) return 'open';
      if (known.key !== undefined) return { key: known.key };
      id = known.parentId;
    }
    return { key: this.last(span) };
  }

  /** Whether a span stands under another one, as far as its ancestors are known. */
  isUnder(span: Span, ancestor: Span): boolean {
    let id = span.parentId;
    for (let depth = 0; id !== undefined && depth < 100; depth++) {
      if (id === ancestor.spanId) return true;
      id = this.#spans.get(`${span.traceId}/${id}`)?.parentId;
    }
    return false;
  }

  /** The only key seen in the trace, else the trace itself. */
  last(span: Span): string {
    return this.#traces.get(span.traceId) ?? span.traceId;
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
