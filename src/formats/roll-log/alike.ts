import type { AlikeRecord } from '../../model/alike-record.ts';
import type { Decoded } from '../../model/format.ts';
import type { RawRecord } from '../../model/source.ts';
import type { TemplatePart } from '../../model/template.ts';
import { mayTell } from './line.ts';
import { DONE } from './messages.ts';

const HEAD = /^\[\d{4}-\d\d-\d\d \d\d:[0-5]\d:[0-5]\d\] \[[^\]]* \(\d+\)\] \[[A-Z]+\] \[[^\]]*\]\[PID \d+\] /;
/** Where tens of minutes and of seconds stand. */
const [MINUTE, SECOND] = [15, 18];
const FIVE = 53;
const TWO: TemplatePart = { kind: 'digits', use: 'free', count: 2 };
const SAME: TemplatePart = { kind: 'field', use: 'same', stop: ']' };
const REST: TemplatePart = { kind: 'rest', use: 'free' };

/** By so much of a message `mayTell` decides. */
const TELLING = 2;
const STEP_DONE: readonly TemplatePart[] = [
  { literal: '[ENV_STEP] Success! - Step ' },
  { kind: 'digits', use: 'free' },
  { literal: ' finished, task: ' },
  { kind: 'field', use: 'free', stop: ',' },
  { literal: ', reward: ' },
  REST,
];

/** Messages that tell nothing differ in what stands behind their first letters, and ends of steps in numbers and names. */
export function alikeLine({ text }: RawRecord, made: Decoded): AlikeRecord | undefined {
  const head = made.status === 'skipped' ? HEAD.exec(text)?.[0] : undefined;
  if (head === undefined) return undefined;
  const message = messageParts(text.slice(head.length));
  if (message === undefined) return undefined;
  const hour: TemplatePart = { kind: 'field', use: 'same', stop: ':' };
  const stamp = [{ literal: '[' }, hour, { literal: ':' }, TWO, { literal: ':' }, TWO];
  const writer = [{ literal: '] [' }, SAME, { literal: '] [' }, SAME, { literal: '] [' }, SAME];
  return { template: [...stamp, ...writer, { literal: '][PID ' }, SAME, { literal: '] ' }, ...message], holdsFor };
}

function messageParts(message: string): readonly TemplatePart[] | undefined {
  if (DONE.test(message)) return STEP_DONE;
  const first = message.slice(0, TELLING);
  return /^[ -~]{2}$/.test(first) && !mayTell(message, { messageAt: 0 }) ? [{ literal: first }, REST] : undefined;
}

/** Whether its time is one. */
function holdsFor(bytes: Uint8Array, from: number): boolean {
  return (bytes[from + MINUTE] ?? 0) <= FIVE && (bytes[from + SECOND] ?? 0) <= FIVE;
}
