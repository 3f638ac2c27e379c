import { reachOf } from '../../core/tools/reach.ts';
import type { Fact } from '../../model/case.ts';
import type { Micros } from '../../model/time.ts';
import type { Call } from '../episodes/call.ts';
import type { Trail } from '../trail/walk.ts';
import { START_SLACK_US } from './lease-facts.ts';

/** How the time of a call stands to the beginning of a flow. */
export type Timing =
  | 'before-call'
  | 'asleep'
  | 'placed'
  | 'part-of-window'
  | 'inside'
  | 'background'
  | 'over'
  | 'open'
  | 'ended';

/**
 * So much earlier than its call a flow may look beyond what is known of their clocks. Nothing connects before it runs. Chosen on variants of
 * a recorded night with lost logs: with 1 s more calls were blamed wrongly, and fewer rightly.
 */
const EARLY_US = 250_000;

function slackBefore({ isPadded }: Pick<Trail, 'isPadded'>): number {
  return isPadded === true ? START_SLACK_US : EARLY_US;
}

/**
 * Undefined where it says nothing. `hasProcess`: a process record stands for the call, and says more than its end.
 * `latestEnd`: when the call had ended for sure.
 */
export function timingOf(
  call: Call,
  trail: Trail,
  hasProcess: boolean,
  latestEnd: Micros | undefined = call.end,
): Timing | undefined {
  const { begun, windowUs, errorUs } = trail;
  if (call.start === undefined) return undefined;
  if (begun + windowUs < call.start - call.earlyUs - errorUs - slackBefore(trail))
    return hasProcess ? undefined : 'before-call';
  const reach = hasProcess || call.command === undefined ? undefined : reachOf(call.command);
  if (reach !== undefined && begun + windowUs < call.start + reach.from * 1e6 - call.earlyUs - errorUs - START_SLACK_US)
    return 'asleep';
  if (call.end !== undefined && begun <= call.end + call.lateUs + errorUs) {
    if (call.timing === 'inferred') return 'placed';
    return windowUs > call.lateUs && !spans(call, trail) ? 'part-of-window' : 'inside';
  }
  if (hasProcess) return undefined;
  if (call.background) {
    const over = call.start + (call.truncated ? Infinity : (reach?.to ?? Infinity)) * 1e6 + call.lateUs + errorUs;
    return begun > over ? 'over' : 'background';
  }
  return call.end !== undefined || hasPassed(latestEnd, call, trail) ? 'ended' : 'open';
}

function hasPassed(end: Micros | undefined, { lateUs }: Call, { begun, errorUs }: Trail): boolean {
  return end !== undefined && begun > end + lateUs + errorUs + START_SLACK_US;
}

/** Whether the call ran all the time in which the flow may have begun. */
function spans(call: Call, { begun, windowUs, errorUs }: Trail): boolean {
  const slackUs = errorUs + START_SLACK_US;
  return (
    begun >= (call.start ?? Infinity) - call.earlyUs - slackUs &&
    begun + windowUs <= (call.end ?? Infinity) + call.lateUs + slackUs
  );
}

const CODES = {
  'before-call': 'time-excludes',
  asleep: 'time-excludes',
  placed: 'time-in-episode',
  'part-of-window': 'time-in-call',
  inside: 'time-in-call',
  background: 'time-in-episode',
  over: 'time-excludes',
  open: 'time-in-episode',
  ended: 'time-excludes',
} as const;

const TEXTS = {
  'before-call': 'the flow began before the call',
  asleep: 'the call slept before it ran anything that connects, and the flow began before',
  'part-of-window': 'the call ran during a part of the time in which the flow began',
  inside: 'the flow began while the call ran',
  background: 'the call left something running in the background',
  over: 'what the call left in the background sleeps and connects once, and was over',
  open: 'no record tells when the call ended',
  ended: 'the call had ended and shows no sign of leaving anything behind',
} as const;

export function timeFact(timing: Timing, { rejected, trust, ref }: Call): Fact {
  const says = timing === 'placed' ? placedSays(rejected) : TEXTS[timing];
  return { code: CODES[timing], strength: timing, says, trust, refs: [ref] };
}

/** Time of a call that has none of its own says little. */
function placedSays(rejected: string | undefined): string {
  const why = rejected ?? 'the record gives it no time of its own';
  return `the flow began between the calls before and after this one (${why})`;
}
