import { compact, numberOf } from '../../core/json/json.ts';
import { type Attributes, namesOf, pickText, textNamed } from './attributes.ts';

const ROLLOUTS = [
  'rl.episode_id',
  'rl.episode.id',
  'rl.rollout_id',
  'rl.rollout.id',
  'rollout.id',
  'rollout_id',
  'traj_id',
  'trajectory_id',
  'trajectory.id',
  'agentlightning.rollout_id',
  // Last: ROLL counts in `episode_id`, which is no name.
  'episode.id',
];
/** Attributes by which a trainer names one rollout, whose conversations may have names of their own. */
export const ROLLOUT = namesOf(...ROLLOUTS);

/** Attributes that name the episode, best first. */
export const EPISODE = namesOf(
  'gen_ai.conversation.id',
  'conversation.id',
  'session.id',
  ...ROLLOUTS,
  'langfuse.session.id',
  'gcp.vertex.agent.session_id',
  'traceloop.association.properties.session_id',
  'traceloop.association.properties.conversation_id',
  'traceloop.association.properties.episode_id',
  'traceloop.association.properties.rollout_id',
  'ai.telemetry.metadata.sessionId',
  'ai.telemetry.metadata.session_id',
  'ai.telemetry.metadata.episodeId',
  'ai.telemetry.metadata.episode_id',
  'ai.telemetry.metadata.rolloutId',
);

export function ownEpisode(attributes: Attributes): string | undefined {
  return textNamed(attributes, EPISODE);
}

/** What a trainer says of an episode. */
export interface Training {
  readonly group?: string;
  readonly step?: number;
  readonly run?: string;
  readonly task?: string;
  readonly attempt?: string;
  readonly reward?: number;
}

/** Names for each fact; those of a trainer alone come first. */
const OF_TRAINER = {
  group: ['rl.group_id', 'rl.group.id', 'traj_group_id', 'rl.group'],
  step: ['rl.global_step', 'rl.train_step', 'global_step', 'rl.training_step'],
  run: ['rl.run_id', 'rl.run.id'],
  task: ['rl.task_id', 'rl.task.id'],
  attempt: ['rl.attempt', 'agentlightning.attempt_id'],
  reward: ['rl.reward'],
} as const;
const OF_ANYBODY = {
  group: ['rl.env_id', 'rl.env.id'],
  step: [],
  run: ['run.id', 'run_id'],
  task: ['task.id', 'task_id', 'sample.id', 'ai.telemetry.metadata.sampleId'],
  attempt: ['attempt', 'ai.telemetry.metadata.epoch'],
  reward: ['reward', 'gen_ai.evaluation.score.value'],
} as const;

/** Attributes that the span of a call may have for its episode. */
export const TRAINING = namesOf(...Object.values(OF_TRAINER).flat());

/** What the span of an agent or a resource says. */
export function trainingOf(attributes: Attributes): Training {
  return { ...said(attributes, OF_ANYBODY), ...said(attributes, OF_TRAINER) };
}

/** What the span of a call says: `run_id` and the like are of the call there. */
export function callTrainingOf(attributes: Attributes): Training {
  return textNamed(attributes, TRAINING) === undefined ? {} : said(attributes, OF_TRAINER);
}

function said(attributes: Attributes, names: Readonly<Record<keyof Training, readonly string[]>>): Training {
  return compact({
    group: pickText(attributes, ...names.group),
    step: numberOf(pickText(attributes, ...names.step)),
    run: pickText(attributes, ...names.run),
    task: pickText(attributes, ...names.task),
    attempt: pickText(attributes, ...names.attempt),
    reward: numberOf(pickText(attributes, ...names.reward)),
  });
}

/** An instance of a service is mostly a process; one that is made for an episode is often called after it. */
const NAMED_INSTANCE = /^(?:ep|episode|rollout|traj|trajectory|trial)[-_./:]?[\w-]*\d/i;

/** What a resource and its scope say about all of their spans. */
export interface Naming {
  readonly episode?: string;
  readonly rollout?: string;
  readonly training?: Training;
}

export function namingOf(attributes: Attributes): Naming {
  const instance = pickText(attributes, 'service.instance.id') ?? '';
  const named = NAMED_INSTANCE.test(instance) ? instance : undefined;
  const step = numberOf(pickText(attributes, 'rl.step', 'training.step', 'training_step'));
  const training = { ...compact({ step }), ...trainingOf(attributes) };
  return compact({
    episode: ownEpisode(attributes) ?? named,
    rollout: textNamed(attributes, ROLLOUT) ?? named,
    training: Object.keys(training).length > 0 ? training : undefined,
  });
}
