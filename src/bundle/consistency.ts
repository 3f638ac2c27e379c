import { Buffer } from 'node:buffer';
import { sha256 } from '../core/digest.ts';
import { arrayOf, at, isObject, numberOf, textOf, tryJson } from '../core/json/json.ts';
import { type CitedLine, lineSchema, MEMBERS } from './layout.ts';
import type { Bundle } from './open.ts';
import { readMemberLines } from './open.ts';

/** One thing that does not hold. */
export interface Flaw {
  readonly kind: 'altered' | 'missing' | 'added';
  /** A member, or `path:line` of an original. */
  readonly where: string;
  readonly says: string;
}

/** A cited record without its text, which is kept as a hash: a bundle may hold more lines than memory. */
export type IndexedLine = Omit<CitedLine, 'text'> & { readonly textSha256: string };

/** What a bundle says about itself. */
export interface Contents {
  readonly flaws: readonly Flaw[];
  readonly lines: readonly IndexedLine[];
  readonly attributions: number;
  readonly links: number;
}

/** Checks a bundle against its own manifest, and its report against its own lines. */
export async function checkContents(bundle: Bundle): Promise<Contents> {
  const flaws: Flaw[] = [];
  const lines: IndexedLine[] = [];
  const links = new Links(bundle, flaws);
  const named = new Set(bundle.manifest.members.map(({ name }) => name));
  for (const { name } of bundle.members.values())
    if (name !== MEMBERS.manifest && !named.has(name))
      flaws.push({ kind: 'added', where: name, says: 'stands in the archive but not in its manifest' });
  for (const name of Object.values(MEMBERS))
    if (name !== MEMBERS.manifest && !named.has(name))
      flaws.push({ kind: 'missing', where: name, says: 'is not listed in the manifest' });
  // The lines come first: the report is held against them.
  const order = [...bundle.manifest.members].sort(
    (a, b) => Number(b.name === MEMBERS.lines) - Number(a.name === MEMBERS.lines),
  );
  for (const stated of order) {
    const member = bundle.members.get(stated.name);
    if (member === undefined) {
      flaws.push({ kind: 'missing', where: stated.name, says: 'is listed in the manifest but not in the archive' });
      continue;
    }
    const found = await readMemberLines(bundle.path, member, (text, n) => {
      if (stated.name === MEMBERS.lines) indexLine(text, { n, lines, flaws });
      else if (stated.name === MEMBERS.json) links.read(text, n);
    });
    if (found.problem !== undefined) flaws.push({ kind: 'altered', where: stated.name, says: found.problem });
    else if (found.sha256 !== stated.sha256)
      flaws.push({ kind: 'altered', where: stated.name, says: 'does not have the SHA-256 that the manifest states' });
    else if (found.bytes !== stated.bytes)
      flaws.push({ kind: 'altered', where: stated.name, says: 'does not have the length that the manifest states' });
    if (stated.name === MEMBERS.lines) links.know(lines);
  }
  links.finish();
  if (lines.length !== bundle.run.lines)
    flaws.push({
      kind: lines.length < bundle.run.lines ? 'missing' : 'added',
      where: MEMBERS.lines,
      says: `holds ${lines.length} lines, ${MEMBERS.run} counts ${bundle.run.lines}`,
    });
  return { flaws, lines, attributions: links.attributions, links: links.checked };
}

function indexLine(
  text: string,
  { n, lines, flaws }: { readonly n: number; readonly lines: IndexedLine[]; readonly flaws: Flaw[] },
): void {
  const parsed = lineSchema.safeParse(tryJson(text));
  if (!parsed.success) {
    flaws.push({ kind: 'altered', where: `${MEMBERS.lines}:${n}`, says: 'is no cited record' });
    return;
  }
  const { text: copy, ...rest } = parsed.data;
  const textSha256 = sha256(copy);
  lines.push({ ...rest, textSha256 });
  if (rest.copy === 'exact' && (textSha256 !== rest.sha256 || Buffer.byteLength(copy) !== rest.bytes))
    flaws.push({
      kind: 'altered',
      where: `${rest.path}:${rest.line}`,
      says: 'the copied text is not what its own SHA-256 was made of',
    });
}

/** Holds each link of the report against the cited lines, and the inputs against those of the run. */
class Links {
  readonly #bundle: Bundle;
  readonly #flaws: Flaw[];
  readonly #places = new Set<string>();
  readonly #exact = new Set<string>();
  readonly #attributions = new Map<string, string>();
  readonly #incidents = new Map<string, readonly string[]>();
  checked = 0;

  constructor(bundle: Bundle, flaws: Flaw[]) {
    this.#bundle = bundle;
    this.#flaws = flaws;
  }

  get attributions(): number {
    return this.#attributions.size;
  }

  know(lines: readonly IndexedLine[]): void {
    for (const { path, line, offset, bytes } of lines) {
      const place = `${path}:${line}`;
      const exact = `${place} ${offset} ${bytes}`;
      if (this.#exact.has(exact)) this.#twice(place, MEMBERS.lines);
      this.#places.add(place);
      this.#exact.add(exact);
    }
  }

  read(text: string, n: number): void {
    const record = tryJson(text);
    if (!isObject(record)) {
      this.#flaws.push({ kind: 'altered', where: `${MEMBERS.json}:${n}`, says: 'is no JSON record' });
      return;
    }
    const kind = record['record'];
    const id = textOf(record['id']) ?? '';
    if (kind === 'input') this.#input(record);
    if (this.#incidents.has(id) || this.#attributions.has(id)) this.#twice(id, MEMBERS.json);
    if (kind === 'incident') {
      this.#incidents.set(id, arrayOf(record['attributions']).map(String));
      this.#refs(record, id);
    }
    if (kind === 'attribution') {
      this.#attributions.set(id, textOf(record['incident']) ?? '');
      this.#refs(record, id);
    }
  }

  /** Of two only one would be held against the originals. */
  #twice(where: string, member: string): void {
    this.#flaws.push({ kind: 'added', where, says: `stands in ${member} twice` });
  }

  #input(record: object): void {
    const path = textOf(at(record, 'path')) ?? '';
    const stated = this.#bundle.run.inputs.find((input) => input.path === path);
    if (stated === undefined)
      this.#flaws.push({ kind: 'added', where: path, says: `is an input of the report but not of ${MEMBERS.run}` });
    else if (stated.sha256 !== (textOf(at(record, 'sha256')) ?? null))
      this.#flaws.push({ kind: 'altered', where: path, says: `report and ${MEMBERS.run} state different hashes` });
  }

  /** Every object below `value` that names a place in an input. */
  #refs(value: unknown, id: string): void {
    if (Array.isArray(value)) for (const entry of value) this.#refs(entry, id);
    if (!isObject(value)) return;
    const path = textOf(value['path']);
    const line = numberOf(value['line']);
    if (path !== undefined && line !== undefined) {
      this.checked += 1;
      const place = `${path}:${line}`;
      const offset = numberOf(value['offset']);
      const known =
        offset === undefined ? this.#places.has(place) : this.#exact.has(`${place} ${offset} ${value['bytes']}`);
      if (!known)
        this.#flaws.push({ kind: 'missing', where: place, says: `${id} rests on it, but it is not in the bundle` });
    }
    for (const entry of Object.values(value)) if (typeof entry === 'object') this.#refs(entry, id);
  }

  finish(): void {
    for (const [id, incident] of this.#attributions)
      if (!this.#incidents.get(incident)?.includes(id))
        this.#flaws.push({
          kind: 'missing',
          where: id,
          says: `is not among the violations of its incident ${incident}`,
        });
    for (const [incident, members] of this.#incidents)
      for (const id of members)
        if (!this.#attributions.has(id))
          this.#flaws.push({
            kind: 'missing',
            where: id,
            says: `incident ${incident} names it, the report does not hold it`,
          });
  }
}
