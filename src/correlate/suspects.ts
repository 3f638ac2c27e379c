import { isPrivateIp } from '../core/ip.ts';
import { compact } from '../core/json.ts';
import type { EpisodeRef, ProcessRef, ToolCallRef } from '../model/attribution.ts';
import type { Fact, Suspect } from '../model/case.ts';
import type { Micros } from '../model/time.ts';
import type { Call } from './calls.ts';
import type { Episode } from './episodes.ts';
import type { LeaseTable } from './leases.ts';
import type { Owner } from './owners.ts';
import { NO_PID, type Process } from './processes.ts';
import {
  callFacts,
  lineageSays,
  type Mentions,
  mentionsOf,
  ownerFact,
  platformSays,
  type Scene,
  START_SLACK_US,
  type SuspectContext,
} from './suspect-facts.ts';
import type { Trail } from './walk.ts';

const MAX_BYSTANDERS = 12;

/** Everybody who can have caused the violation, with the facts for and against each. */
export function listSuspects(scene: Scene, context: SuspectContext): readonly Suspect[] {
  const byKey = new Map<string, Suspect>();
  const put = (suspect: Suspect): void => {
    const known = byKey.get(suspect.key);
    byKey.set(suspect.key, known === undefined ? suspect : { ...known, facts: mergeFacts(known.facts, suspect.facts) });
  };
  const mentions = mentionsOf(scene.trail, context.mentions);
  const owned = scene.owners.filter((owner) => owner.origin.call !== undefined);
  for (const owner of scene.owners) for (const suspect of ownerSuspects(owner, scene, mentions, context)) put(suspect);
  const settled = owned.length > 0;
  for (const suspect of mentionSuspects(scene, mentions, context, settled)) put(suspect);
  if (!settled) for (const suspect of bystanders(scene, mentions, context)) put(suspect);
  const suspects = [...byKey.values()];
  return suspects.length < 2 ? suspects : suspects.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function mergeFacts(a: readonly Fact[], b: readonly Fact[]): readonly Fact[] {
  const seen = new Set(a.map((fact) => `${fact.code}|${fact.strength}`));
  return [...a, ...b.filter((fact) => !seen.has(`${fact.code}|${fact.strength}`))];
}

function ownerSuspects(owner: Owner, scene: Scene, mentions: Mentions, context: SuspectContext): readonly Suspect[] {
  const { origin } = owner;
  const process = processRef(owner.process);
  const how = ownerFact(owner);
  if (
    origin.platform !== undefined ||
    (scene.trail.hostOwned && origin.call === undefined && origin.sandboxId === undefined)
  ) {
    const says = platformSays(origin.platform ?? 'host', owner.process);
    const fact: Fact = {
      code: 'process-lineage',
      strength: `platform-${origin.platform ?? 'host'}`,
      says,
      trust: 'outside',
      refs: [owner.process.ref],
    };
    return [
      {
        key: `platform|${processKey(owner.process)}`,
        kind: 'platform',
        process,
        facts: [how, fact],
      },
    ];
  }
  if (origin.call === undefined) return untracedSuspect(owner, scene, context, process, how);
  const calls = [origin.call, ...origin.rivals];
  // Equal commands whose times are only known from their neighbours cannot be told apart: none of them leads.
  const tied = origin.rivals.length > 0 && calls.some(({ timing }) => timing === 'inferred');
  return calls.map((call, i) => {
    const lineage: Fact = {
      code: 'process-lineage',
      strength: `${origin.callBy ?? 'time'}${origin.closedBy === 'adopted' ? '-adopted' : ''}${i > 0 || tied ? '-rival' : ''}`,
      says: lineageSays(owner, call),
      trust: 'outside',
      refs: origin.refs.slice(0, 6),
    };
    return callSuspect(call, [how, lineage, ...callFacts(call, scene, mentions, context, true)], context, process);
  });
}

function untracedSuspect(
  owner: Owner,
  scene: Scene,
  context: SuspectContext,
  process: ProcessRef,
  how: Fact,
): readonly Suspect[] {
  const sandboxId = owner.origin.sandboxId;
  if (sandboxId === undefined) return [stranger(owner, process, how)];
  const at = owner.origin.chain[owner.origin.chain.length - 1]?.first ?? scene.trail.begun;
  const lease = context.leases.at(sandboxId, at, START_SLACK_US)[0];
  if (lease?.episodeId === undefined || !owner.origin.untraced) return [stranger(owner, process, how)];
  const fact: Fact = {
    code: 'process-lineage',
    strength: 'untraced',
    says: `pid ${owner.process.pid} started in ${sandboxId} while ${lease.episodeId} held it, an episode without any recorded call`,
    trust: 'outside',
    refs: [owner.process.ref, lease.ref],
  };
  return [
    {
      key: `episode|${lease.episodeId}`,
      kind: 'episode',
      episode: episodeRef(lease.episodeId, sandboxId, context),
      process,
      facts: [how, fact],
    },
  ];
}

/** The process is known and nothing says where it comes from: it stands for itself, against every named call. */
function stranger(owner: Owner, process: ProcessRef, how: Fact): Suspect {
  return { key: `unknown|${processKey(owner.process)}`, kind: 'unknown', process, facts: [how] };
}

function mentionSuspects(
  scene: Scene,
  mentions: Mentions,
  context: SuspectContext,
  settled: boolean,
): readonly Suspect[] {
  const out: Suspect[] = [];
  for (const { entry } of mentions.values()) {
    const { call } = entry;
    if (!call.executed || (settled && scene.sandboxes !== undefined && !scene.sandboxes.has(call.sandboxId ?? '')))
      continue;
    if (scene.trail.host !== undefined && call.host !== undefined && call.host !== scene.trail.host) continue;
    if (
      call.start !== undefined &&
      call.start > scene.trail.begun + scene.trail.windowUs + START_SLACK_US * 2 + call.earlyUs + scene.trail.errorUs
    )
      continue;
    const facts = callFacts(call, scene, mentions, context, false);
    const against: Fact[] = settled
      ? [
          {
            code: 'process-excludes',
            strength: 'other-process',
            says: 'the process that opened the flow was started by another call',
            trust: 'outside',
            refs: [],
          },
        ]
      : [];
    out.push(callSuspect(call, [...facts, ...against], context, undefined));
  }
  return nearest(out, scene.trail.begun);
}

/** Calls that ran, and episodes that lived, at the moment: evidence of last resort. */
function bystanders(scene: Scene, mentions: Mentions, context: SuspectContext): readonly Suspect[] {
  const { begun, windowUs } = scene.trail;
  const endsBy = begun + windowUs;
  if (scene.sandboxes === undefined && isOutsider(scene.trail, context.leases)) return [];
  const sandboxes = scene.sandboxes ?? context.leases.sandboxesOnHost(scene.trail.host);
  const out: Suspect[] = [];
  for (const sandbox of sandboxes) {
    for (const episode of context.episodes.ofSandbox(sandbox)) {
      if (endsBy < (episode.start ?? -Infinity) - START_SLACK_US || begun >= (episode.end ?? Infinity) + START_SLACK_US)
        continue;
      const running = episode.calls.all.filter(
        (call) =>
          call.executed &&
          call.start !== undefined &&
          !mentions.has(call.key) &&
          endsBy >= call.start - call.earlyUs - START_SLACK_US &&
          begun <= (call.end ?? Infinity) + call.lateUs,
      );
      for (const call of running)
        out.push(callSuspect(call, callFacts(call, scene, mentions, context, false), context, undefined));
      if (running.length > 0) continue;
      out.push(aliveSuspect(episode, sandbox, context));
    }
  }
  return nearest(out, begun);
}

function aliveSuspect({ id, refs }: Episode, sandbox: string, context: SuspectContext): Suspect {
  const fact: Fact = {
    code: 'time-in-episode',
    strength: 'alive',
    says: 'the episode was live then',
    trust: 'outside',
    refs: refs.slice(0, 2),
  };
  const facts = [fact];
  return context.alive.one(`${sandbox}|${id}`, facts, () => ({
    key: `episode|${id}`,
    kind: 'episode',
    episode: episodeRef(id, sandbox, context),
    facts,
  }));
}

/** A private address that no sandbox and no host of sandboxes ever held: who lived then elsewhere says nothing. */
function isOutsider(trail: Trail, leases: LeaseTable): boolean {
  const ip = trail.tuples[0]?.srcIp;
  return (
    ip !== undefined &&
    ip !== '' &&
    isPrivateIp(ip) &&
    trail.host === undefined &&
    leases.statesIps &&
    leases.leasesByIp(ip).length === 0
  );
}

function nearest(suspects: readonly Suspect[], at: Micros): readonly Suspect[] {
  if (suspects.length <= MAX_BYSTANDERS) return suspects;
  const distance = (suspect: Suspect): number => Math.abs((suspect.toolCall?.start ?? 0) - at);
  return [...suspects].sort((a, b) => distance(a) - distance(b) || (a.key < b.key ? -1 : 1)).slice(0, MAX_BYSTANDERS);
}

function callSuspect(
  call: Call,
  facts: readonly Fact[],
  context: SuspectContext,
  process: ProcessRef | undefined,
): Suspect {
  const make = (): Suspect => ({
    key: `call|${call.key}`,
    kind: 'call',
    episode: episodeRef(call.episodeId, call.sandboxId, context),
    toolCall: callRef(call),
    ...(process === undefined ? {} : { process }),
    facts,
  });
  return process === undefined ? context.running.one(call.key, facts, make) : make();
}

function episodeRef(id: string, sandboxId: string | undefined, context: SuspectContext): EpisodeRef {
  const episode = context.episodes.episodes.get(id);
  return compact({
    id,
    run: episode?.run,
    group: episode?.group,
    step: episode?.step,
    task: episode?.task,
    sandboxId,
  });
}

function callRef(call: Call): ToolCallRef {
  const { command, start, end, ref } = call;
  return compact({ id: call.callId ?? String(call.index), name: call.name, command, start, end, ref });
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
