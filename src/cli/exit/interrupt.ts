import { EXIT } from './exit-codes.ts';

/** The first Ctrl-C ends the reading, and what was read is answered; the second ends the program. */
export function stopOnInterrupt(): { readonly signal: AbortSignal; readonly done: () => void } {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    controller.abort();
  };
  process.on('SIGINT', stop);
  return { signal: controller.signal, done: () => process.off('SIGINT', stop) };
}
