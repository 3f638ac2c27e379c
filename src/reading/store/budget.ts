import { NUMBERS } from '../../reach/moments/places.ts';

/** Memory that a run may take unless told otherwise. */
export const DEFAULT_MEMORY_BYTES = 256e6;

/** What the program itself needs. */
const OWN_MEMORY_BYTES = 64e6;
/** Memory that a byte of log costs when all of its events are kept, at most. */
const MEMORY_PER_BYTE = 8;

/** What is kept of long logs: which part of the memory it may take, what one of it takes (measured), and how many are kept however little memory there is. */
interface Share {
  readonly of: number;
  readonly bytes: number;
  readonly fewest: number;
}

const SHARES = {
  /** Violating records, with their verdicts and what these rest on. */
  violations: { of: 0.375, bytes: 2_300, fewest: 10_000 },
  /** Process records around violations. */
  near: { of: 0.125, bytes: 850, fewest: 10_000 },
  /** Connections and translations to far ends of violations. */
  flows: { of: 0.125, bytes: 850, fewest: 10_000 },
  /** Places of lines that may matter later: the others are in a temporary file, from which they are read once, in their order. */
  places: { of: 1 / 32, bytes: NUMBERS * Uint32Array.BYTES_PER_ELEMENT, fewest: 0 },
} as const satisfies Record<string, Share>;

type Kept = keyof typeof SHARES;

/** Bytes of logs that may be kept whole. */
export function keepableBytes(memoryBytes = DEFAULT_MEMORY_BYTES): number {
  return Math.max(0, memoryBytes - OWN_MEMORY_BYTES) / MEMORY_PER_BYTE;
}

/** How many there is memory for. Of violating records the others are counted, see `fold/folding.ts`. */
export function most(what: Kept, memoryBytes = DEFAULT_MEMORY_BYTES): number {
  const { of, bytes, fewest } = SHARES[what];
  return Math.max(fewest, Math.floor((memoryBytes * of) / bytes));
}

/** The memory that lets so many violations be told apart. */
export function memoryForViolations(count: number): number {
  const { of, bytes } = SHARES.violations;
  return (count * bytes) / of;
}

/** Memory that a run may take by all of these. */
export function mostBytes(memoryBytes = DEFAULT_MEMORY_BYTES): number {
  return Object.entries(SHARES).reduce(
    (sum, [what, { bytes }]) => sum + most(what as Kept, memoryBytes) * bytes,
    OWN_MEMORY_BYTES,
  );
}
