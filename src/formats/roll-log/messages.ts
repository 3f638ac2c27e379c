import { textOf, tryJson } from '../../core/json/json.ts';

const STARTED =
  /^\[SANDBOX_INIT\] Success on attempt (\d+)! - Sandbox started successfully with IP: ([^,\s]*), sandbox_id: ([\w.-]+)/;
const RESET =
  /^\[ENV_RESET\] Success! - TaskID: ([^,]*), TaskName: ([^,]*), image: [^,]*, sandbox_ip: [^,]*, sandbox_id: ([\w.-]+)/;
const STEP = /^\[ENV_STEP\] START - GroupID: (\d+), Step:\s*(\d+)(?:, Task:([^,]*))?, Response:/;
export const DONE = /^\[ENV_STEP\] Success! - Step (\d+) finished, task: ([^,]*), reward: ([^,]*)/;
const DONE_UNNAMED = /^\[ENV_STEP\] Success! - Step (\d+) finished, reward: /;
const FILTERED = /^filter rollout group (\S+) episode (\S+)/;
/** First releases: the manager names all that a step is of, and its environment says the same again. */
const NAMED = /^\[ENV_STEP\] (?:START|Success!) - Group:(\d+), Env:(\d+), Episode:(\d+), Steps:(\d+), Task_name: /;
const NAMED_STEP = /^([^,]*), Sandbox_ip: [^,]*, sandbox_id: ([^,]*), Seed:[^,]*, model_response: /;
const UNTOLD = /^(?:N\/A|None)?$/;

/** A step that begins with what the model answered. */
export interface StepStart {
  readonly group: string;
  readonly step: number;
  readonly text: string;
  readonly task?: string | undefined;
  readonly sandboxId?: string | undefined;
  /** Tells the step among all of its file, where the record names it. */
  readonly name?: string | undefined;
  /** The response was written as JSON, so that it ends with its line. */
  readonly isWhole: boolean;
}

export function stepIn(message: string): StepStart | undefined {
  const plain = STEP.exec(message);
  if (plain !== null) {
    const [head, group = '', step, task] = plain;
    return { group, step: Number(step), task, ...responseOf(message.slice(head.length)) };
  }
  const named = nameIn(message);
  const rest = named === undefined ? '' : message.slice(named.end);
  const more = NAMED_STEP.exec(rest);
  if (named === undefined || more === null) return undefined;
  const { group, step, name } = named;
  const sandboxId = UNTOLD.test(more[2] ?? '') ? undefined : more[2];
  return { group, step, name, task: more[1], sandboxId, ...responseOf(rest.slice(more[0].length)) };
}

function responseOf(written: string): { text: string; isWhole: boolean } {
  const text = written.startsWith('"') ? textOf(tryJson(written.trimEnd())) : undefined;
  return { text: text ?? written, isWhole: text !== undefined };
}

interface StepName {
  readonly group: string;
  readonly step: number;
  readonly name: string;
  /** Where the name ends in the message. */
  readonly end: number;
}

function nameIn(message: string): StepName | undefined {
  const m = NAMED.exec(message);
  if (m === null) return undefined;
  const [head, group = '', env, episode, step] = m;
  return { group, step: Number(step), name: `${group} ${env} ${episode} ${step}`, end: head.length };
}

/** A step that ended: by its name, or its number and perhaps its task. */
export interface StepEnd {
  readonly step: number;
  readonly task?: string | undefined;
  readonly name?: string | undefined;
}

export function endIn(message: string): StepEnd | undefined {
  const done = DONE.exec(message) ?? DONE_UNNAMED.exec(message);
  if (done !== null) return { step: Number(done[1]), task: done[2] };
  return message.startsWith('[ENV_STEP] Success!') ? nameIn(message) : undefined;
}

export function startedIn(message: string): { ip: string; sandboxId: string } | undefined {
  const [, , ip = '', sandboxId] = STARTED.exec(message) ?? [];
  return sandboxId === undefined ? undefined : { ip, sandboxId };
}

export function resetIn(message: string): { id: string | undefined; task: string; sandboxId: string } | undefined {
  const [, id, task = '', sandboxId] = RESET.exec(message) ?? [];
  return sandboxId === undefined ? undefined : { id, task, sandboxId };
}

export function filteredIn(message: string): { group: string; attempt: string } | undefined {
  const [, group, attempt = ''] = FILTERED.exec(message) ?? [];
  return group === undefined ? undefined : { group, attempt };
}
