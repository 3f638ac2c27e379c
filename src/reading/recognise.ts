import type { Format } from '../model/format.ts';
import { type Detection, detectFormat } from '../sources/detect.ts';
import type { InputFile } from '../sources/discover.ts';
import { factsOf, type Head, type HeadFacts } from '../sources/head.ts';

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
  return { input, head: factsOf(head), detection: detectionOf(input, head, formats, forced) };
}

function detectionOf(input: InputFile, head: Head, formats: readonly Format[], forced: Format | undefined): Detection {
  if (forced !== undefined)
    return {
      format: forced,
      others: [],
      candidates: [{ id: forced.id, score: 1, reason: 'named by --as or by the configuration' }],
    };
  if (head.binary !== undefined) return { format: undefined, others: [], candidates: [] };
  return detectFormat(formats, input.path, head);
}
