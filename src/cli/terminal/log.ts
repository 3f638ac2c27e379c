/** Structured log on stderr, for `--verbose`: static messages, facts in the object. */
export async function createLog(verbose: boolean): Promise<{ info: (facts: object, message: string) => void }> {
  if (!verbose) return { info: () => undefined };
  const { destination, pino } = await import('pino');
  const log = pino({ name: 'egressblame', base: null }, destination({ dest: 2, sync: true }));
  return { info: (facts, message) => log.info(facts, message) };
}
