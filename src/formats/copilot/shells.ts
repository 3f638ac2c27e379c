/** How the shell tools end what they say of a command that goes on, with the id of its shell. */
const RUNS_ON = [
  /<command started in (?:detached )?background with shellId: ([^>\s]+)>\s*$/,
  /<command with shellId: (\S+) is still running after [^>]*>\s*$/,
];
const ENDED =
  /<(?:exited|shellId: \S+ completed|command with id: \S+ exited) with exit code -?\d+>\s*$|<command with id: \S+ stopped>\s*$/;

/** The shell in which a command goes on behind its result. */
export function leftRunning(name: string, output: string): string | undefined {
  if (!/^(?:bash|powershell)$/.test(name)) return undefined;
  for (const pattern of RUNS_ON) {
    const shell = pattern.exec(output)?.[1];
    if (shell !== undefined) return shell;
  }
  return undefined;
}

/** Whether a call that looks at a shell, writes to it or stops it says that its command is over. */
export function hasEnded(name: string, output: string): boolean {
  return /^(?:read|write|stop)_(?:bash|powershell)$/.test(name) && ENDED.test(output);
}
