// Loaded into a contender with --import: on exit it writes what the process used to file descriptor 3.
import { readFileSync, writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/** Peak of this program alone. Linux lets maxRSS begin at the peak of the process that launched it; VmHWM does not. */
function peakKb() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS;
  return Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
}

// Worker threads load it as well; what they used is counted with the process.
if (isMainThread)
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    writeSync(3, JSON.stringify({ cpuMs: (userCPUTime + systemCPUTime) / 1e3, rssMb: (peakKb() * 1024) / 1e6 }));
  });
