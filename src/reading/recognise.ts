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
  const asked = forced === undefined ? formats : [forced];
  const detection = head.binary === undefined ? detectFormat(asked, input.path, head) : NOBODY;
  const carried =
    head.binary === undefined && detection.format === undefined ? carriedIn(input, head, asked) : undefined;
  return carried ?? { input, head: factsOf(head), detection: forced === undefined ? detection : named(forced) };
}

const NOBODY: Detection = { format: undefined, others: [], candidates: [] };

function named(format: Format): Detection {
  const reason = 'named by --as or by the configuration';
  return { format, others: [], candidates: [{ id: format.id, score: 1, reason }] };
}

/** A document may list anything: where fewer of its records are known it carries none. */
const SURE = 0.2;

/** A file whose documents are no records, but carry them in lists: `{"trajectories":[…]}`, `{"data":{"items":[…]}}`. */
function carriedIn(input: InputFile, head: Head, formats: readonly Format[]): Recognised | undefined {
  if (!/^\uFEFF?\s*\{/.test(head.text)) return undefined;
  const listed: Head = { ...head, auto: 'lists' };
  const detection = detectFormat(formats, input.path, listed);
  if (detection.format === undefined || (detection.candidates[0]?.score ?? 0) < SURE) return undefined;
  return { input, head: factsOf(listed), detection };
}
