import { extrasOf } from '../../core/calls/chunk.ts';
import { ownText } from '../../core/text/own-text.ts';
import { plainlySaid } from '../../core/tools/quoted-said.ts';
import type { AlikeCall, CutRecord, Said } from '../../model/call-cutter.ts';
import type { ToolCallEvent } from '../../model/event.ts';
import type { SourceRef } from '../../model/source.ts';
import type { RecordUse, Template } from '../../model/template.ts';
import { MESSAGES } from './asked.ts';
import type { CutSpan } from './cut-span.ts';
import { EpisodeKeys } from './identity.ts';
import { type Resource, usualMicros } from './message.ts';
import { NAMES } from './names.ts';
import { EPISODE, ROLLOUT, TRAINING } from './naming.ts';
import type { SpanShape } from './span-shape.ts';
import { templateOf } from './span-template.ts';
import { CLAUDE_TOOL, callOf, isRelayed, spanKind } from './spans.ts';

/** Kinds of spans of one shape that are remembered. */
const MOST_KINDS = 16;
/** Texts of one kind's arguments that are remembered. */
const MOST_SAID = 20_000;
/** Longer ones seldom come twice. */
const LONGEST_SAID = 1000;
const NANOS_DIGITS = 3;

/** Groups of what differs from call to call. */
interface Differing {
  readonly callId: number;
  readonly arguments: number;
  readonly start: number;
  readonly end: number;
}

/** Spans of one shape and resource that are alike: what decided what they are has the same texts. */
interface Kind {
  readonly resource: Resource;
  readonly groups: readonly number[];
  readonly texts: readonly (string | undefined)[];
  /** Undefined where they are no calls. */
  readonly like: ToolCallEvent | undefined;
  /** By the text of their arguments. */
  readonly said: Map<string, Said>;
}

interface Plan {
  /** Undefined where calls differ in other ways than most. */
  readonly differing: Differing | undefined;
  /** Of the episode's name, where it is a text. */
  readonly episode: number | undefined;
  readonly kinds: Kind[];
  /** What groups are for, those included that decided what any of the kinds is. Undefined where one is for several things. */
  uses: Map<number, RecordUse | 'same'> | undefined;
  template: Template | undefined;
}

/**
 * What spans are that are like others. What a span is follows from the texts of those groups that working it out asked for: another
 * one of its shape with the same texts there is the same but for what differs from call to call.
 */
export class AlikeSpans {
  readonly #keys = new EpisodeKeys(1);
  readonly #plans = new Map<SpanShape, Plan>();
  /** Another one as soon as a template no longer holds. */
  edition = 0;

  /** Undefined where its line must be decoded. */
  recordOf(span: CutSpan, ref: SourceRef): CutRecord | undefined {
    const { shape } = span;
    if (!shape.isUsual || describes(span)) return undefined;
    if (span.among(MESSAGES).length > 0 && spanKind(span) === 'other') return undefined;
    const plan = this.#planOf(span);
    const kind = kindOf(plan, span);
    if (kind === undefined) return this.#learn(span, ref, plan);
    const episodeId = this.#episodeOf(span, plan);
    if (kind.like === undefined) return { episodeId, call: undefined, isAlike: true };
    if (episodeId === undefined || plan.differing === undefined) return undefined;
    const call = alike(span, ref, { kind, differing: plan.differing, like: kind.like, episodeId });
    return { episodeId, call, isAlike: true };
  }

  /** What spans have in common that are like this one; undefined where they cannot be compared. */
  templateOf(span: CutSpan): Template | undefined {
    const plan = this.#plans.get(span.shape);
    if (plan?.uses === undefined) return undefined;
    plan.template ??= templateOf(span.shape, plan.uses);
    return plan.template;
  }

  #planOf(span: CutSpan): Plan {
    const { shape } = span;
    const known = this.#plans.get(shape);
    if (known !== undefined) return known;
    const differing = differingOf(span);
    const episode = textGroup(span, EPISODE);
    const uses = usesOf(span, differing, episode);
    const plan: Plan = { differing, episode, kinds: [], uses, template: undefined };
    this.#plans.set(shape, plan);
    return plan;
  }

  #episodeOf(span: CutSpan, { episode }: Plan): string | undefined {
    const body = episode === undefined ? undefined : span.textOf(episode);
    return body === undefined || body === '' || body.includes('\\')
      ? this.#keys.keyOf(span.attributes)
      : this.#keys.shared(body);
  }

  #learn(span: CutSpan, ref: SourceRef, plan: Plan): CutRecord | undefined {
    const episodeId = this.#keys.keyOf(span.attributes);
    const reads = new Set<number>();
    const traced = span.traced(reads);
    const kind = spanKind(traced);
    if (kind === 'episode' || kind === 'pending' || (kind === 'tool' && episodeId === undefined)) return undefined;
    // One span says whether the call of another ran, or tells of the same.
    if (traced.name.startsWith(CLAUDE_TOOL) || (kind === 'tool' && isRelayed(traced))) return undefined;
    const call = kind === 'tool' ? callOf({ span: traced, ref }, { episodeId: episodeId ?? '', index: 0 }) : undefined;
    if (remember(plan, span, { reads, call }) && plan.template !== undefined) {
      plan.template = undefined;
      this.edition++;
    }
    return { episodeId, call };
  }
}

/** Whether a span says something of its episode that others are told, see `describedBy`. */
function describes(span: CutSpan): boolean {
  const { naming } = span.resource;
  if (naming.training !== undefined || naming.rollout !== undefined || span.among(TRAINING).length > 0) return true;
  const [rollout] = span.among(ROLLOUT);
  return rollout !== undefined && rollout !== span.among(EPISODE)[0];
}

/** Of the groups that differ from span to span. */
function usesOf(span: CutSpan, differing: Differing | undefined, episode: number | undefined): Plan['uses'] {
  const { traceId, spanId, parentSpanId, startTimeUnixNano, endTimeUnixNano } = span.shape.groups;
  const uses = new Map<number, RecordUse>();
  const put = (use: RecordUse, group: number | undefined): void => {
    if (group !== undefined) uses.set(group, use);
  };
  put('traceId', traceId);
  put('spanId', spanId);
  put('parentId', parentSpanId);
  put('from', startTimeUnixNano);
  put('until', endTimeUnixNano);
  put('episode', episode);
  put('callId', differing?.callId);
  put('said', differing?.arguments);
  // Its name must be read from something else.
  return episode === undefined && span.among(EPISODE).length > 0 ? undefined : uses;
}

function textGroup(span: CutSpan, names: Parameters<CutSpan['among']>[0]): number | undefined {
  const slot = span.shape.attributes.get(span.among(names)[0] ?? '');
  return slot?.isText ? slot.group : undefined;
}

function differingOf(span: CutSpan): Differing | undefined {
  const { startTimeUnixNano: start, endTimeUnixNano: end } = span.shape.groups;
  const callId = textGroup(span, NAMES.callId);
  const args = textGroup(span, NAMES.arguments);
  if (start === undefined || end === undefined || callId === undefined || args === undefined) return undefined;
  return { callId, arguments: args, start, end };
}

function kindOf({ kinds }: Plan, span: CutSpan): Kind | undefined {
  for (let i = 0; i < kinds.length; i++) {
    const kind = kinds[i];
    if (kind === undefined || kind.resource !== span.resource || !hasTexts(span, kind)) continue;
    // Nearer to the front for the next.
    const before = kinds[i - 1];
    if (before !== undefined) {
      kinds[i - 1] = kind;
      kinds[i] = before;
    }
    return kind;
  }
  return undefined;
}

function hasTexts(span: CutSpan, { groups, texts }: Kind): boolean {
  for (let i = 0; i < groups.length; i++) if (span.textOf(groups[i] ?? 0) !== texts[i]) return false;
  return true;
}

interface Learned {
  readonly reads: ReadonlySet<number>;
  readonly call: ToolCallEvent | undefined;
}

/** Whether more has to be compared than before. */
function remember(plan: Plan, span: CutSpan, { reads, call }: Learned): boolean {
  const { kinds, differing } = plan;
  if (kinds.length >= MOST_KINDS) return false;
  const own = new Set<number>(differing === undefined ? [] : Object.values(differing));
  const groups = [...reads].filter((group) => call === undefined || !own.has(group));
  // A long text is seldom the same again.
  const texts = groups.map((group) => ownTextOf(span, group));
  if (texts.some((text) => text !== undefined && text.length > LONGEST_SAID)) return false;
  if (call !== undefined && (differing === undefined || !isPlain(call, span, differing))) return false;
  kinds.push({ resource: span.resource, groups, texts, like: call, said: new Map() });
  return compare(plan, groups);
}

/** Takes note that some groups decide what a span is. */
function compare(plan: Plan, groups: readonly number[]): boolean {
  let isMore = false;
  for (const group of groups) {
    const use = plan.uses?.get(group);
    if (use === 'same') continue;
    isMore = true;
    if (use === undefined) plan.uses?.set(group, 'same');
    else plan.uses = undefined;
  }
  return isMore;
}

function ownTextOf(span: CutSpan, group: number): string | undefined {
  const text = span.textOf(group);
  return text === undefined ? undefined : ownText(text);
}

function isPlain(call: ToolCallEvent, span: CutSpan, { callId }: Differing): boolean {
  return extrasOf(call) === undefined && call.callId === span.textOf(callId);
}

interface Alike {
  readonly kind: Kind;
  readonly like: ToolCallEvent;
  readonly differing: Differing;
  readonly episodeId: string;
}

function alike(span: CutSpan, ref: SourceRef, { kind, like, differing, episodeId }: Alike): ToolCallEvent | AlikeCall {
  const callId = span.textOf(differing.callId) ?? '';
  const isUsual = callId !== '' && !callId.includes('\\');
  const said = isUsual ? saidIn(kind, like.name, span.textOf(differing.arguments) ?? '') : undefined;
  if (said === undefined) return callOf({ span, ref }, { episodeId, index: 0 });
  const start = span.textOf(differing.start) ?? '';
  return {
    kind: 'alike',
    like,
    said,
    callId,
    ref,
    start: usualMicros(start),
    end: usualMicros(span.textOf(differing.end) ?? ''),
    nanos: Number(start.slice(-NANOS_DIGITS)),
  };
}

/** Undefined where the call would not be alike. */
function saidIn({ said }: Kind, tool: string, body: string): Said | undefined {
  const known = said.get(body);
  if (known !== undefined) return known;
  const read = plainlySaid(tool, body);
  if (read === undefined || body.length > LONGEST_SAID) return read;
  if (said.size >= MOST_SAID) said.clear();
  said.set(ownText(body), read);
  return read;
}
