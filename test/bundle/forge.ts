import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { afterAll, beforeAll, expect } from 'vitest';
import { checkContents } from '../../src/bundle/consistency.ts';
import { openBundle } from '../../src/bundle/open.ts';
import { proveOriginals } from '../../src/bundle/originals.ts';
import { sha256 } from '../../src/core/digest.ts';
import { redact } from '../../src/core/text/redact.ts';
import { discover } from '../../src/sources/files/discover.ts';
import { egressblame } from '../cli/run.ts';

export const root = join(import.meta.dirname, '../..');
export const rome = join(root, 'fixtures/rome/inputs');

export type Members = Record<string, Uint8Array>;
type Change = (all: Members) => void;

export const members = (path: string): Members => unzipSync(readFileSync(path));
export const text = (all: Members, name: string): string => strFromU8(all[name] ?? new Uint8Array());
export const linesOf = (all: Members): Record<string, unknown>[] =>
  text(all, 'data/lines.ndjson')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

export const put =
  (name: string, content: Uint8Array): Change =>
  (all) => {
    all[name] = content;
  };
export const drop =
  (name: string): Change =>
  (all) => {
    delete all[name];
  };

/** A folder with the bundle of rome, and what is made of both; it is gone after the tests of the file that asked. */
export interface Workshop {
  readonly dir: string;
  /** The bundle. */
  readonly whole: string;
  readonly file: (name: string, bytes: Uint8Array) => string;
  /** A bundle whose members were changed. */
  readonly changed: (name: string, change: Change) => string;
  /** The same, with a manifest that was made to fit, as a careful forger would. */
  readonly forged: (name: string, change: Change) => string;
  /** The inputs of rome in a folder of their own, so that a test may damage them. */
  readonly originals: (name: string) => string;
}

export function workshop(): Workshop {
  const dir = mkdtempSync(join(tmpdir(), 'egressblame-bundle-'));
  const whole = join(dir, 'rome.zip');
  beforeAll(() => {
    expect(egressblame([rome, '-q', '-o', whole]).code).toBe(1);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const file = (name: string, bytes: Uint8Array): string => {
    const path = join(dir, name);
    writeFileSync(path, bytes);
    return path;
  };
  const changed = (name: string, change: Change): string => {
    const all = members(whole);
    change(all);
    return file(`${name}.zip`, zipSync(all));
  };
  return {
    dir,
    whole,
    file,
    changed,
    forged: (name, change) =>
      changed(name, (all) => {
        change(all);
        fitManifest(all);
      }),
    originals: (name) => {
      const path = join(dir, name);
      cpSync(rome, path, { recursive: true });
      return path;
    },
  };
}

function fitManifest(all: Members): void {
  const manifest = JSON.parse(text(all, 'manifest.json')) as {
    members: { name: string; bytes: number; sha256: string }[];
  };
  for (const member of manifest.members) {
    const bytes = all[member.name] ?? new Uint8Array();
    member.bytes = bytes.length;
    member.sha256 = sha256(bytes);
  }
  all['manifest.json'] = strToU8(JSON.stringify(manifest));
}

/** What the command reports, without a process: a refusal, or each flaw as it is printed. */
export async function flawsOf(path: string, logs?: string): Promise<string> {
  const bundle = await openBundle(path);
  if (typeof bundle === 'string') return `refused: ${bundle}`;
  const { flaws, lines } = await checkContents(bundle);
  const proof =
    logs === undefined
      ? undefined
      : await proveOriginals(bundle.run, lines, discover([logs], root).inputs, { clean: redact, madeBy: undefined });
  return [...flaws, ...(proof?.flaws ?? [])]
    .map(({ kind, where, says }) => `${kind} ${where}: ${says}`)
    .concat(proof?.notes ?? [])
    .join('\n');
}
