import type { Format } from '../../model/format.ts';
import type { InputFile } from '../../sources/files/discover.ts';
import { type Detection, detectCarried, detectFormat } from '../../sources/heads/detect.ts';
import { factsOf, type Head, type HeadFacts } from '../../sources/heads/head.ts';

/** A file with what its head said and what it was recognised as. */
export interface Recognised {
  readonly input: InputFile;
  readonly head: HeadFacts;
  readonly detection: Detection;
}

export function recognise(
  input: InputFile,
  head: Head,
  formats: readonly Format[],
  forced: Format | undefined,
): Recognised {
  const asked = forced === undefined ? formats : [forced];
  const detection = head.binary === undefined ? detectFormat(asked, input.path, head) : NOBODY;
  const carried =
    head.binary === undefined && detection.format === undefined ? detectCarried(asked, input.path, head) : undefined;
  if (carried !== undefined) return { input, head: factsOf(carried.head), detection: carried.detection };
  return { input, head: factsOf(head), detection: forced === undefined ? detection : named(forced) };
}

const NOBODY: Detection = { format: undefined, others: [], candidates: [] };

function named(format: Format): Detection {
  const reason = 'named by --as or by the configuration';
  return { format, others: [], candidates: [{ id: format.id, score: 1, reason }] };
}
