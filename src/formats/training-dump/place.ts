import type { EpisodeEvent, ToolCallEvent } from '../../model/event.ts';
import type { RawRecord } from '../../model/source.ts';
import type { Conversations } from './conversation.ts';

export type Kind =
  | 'chat'
  | 'roll'
  | 'verl'
  | 'skyrl'
  | 'areal'
  | 'areal-session'
  | 'nemo-rl'
  | 'slime'
  | 'rllm'
  | 'art'
  | 'trl';

export type Out = EpisodeEvent | ToolCallEvent;

export interface Place {
  readonly record: RawRecord;
  /** Path without its ending: every step of every run has files of the same names. */
  readonly stem: string;
  readonly kind: Kind;
  readonly conversations: Conversations;
  readonly zoneOffsetMin: number;
}
