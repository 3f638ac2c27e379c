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

/** A document may hold anything: where fewer of its records are known it carries none. */
const SURE = { lists: 0.2, members: 0.5 } as const;

/** A file whose documents are no records, but carry them: `{"trajectories":[…]}`, `{"data":{"items":[…]}}`, `{"ID":{…},"ID":{…}}`. */
function carriedIn(input: InputFile, head: Head, formats: readonly Format[]): Recognised | undefined {
  if (!/^\uFEFF?\s*\{/.test(head.text)) return undefined;
  for (const auto of ['lists', 'members'] as const) {
    const carrying: Head = { ...head, auto };
    const detection = detectFormat(formats, input.path, carrying);
    if (detection.format !== undefined && (detection.candidates[0]?.score ?? 0) >= SURE[auto])
      return { input, head: factsOf(carrying), detection };
  }
  return undefined;
}
