import type { Progress } from '../pipeline.ts';

const EVERY_MS = 200;

/** A line on stderr with bytes, rate and time left; nothing when stderr is no terminal. */
export function progressLine(quiet: boolean): { update: (progress: Progress) => void; done: () => void } {
  if (quiet || process.stderr.isTTY !== true) return { update: () => undefined, done: () => undefined };
  const started = performance.now();
  let last = 0;
  let shown = false;
  return {
    update: ({ readBytes, totalBytes }) => {
      const now = performance.now();
      if (now - last < EVERY_MS) return;
      last = now;
      shown = true;
      const seconds = (now - started) / 1000;
      const rate = readBytes / seconds;
      const left = rate > 0 ? Math.max(0, (totalBytes - readBytes) / rate) : 0;
      process.stderr.write(
        `\r\u001b[K${mega(readBytes)} of ${mega(totalBytes)} MB read, ${mega(rate)} MB/s, ${left.toFixed(0)} s left`,
      );
    },
    done: () => {
      if (shown) process.stderr.write('\r\u001b[K');
    },
  };
}

function mega(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
