import type { Fact } from '../../model/case.ts';
import type { Micros } from '../../model/time.ts';
import type { Call } from '../episodes/call.ts';
import { START_SLACK_US } from './lease-facts.ts';
import { LEAST_EVEN_US, TIMES } from './pauses.ts';
import type { Scene } from './scene.ts';
import type { Series } from './series.ts';
import type { Timing } from './time-facts.ts';

/** What the pace of flows says against what a call left in the background; undefined where it says nothing. */
export function outOfStepFact(
  call: Call,
  timing: Timing,
  { trail, sandboxes, mentions, pausedAt, seriesAround }: Omit<Scene, 'category' | 'owners' | 'leaseFacts'>,
): Fact | undefined {
  const { start } = call;
  if (!call.background || start === undefined || (timing !== 'background' && timing !== 'inside')) return undefined;
  if (timing === 'background' && pausedAt !== undefined && start < pausedAt) return PAUSED;
  // Of several sandboxes behind one address the flows may seem even together; and of what names it not, nothing is believed anyway.
  if (sandboxes?.size !== 1 || !mentions.byCall.has(call.key)) return undefined;
  const slackUs = call.earlyUs + trail.errorUs + START_SLACK_US;
  const { own, all } = seriesAround();
  if (own !== undefined && own.first < start - slackUs) return ONGOING;
  const begun = all.find((series) => beginsWith(series, call, slackUs));
  const isOver = begun !== undefined && begun !== own && trail.begun > begun.last + pauseOf(begun);
  return isOver && timing === 'background' ? PAUSED : undefined;
}

/** The call began the series: it connected at once, and then time and again. */
function beginsWith({ first }: Series, { start = 0 as Micros, end = start, lateUs }: Call, slackUs: number): boolean {
  return first >= start - slackUs && first <= end + lateUs + slackUs;
}

function pauseOf({ every }: Series): number {
  return Math.max(LEAST_EVEN_US, TIMES * every);
}

const PAUSED: Fact = {
  code: 'time-excludes',
  strength: 'paused',
  says: 'flows of its time had ceased, and these began after a long pause',
  trust: 'outside',
  refs: [],
};

const ONGOING: Fact = {
  code: 'time-excludes',
  strength: 'ongoing',
  says: 'the flow is one of an even series that went on before the call began',
  trust: 'outside',
  refs: [],
};
