import { NO_PORT } from '../../core/network/ports-around.ts';
import { ownText } from '../../core/text/own-text.ts';
import { remembered } from '../../core/text/remembered.ts';
import { isOffline } from '../../core/tools/offline.ts';
import type { Fact } from '../../model/case.ts';
import type { Micros } from '../../model/time.ts';
import type { Category } from '../../model/violation.ts';
import type { Call } from '../episodes/call.ts';
import type { CallNames } from '../episodes/call-names.ts';
import type { EpisodeNames } from '../episodes/episode-names.ts';
import type { EpisodeTable } from '../episodes/episodes.ts';
import type { LeaseTable } from '../leases/leases.ts';
import type { Owner } from '../processes/owner.ts';
import { type Process, pidName } from '../processes/process.ts';
import type { Trail } from '../trail/walk.ts';
import type { BeginningOf } from './beginnings.ts';
import type { Contradiction } from './contradictions.ts';
import type { GoesElsewhere } from './elsewhere.ts';
import type { CallMention, MentionTable } from './mentions.ts';
import { outOfStepFact } from './out-of-step.ts';
import type { RecentCalls } from './recent-calls.ts';
import { isOfPlatform, mayRunOutside } from './remote-tools.ts';
import type { Mentioned, Mentions, Scene } from './scene.ts';
import type { SameFact, Shelf } from './shelf.ts';
import { timeFact, timingOf } from './time-facts.ts';

export interface SuspectContext {
  readonly leases: LeaseTable;
  readonly episodes: EpisodeTable;
  readonly mentions: MentionTable;
  /** Suspects that are met again: calls, and episodes that were alive. */
  readonly running: Shelf;
  readonly alive: Shelf;
  readonly recent: RecentCalls;
  /** Episodes and calls as the report names them. */
  readonly named: EpisodeNames;
  readonly called: CallNames;
  readonly sameFact: SameFact;
  readonly beginningOf: BeginningOf;
  readonly contradiction: Contradiction;
  /** Categories that a command's text looks like. */
  readonly classify: (command: string) => readonly Category[];
  readonly goesElsewhere: GoesElsewhere;
}

function nameOf(process: Process): string {
  const { comm, execs, exe } = process;
  return `${comm ?? execs[0]?.exe ?? exe ?? 'process'} (${pidName(process)})`;
}

/** What is said of processes is kept by the ten thousand, each of one violation: as texts of their own, see `ownText`. */
export function ownerFact(owner: Owner): Fact {
  const where = owner.process.host === undefined ? '' : ` on ${owner.process.host}`;
  const name = nameOf(owner.process);
  if (owner.how === 'exec-arguments') {
    return {
      code: 'dst-in-arguments',
      strength: 'exec',
      says: ownText(`${name}${where} was started with the destination in its arguments`),
      trust: 'outside',
      refs: [owner.ref],
    };
  }
  const texts = {
    tuple: 'opened a socket with this very 5-tuple',
    record: 'is the process that the record itself names',
    'shared-tuple': 'shares the socket with this very 5-tuple',
    snapshot: 'held the socket with this very 5-tuple',
    destination: `connected to the destination ${Math.round(owner.distanceUs / 1000)} ms from the flow's start`,
    resolver: 'queried the resolver at that moment',
  } as const;
  return {
    code: 'socket-owner',
    strength: owner.isFirm ? owner.how : 'apart',
    says: ownText(`${name}${where} ${texts[owner.how]}`),
    trust: 'outside',
    refs: [owner.ref],
  };
}

export function platformSays(kind: 'uid' | 'parent' | 'host', process: Process): string {
  const name = nameOf(process);
  if (kind === 'uid') return ownText(`${name} runs as uid ${process.uid ?? '?'}, which belongs to no sandbox`);
  if (kind === 'parent') return ownText(`${name} was started by pid ${process.ppid ?? '?'}, which starts no tool call`);
  return ownText(`${name} uses the host's own address, outside every sandbox`);
}

export function lineageSays({ origin, process }: Owner, call: Call): string {
  const { chain, callBy, closedBy } = origin;
  const top = chain[chain.length - 1] ?? process;
  const between = chain.slice(1, -1).map((one) => pidName(one).replace(/^pid /, ''));
  const through = between.length === 0 ? '' : ` through ${between.join(', ')}`;
  const descent =
    chain.length < 2 ? `${pidName(top)} is a process` : `${pidName(process)} descends${through} from ${pidName(top)},`;
  const tie = TIES[callBy ?? 'time'];
  const adopted =
    closedBy === 'adopted' ? '; one parent left no record and was found by pid order and command text' : '';
  return ownText(`${descent} ${tie} ${call.callId ?? call.index}${adopted}`);
}

/** How the topmost process was tied to the call. */
const TIES = {
  argv: 'whose command line is the call',
  'argv-part': 'whose command stands in the call',
  time: 'which started during the call',
} as const;

/** A port that stands by itself in a text. */
const wordOfPort = remembered((port) => new RegExp(`(?<![\\d.])${port}(?!\\d)`));

/** Facts that do not depend on a process record. */
export function callFacts(
  call: Call,
  scene: Scene,
  mentions: Mentions,
  context: SuspectContext,
  hasProcess: boolean,
): readonly Fact[] {
  const mentioned = mentions.byCall.get(call.key);
  const { trail, category } = scene;
  const facts = mentioned === undefined ? [] : mentionFacts(call, mentioned, trail);
  const isElsewhere = mentioned !== undefined && namesOtherPort(mentioned, trail);
  if (!isElsewhere && looksLike(call, scene, context)) facts.push(behaviourFact(category, call));
  if (call.sandboxId !== undefined && !(mayRunOutside(call) && isOfPlatform(scene)))
    facts.push(...scene.leaseFacts(call.sandboxId, hasProcess));
  const timing = timingOf(call, trail, hasProcess, latestEnd(call, context));
  if (timing !== undefined) facts.push(timeFact(timing, call));
  const outOfStep = timing === undefined ? undefined : outOfStepFact(call, timing, scene);
  if (outOfStep !== undefined) facts.push(outOfStep);
  const contradiction = context.contradiction(call);
  if (contradiction !== undefined) facts.push(contradiction);
  return facts;
}

/** When a call without an end of its own had ended for sure: with its episode. */
export function latestEnd(call: Call, { episodes }: Pick<SuspectContext, 'episodes'>): Micros | undefined {
  return call.end ?? episodes.episodes.get(call.episodeId)?.end;
}

/** Wherever the call names the address, or a name that had resolved to it, it names a port with it, and never the flow's. */
function namesOtherPort({ entry, via, value }: Mentioned, trail: Trail): boolean {
  const { dstIps, dstPort, tuples, answers } = trail;
  const { ports } = entry.mention;
  const hasNoPort = tuples.length > 0 && tuples.every(({ transport }) => transport.includes('icmp'));
  const isAddress = via === 'ip' || answers.some(({ name, resolved }) => resolved && name === value);
  if (!isAddress || ports === undefined || dstIps.size > 1 || (dstPort === undefined && !hasNoPort)) return false;
  return !ports.includes(hasNoPort ? NO_PORT : (dstPort ?? NO_PORT));
}

/** The port stands in the call, or beside the value in the text that was decoded or written to a file. */
function saysPort(
  port: number,
  { command, argumentsText }: Call,
  { entry: { mention, writtenBy } }: Mentioned,
): boolean {
  return (
    wordOfPort(String(port)).test(command ?? argumentsText ?? '') ||
    ((writtenBy !== undefined || mention.encoding !== 'literal') && mention.ports?.includes(port) === true)
  );
}

function mentionFacts(call: Call, mentioned: Mentioned, trail: Trail): Fact[] {
  const { answers, dstPort } = trail;
  const { value } = mentioned;
  const facts = [mentionFact(call, mentioned, trail)];
  if (mentioned.entry.isSaid) return facts;
  const answer = answers.find(({ name, resolved }) => resolved && name === value);
  if (answer !== undefined)
    facts.push({
      code: 'dns-answer',
      strength: 'logged',
      says: `${value} had been answered with the destination's address`,
      trust: 'outside',
      refs: [answer.ref],
    });
  if (dstPort !== undefined && saysPort(dstPort, call, mentioned))
    facts.push({
      code: 'dst-in-arguments',
      strength: 'port',
      says: `port ${dstPort} stands there as well`,
      trust: call.trust,
      refs: [call.ref],
    });
  return facts;
}

function mentionFact(call: Call, mentioned: Mentioned, trail: Trail): Fact {
  const { trust, ref } = call;
  const { entry, via, value } = mentioned;
  const { mention, writtenBy, isSaid } = entry;
  const { encoding } = mention;
  const decoded = encoding === 'literal' ? '' : ` (${encoding})`;
  if (writtenBy !== undefined)
    return {
      code: 'dst-in-output-file',
      strength: isSaid ? 'said' : 'file',
      says: `${value} stands in a file that an earlier call wrote and this call ${isSaid ? 'only reads' : 'uses'}${decoded}`,
      trust,
      refs: [ref, writtenBy.ref],
    };
  if (isSaid)
    return {
      code: 'dst-in-arguments',
      strength: 'said',
      says: `${value} stands in the call's arguments${decoded}, which only look for it, print it or write it down`,
      trust,
      refs: [ref],
    };
  return {
    code: 'dst-in-arguments',
    strength: namesOtherPort(mentioned, trail) ? 'other-port' : encoding !== 'literal' ? 'decoded' : via,
    says: `${value} stands in the call's arguments${decoded}`,
    trust,
    refs: [ref],
  };
}

/** Whether the kind of the command is that of the violation. What opens no connection only speaks of it, and what names other places alone went there. */
export function looksLike(
  { command }: Call,
  { category, trail }: Pick<Scene, 'category' | 'trail'>,
  { classify, goesElsewhere }: Pick<SuspectContext, 'classify' | 'goesElsewhere'>,
): boolean {
  if (command === undefined || !classify(command).includes(category)) return false;
  return !isOffline(command) && !goesElsewhere(command, trail);
}

export function behaviourFact(category: Category, { trust, ref }: Call): Fact {
  return {
    code: 'behaviour-match',
    strength: 'category',
    says: `the command looks like ${category}`,
    trust,
    refs: [ref],
  };
}

export function mentionsOf(trail: Trail, table: MentionTable): Mentions {
  const byCall = new Map<string, Mentioned>();
  const keep = (entry: CallMention, via: 'ip' | 'domain', value: string): void => {
    const known = byCall.get(entry.call.key);
    if (known === undefined || rank(entry) < rank(known.entry)) byCall.set(entry.call.key, { entry, via, value });
  };
  for (const ip of trail.dstIps) for (const entry of table.ofIp(ip)) keep(entry, 'ip', ip);
  for (const name of trail.domains) for (const entry of table.ofDomain(name)) keep(entry, 'domain', name);
  if (byCall.size === 0) return NOBODY;
  return { byCall, episodes: new Set(Array.from(byCall.values(), ({ entry }) => entry.call.episodeId)) };
}

/** Of several ways in which a call names the destination, the strongest. */
function rank({ isSaid, writtenBy }: CallMention): number {
  return (isSaid ? 2 : 0) + (writtenBy === undefined ? 0 : 1);
}

const NOBODY: Mentions = { byCall: new Map(), episodes: new Set() };
