import { Folding } from '../fold/folding.ts';
import { formats } from '../formats/index.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import type { Event } from '../model/event.ts';
import type { ReadReport } from '../model/report.ts';
import { Spill } from '../sources/bytes/spill.ts';
import type { InputFile } from '../sources/files/discover.ts';
import { readHeads } from '../sources/heads/heads.ts';
import { findDuplicates } from '../sources/inputs/duplicates.ts';
import { findInputs } from '../sources/inputs/inputs.ts';
import type { UnpackOptions } from '../sources/inputs/unpack.ts';
import { Helpers } from './helpers.ts';
import type { RunOptions } from './options/run-options.ts';
import { allowedFormats, statedFormat } from './options/stated.ts';
import { readInReach } from './reach-run.ts';
import { Reading } from './reading.ts';
import { inLogs, lengthOf } from './reading-plan.ts';
import { withHeadless } from './recognising/headless.ts';
import { recogniseLate } from './recognising/late.ts';
import { type Recognised, recognise } from './recognising/recognise.ts';
import { keepableBytes, most } from './store/budget.ts';
import { type EventsByKind, emptyStore, keepAll, type LetGo, letGo } from './store/evidence-store.ts';

/** Everything read from the inputs, before any question is asked. */
export interface Gathered {
  readonly store: EventsByKind;
  readonly inputs: readonly ReadReport[];
  readonly problems: readonly Diagnostic[];
  /** Of inputs too long to be kept whole: whether all records of an event's connection or command are there. */
  readonly isWhole: (event: Event) => boolean;
  /** Whether all that ask for the same are there, see `ObserveContext`. */
  readonly isNumbered: (event: Event) => boolean;
  /** Violating records of long logs that were too many to keep each. */
  readonly folding: Folding;
  /** How long before a violation process records were taken, microseconds, where memory did not hold those of the usual time. */
  readonly narrowedUs: number | undefined;
  /** Share of the bytes that was read; less than 1 when the run was stopped. */
  readonly readShare: number;
  /** To be called when others hold what they need: lets go of the events, unless all were to be kept. */
  readonly letGo: (what: LetGo) => void;
  /** Lets go of what went to temporary files: what was counted can be asked for no more. */
  readonly close: () => void;
}

/** What to keep: every event, or what can bear on a violation where the inputs are too long, or none. */
export type Keeping = 'all' | 'reach' | 'none';

/** Discovers, recognises and reads all inputs. `onEvents` gets each batch, in the order of the files, unless they are read in reach. */
export async function gather(
  options: RunOptions,
  keeping: Keeping,
  onEvents?: (events: readonly Event[]) => void | Promise<void>,
): Promise<Gathered> {
  const { inputs, problems } = await findInputs(options.paths, options.cwd, unpacking(options));
  const helpers = new Helpers(options.threads);
  if (keeping === 'reach' && mayNeedHelp(inputs, helpers, options)) helpers.open(true);
  try {
    const files = await recognised(inputs, options);
    const reading = new Reading(options, { files, copies: await findDuplicates(files), problems });
    return await gatherFrom(reading, { options, keeping, helpers, onEvents });
  } finally {
    await helpers.close();
  }
}

function unpacking({ temporaryFiles, signal, onProgress }: RunOptions): UnpackOptions {
  return {
    signal,
    ...(temporaryFiles === false ? { folder: false } : {}),
    ...(onProgress && { onUnpacking: (unpacking) => onProgress({ stage: 'unpacking', ...unpacking }) }),
  };
}

interface GatherContext {
  readonly options: RunOptions;
  readonly keeping: Keeping;
  readonly helpers: Helpers;
  readonly onEvents: ((events: readonly Event[]) => void | Promise<void>) | undefined;
}

async function gatherFrom(reading: Reading, { options, keeping, helpers, onEvents }: GatherContext): Promise<Gathered> {
  const store = emptyStore();
  const spill = options.temporaryFiles === false ? undefined : new Spill();
  const close = (): void => spill?.close();
  const own = { store, letGo: keeping === 'all' ? () => {} : (what: LetGo) => letGo(store, what), close };
  const folding = new Folding(most('violations', options.memoryBytes), spill);
  if (keeping === 'reach' && isLong(reading.files, options)) {
    try {
      const reached = await readInReach(reading, { options, store, folding, helpers });
      return { folding, ...reached, ...reading.told(), ...own };
    } catch (error) {
      close();
      throw error;
    }
  }
  for (const file of inLogs(reading.files).flat())
    await reading.read(file, (events) => {
      if (keeping !== 'none') keepAll(store, events);
      return onEvents?.(events);
    });
  return {
    folding,
    isWhole: () => true,
    isNumbered: () => true,
    narrowedUs: undefined,
    ...reading.told(),
    ...own,
  };
}

async function recognised(inputs: readonly InputFile[], options: RunOptions): Promise<readonly Recognised[]> {
  const files: Recognised[] = [];
  for await (const { input, head } of readHeads(inputs))
    files.push(recognise(input, head, allowedFormats(input, formats, options), statedFormat(input, formats, options)));
  const known = await withHeadless(files, (input, format) => allowedFormats(input, formats, options).includes(format));
  const all: Recognised[] = [];
  for (const file of known) all.push(await recogniseLate(file, allowedFormats(file.input, formats, options)));
  return all;
}

/** As far as sizes tell: what the files are is not known yet. */
function mayNeedHelp(inputs: readonly InputFile[], { spare }: Helpers, options: RunOptions): boolean {
  const files = inputs.map((input) => ({ input }));
  return isLong(files, options) && files.some((file) => lengthOf(file) >= spare.fromBytes);
}

/** Too long to be kept whole. */
function isLong(files: readonly { readonly input: InputFile }[], { memoryBytes }: RunOptions): boolean {
  return files.reduce((sum, file) => sum + lengthOf(file), 0) > keepableBytes(memoryBytes);
}
