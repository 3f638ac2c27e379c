/** Ends of a session that was let pass (FortiOS log reference, field `action` of traffic logs). */
const PASSED = new Set([
  'accept',
  'close',
  'timeout',
  'client-rst',
  'server-rst',
  'ip-conn',
  'start',
  'passthrough',
  'pass',
  'dns',
]);

/** Whether the word of a traffic or security log says that the session passed. */
export function fortinetPassed(action: string | undefined): boolean {
  return action !== undefined && PASSED.has(action);
}
