/** The call or the configuration is at fault: its message is shown as it is, and the exit code is that of usage. */
export class UsageError extends Error {}
