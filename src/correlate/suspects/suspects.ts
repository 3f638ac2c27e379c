import { compact } from '../../core/json/json.ts';
import type { ProcessRef } from '../../model/attribution.ts';
import type { Fact, Suspect } from '../../model/case.ts';
import type { Call } from '../episodes/call.ts';
import { namesPlace } from '../processes/argument-owners.ts';
import { EXEC_SLACK_US } from '../processes/exec-calls.ts';
import { namesProgram } from '../processes/exec-text.ts';
import type { Owner } from '../processes/owner.ts';
import { NO_PID, type Process, pidName } from '../processes/process.ts';
import { takesCommands } from '../processes/takes-commands.ts';
import { bystanders, MAX_BYSTANDERS } from './bystanders.ts';
import { callSuspect, keyOfCall } from './call-suspect.ts';
import { START_SLACK_US } from './lease-facts.ts';
import { openNearest } from './nearest.ts';
import { isAskedByTool } from './remote-tools.ts';
import type { Mentions, Scene } from './scene.ts';
import { callFacts, lineageSays, ownerFact, platformSays, type SuspectContext } from './suspect-facts.ts';
import { areTied } from './tied.ts';

/** Everybody who can have caused the violation, with the facts for and against each. */
export function listSuspects(scene: Scene, context: SuspectContext): readonly Suspect[] {
  const byKey = new Map<string, Suspect>();
  const put = (suspect: Suspect): void => {
    const known = byKey.get(suspect.key);
    byKey.set(suspect.key, known === undefined ? suspect : { ...known, facts: mergeFacts(known.facts, suspect.facts) });
  };
  const { mentions } = scene;
  const started = callsOf(scene.owners);
  for (const owner of scene.owners) for (const suspect of ownerSuspects(owner, scene, mentions, context)) put(suspect);
  const settled = started.size > 0;
  for (const suspect of mentionSuspects(scene, mentions, context, started)) put(suspect);
  if (!settled) for (const suspect of bystanders(scene, mentions, context)) put(suspect);
  const suspects = [...byKey.values()];
  return suspects.length < 2 ? suspects : suspects.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function mergeFacts(a: readonly Fact[], b: readonly Fact[]): readonly Fact[] {
  const seen = new Set(a.map((fact) => `${fact.code}|${fact.strength}`));
  return [...a, ...b.filter((fact) => !seen.has(`${fact.code}|${fact.strength}`))];
}

function ownerSuspects(owner: Owner, scene: Scene, mentions: Mentions, context: SuspectContext): readonly Suspect[] {
  const { platform, call, sandboxId, rivals } = owner.origin;
  const how = ownerFact(owner);
  const isPlatform = platform !== undefined || (scene.trail.hostOwned && call === undefined && sandboxId === undefined);
  if (isPlatform) return [platformSuspect(owner, scene, how)];
  const process = processRef(owner.process);
  if (call === undefined) return untracedSuspect(owner, scene, context, process, how);
  const calls = [call, ...rivals];
  const tied = areTied(calls);
  return calls.map((one, i) => {
    const lineage = lineageFact(owner, one, { isSure: isSure(owner, scene), isRival: i > 0 || tied });
    const known = callFacts(one, scene, mentions, context, owner.isFirm);
    // What the call names, its process names: one fact.
    const isOne = how.code === 'dst-in-arguments' && mentions.byCall.get(one.key)?.entry.isSaid === false;
    return callSuspect(one, isOne ? [lineage, ...known] : [how, lineage, ...known], context, process);
  });
}

function isSure({ isFirm }: Owner, { trail }: Scene): boolean {
  return isFirm || trail.hostOwned;
}

function platformSuspect(owner: Owner, scene: Scene, how: Fact): Suspect {
  const platform = owner.origin.platform ?? 'host';
  const lineage: Fact = {
    code: 'process-lineage',
    strength: isSure(owner, scene) && !isAskedByTool(scene) ? `platform-${platform}` : 'unsure',
    says: platformSays(platform, owner.process),
    trust: 'outside',
    refs: [owner.process.ref],
  };
  return {
    key: `platform|${processKey(owner.process)}`,
    kind: 'platform',
    process: processRef(owner.process),
    facts: [how, lineage],
  };
}

function lineageFact(
  owner: Owner,
  call: Call,
  { isSure, isRival }: { readonly isSure: boolean; readonly isRival: boolean },
): Fact {
  const { callBy = 'time', closedBy, refs } = owner.origin;
  const how = `${callBy}${closedBy === 'adopted' ? '-adopted' : ''}${isRival ? '-rival' : ''}`;
  return {
    code: 'process-lineage',
    strength: isSure ? how : 'unsure',
    says: lineageSays(owner, call),
    trust: 'outside',
    refs: refs.slice(0, 6),
  };
}

function untracedSuspect(
  owner: Owner,
  scene: Scene,
  context: SuspectContext,
  process: ProcessRef,
  how: Fact,
): readonly Suspect[] {
  const sandboxId = owner.origin.sandboxId;
  if (sandboxId === undefined) return [stranger(owner, process, [how])];
  const top = owner.origin.chain[owner.origin.chain.length - 1] ?? owner.process;
  const { holder: lease, mayBeEarlier } = context.beginningOf(sandboxId, top, scene.trail.begun);
  if (lease?.episodeId === undefined || mayBeEarlier || !owner.origin.untraced)
    return [stranger(owner, process, owner.isFirm ? [how, ...unrecordedCall(owner, scene)] : [how])];
  const fact: Fact = {
    code: 'process-lineage',
    strength: owner.isFirm ? 'untraced' : 'unsure',
    says: `${pidName(owner.process)} started in ${sandboxId} while ${lease.episodeId} held it, an episode without any recorded call`,
    trust: 'outside',
    refs: [owner.process.ref, lease.ref],
  };
  return [
    {
      key: `episode|${lease.episodeId}`,
      kind: 'episode',
      episode: context.named(lease.episodeId, sandboxId),
      process,
      facts: [how, fact],
    },
  ];
}

/** The process is known and nothing says where it comes from: it stands for itself, against every named call. */
function stranger(owner: Owner, process: ProcessRef, facts: readonly Fact[]): Suspect {
  return { key: `unknown|${processKey(owner.process)}`, kind: 'unknown', process, facts };
}

/** What starts the calls of the sandbox ran a command that names the destination, and no recorded call has it: no other explains the flow. */
function unrecordedCall({ origin }: Owner, { trail }: Scene): readonly Fact[] {
  const top = origin.chain[origin.chain.length - 1];
  const exec = origin.closedBy === 'root-pid' ? top?.execs.find(({ text }) => namesPlace(text, trail)) : undefined;
  if (top === undefined || exec === undefined) return [];
  return [
    {
      code: 'dst-in-arguments',
      strength: 'exec',
      says: `${pidName(top)} was started as calls of ${origin.sandboxId ?? 'the sandbox'} are, with the destination in its arguments, by no call that is recorded`,
      trust: 'outside',
      refs: [exec.ref],
    },
  ];
}

/** Calls that may have started a process that owns the flow. */
function callsOf(owners: readonly Owner[]): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const { origin, isFirm } of owners) {
    if (origin.call === undefined || !isFirm) continue;
    keys.add(origin.call.key);
    for (const rival of origin.rivals) keys.add(rival.key);
  }
  return keys;
}

/** Other calls that name the destination than those that started the flow's process: the nearest of them, if there are many. */
function mentionSuspects(
  scene: Scene,
  mentions: Mentions,
  context: SuspectContext,
  started: ReadonlySet<string>,
): readonly Suspect[] {
  const settled = started.size > 0;
  const nearest = openNearest<Call>(MAX_BYSTANDERS, keyOfCall);
  for (const { entry } of mentions.byCall.values()) {
    const { call } = entry;
    if (started.has(call.key) || !mayBeIts(call, scene, settled)) continue;
    const distance = Math.abs((call.start ?? 0) - scene.trail.begun);
    if (nearest.mayHold(distance)) nearest.offer(distance, call);
  }
  const owned = settled ? [] : strangerOwners(scene.owners);
  const strangers = owned.map(({ process }) => process);
  const against = (call: Call): readonly Fact[] => {
    if (settled) return [OTHER_PROCESS];
    if (areElsewhere(call, owned)) return [OTHER_SANDBOX];
    if (beganBefore(call, strangers)) return [EARLIER_PROCESS];
    return runsOther(call, strangers) ? [OTHER_PROGRAM] : [];
  };
  return nearest
    .all()
    .map((call) =>
      callSuspect(call, [...callFacts(call, scene, mentions, context, false), ...against(call)], context, undefined),
    );
}

/** Processes that opened the flow, where nothing says which call they come from. */
function strangerOwners(owners: readonly Owner[]): readonly Owner[] {
  return owners.filter(({ isFirm, origin }) => isFirm && origin.call === undefined && origin.platform === undefined);
}

/** All of them run in other sandboxes than the call. Everybody asks the resolver all the time: who did then tells less. */
function areElsewhere({ sandboxId }: Call, strangers: readonly Owner[]): boolean {
  return (
    sandboxId !== undefined &&
    strangers.length > 0 &&
    strangers.every(
      ({ how, origin }) => how !== 'resolver' && origin.sandboxId !== undefined && origin.sandboxId !== sandboxId,
    )
  );
}

/** All processes that may have opened the flow were there before the call, ran nothing new in it and are told nothing by calls. */
function beganBefore({ start, earlyUs }: Call, strangers: readonly Process[]): boolean {
  if (start === undefined || strangers.length === 0) return false;
  const before = start - earlyUs - EXEC_SLACK_US;
  return strangers.every(
    (process) => process.first < before && process.execs.every(({ at }) => at < before) && !takesCommands(process),
  );
}

/** None of the processes that may have opened the flow runs a program that stands in the command. */
function runsOther({ command }: Call, strangers: readonly Process[]): boolean {
  if (command === undefined || strangers.length === 0) return false;
  return strangers.map(namesOf).every((names) => names.length > 0 && !namesProgram(command, names));
}

function namesOf({ comm, exe, execs }: Process): readonly string[] {
  return [comm, exe, ...execs.map(({ text }) => text.split(' ')[0])].flatMap((name) => name || []);
}

const EARLIER_PROCESS: Fact = {
  code: 'process-excludes',
  strength: 'earlier-process',
  says: 'the process that opened the flow began before the call',
  trust: 'outside',
  refs: [],
};

/** A program may start others, so it is doubt and no proof. */
const OTHER_PROGRAM: Fact = {
  code: 'process-excludes',
  strength: 'other-program',
  says: 'the process that opened the flow runs a program that the command does not name',
  trust: 'outside',
  refs: [],
};

const OTHER_SANDBOX: Fact = {
  code: 'process-excludes',
  strength: 'other-process',
  says: 'the process that opened the flow runs in another sandbox',
  trust: 'outside',
  refs: [],
};

const OTHER_PROCESS: Fact = {
  code: 'process-excludes',
  strength: 'other-process',
  says: 'the process that opened the flow was started by another call',
  trust: 'outside',
  refs: [],
};

/** Whether a call that names the destination can have caused the violation. */
function mayBeIts(call: Call, { trail, sandboxes }: Scene, settled: boolean): boolean {
  if (!call.executed || (settled && sandboxes !== undefined && !sandboxes.has(call.sandboxId ?? ''))) return false;
  if (trail.host !== undefined && call.host !== undefined && call.host !== trail.host) return false;
  const latest = trail.begun + trail.windowUs + START_SLACK_US * 2 + call.earlyUs + trail.errorUs;
  return call.start === undefined || call.start <= latest;
}

const processKey = ({ host, pid, entityId }: Process): string =>
  `${host ?? ''}|${pid === NO_PID ? (entityId ?? '') : pid}`;

function processRef(process: Process): ProcessRef {
  const exec = process.execs[process.execs.length - 1];
  const executable = exec?.exe ?? exec?.args?.[0] ?? process.exe ?? process.comm;
  return compact({
    pid: process.pid === NO_PID ? undefined : process.pid,
    entityId: process.entityId,
    host: process.host,
    executable,
    commandLine: exec?.text || undefined,
    ref: exec?.ref ?? process.ref,
  });
}
