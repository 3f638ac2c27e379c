import { AskedCalls } from '../../core/tools/asked-calls.ts';
import { CallCounter, type Counted } from '../../core/tools/tool-call.ts';
import { EpisodeKeys } from './identity.ts';
import type { LogState } from './logs.ts';
import { PendingSpans } from './pending.ts';
import { PlainSpans } from './plain-spans.ts';
import { RelayedCalls } from './relayed.ts';
import type { Placed } from './spans.ts';

/** Spans that wait for the ancestor which names their episode; children are exported before their parents. */
export const WAITING_LIMIT = 10_000;
export const NOTHING_IN_IT = 'no tool call or agent in the batch';

/** What the requests of a file have told so far. */
export interface State extends LogState {
  readonly keys: EpisodeKeys;
  readonly plain: PlainSpans;
  readonly waiting: Map<string, Placed[]>;
  /** Episodes of a trace whose training step no span has told yet. */
  readonly stepless: Map<string, { readonly placed: Placed; readonly episodeId: string }[]>;
  waitingCount: number;
  readonly pending: PendingSpans;
  readonly relayed: RelayedCalls;
  /** What models asked for. */
  readonly asked: AskedCalls;
  /** What spans of calls said last of their episodes. */
  readonly described: Map<string, string>;
  /** Of the calls of episodes, by the number of their name among lines that were cut. */
  readonly entries: Counted[];
  /** By the same: numbers of keys. */
  readonly keyNumbers: number[];
}

export function openState(): State {
  return {
    plain: new PlainSpans(),
    keys: new EpisodeKeys(),
    calls: new CallCounter(),
    refused: new Map(),
    waiting: new Map(),
    stepless: new Map(),
    waitingCount: 0,
    pending: new PendingSpans(),
    asked: new AskedCalls(),
    relayed: new RelayedCalls(),
    described: new Map(),
    entries: [],
    keyNumbers: [],
  };
}
