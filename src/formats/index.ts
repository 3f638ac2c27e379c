import type { Format } from '../model/format.ts';
import { conntrack } from './conntrack/index.ts';

/** Every format the program knows, one line each, sorted. Written by `npm run formats`; `test/formats.test.ts` holds it against the folders. */
export const formats: readonly Format[] = [conntrack];
