import { destination, pino } from 'pino';

/** Structured log on stderr, for `--verbose`: static messages, facts in the object. */
export function createLog(verbose: boolean): { info: (facts: object, message: string) => void } {
  if (!verbose) return { info: () => undefined };
  const log = pino({ name: 'egressblame', base: null }, destination({ dest: 2, sync: true }));
  return { info: (facts, message) => log.info(facts, message) };
}
