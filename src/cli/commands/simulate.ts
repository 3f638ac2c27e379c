import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { familyNames, simulateNight } from '../../simulate/index.ts';
import { EXIT } from '../exit/exit-codes.ts';
import { unwritten } from '../files/unwritten.ts';
import { checkWritable } from '../files/writable.ts';

export interface SimulateFlags {
  readonly seed: number;
  readonly families?: string;
  readonly episodes?: number;
  readonly records?: number;
  readonly out: string;
}

/** Writes a night with its truth into a folder. */
export async function simulateCommand(flags: SimulateFlags): Promise<number> {
  const families = flags.families === undefined ? [] : flags.families.split(',').map((name) => name.trim());
  const unknown = families.filter((name) => !familyNames.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`egressblame: no such family: ${unknown.join(', ')}; there are ${familyNames.join(', ')}\n`);
    return EXIT.usage;
  }
  checkWritable([join(flags.out, 'truth.jsonl')], process.cwd());
  const written = writeNight(flags, families);
  process.stdout.write(`${written} files in ${flags.out}\n`);
  return EXIT.clean;
}

/** The number of files. */
function writeNight({ seed, episodes, records, out }: SimulateFlags, families: readonly string[]): number {
  const open = new Map<string, number>();
  const size = { ...(episodes === undefined ? {} : { episodes }), ...(records === undefined ? {} : { records }) };
  try {
    for (const { file, text } of simulateNight({ seed, families, ...size })) {
      const path = join(out, file);
      mkdirSync(dirname(path), { recursive: true });
      const handle = open.get(file) ?? openSync(path, 'w');
      open.set(file, handle);
      writeFileSync(handle, text);
    }
  } catch (error) {
    throw unwritten(out, error);
  } finally {
    for (const handle of open.values()) closeSync(handle);
  }
  return open.size;
}
