import type { Buffer } from 'node:buffer';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { readAt } from '../bytes/read-at.ts';
import { BLOCK, type Facts, factsOf, goesOn, type Header, headerOf, isZero, KINDS, textOf } from './tar-header.ts';
import type { TarMember } from './tar-member.ts';

export interface TarListing {
  /** In the order of the archive; where a name stands twice the last entry counts, as it does for whoever unpacks. */
  readonly members: readonly TarMember[];
  /** Without the path, which is that of the archive. */
  readonly problems: readonly Omit<Diagnostic, 'path'>[];
}

/** An open archive, or what it was unpacked to. */
interface Archive {
  readonly file: number;
  readonly size: number;
}

/** Names and facts of one entry are short. */
const MOST_FACTS = 1 << 20;

/** Begins as a tar archive does: with a header, or with an empty block where it holds nothing. */
export function isTar(head: Buffer): boolean {
  const block = head.subarray(0, BLOCK);
  return block.length === BLOCK && (isZero(block) || headerOf(block) !== undefined);
}

/**
 * What an archive holds, found by its headers: the data between them is not read. Archives that were put one behind the other are
 * read as one, where tar stops at the end of the first.
 */
export function listTar(archive: Archive): TarListing {
  const { file, size } = archive;
  const listing = new Listing(archive);
  let zeros = 0;
  for (let at = 0; at < size; ) {
    const block = readAt(file, at, BLOCK);
    if (isZero(block)) {
      zeros++;
      at += BLOCK;
      continue;
    }
    const header = block.length < BLOCK ? undefined : headerOf(block);
    const length = header === undefined ? undefined : listing.add(header, at + BLOCK);
    if (length === undefined) {
      listing.stop(at, zeros > 1 && header === undefined);
      return listing.told();
    }
    zeros = 0;
    at += BLOCK + Math.ceil(length / BLOCK) * BLOCK;
  }
  if (zeros === 0) listing.warn('tar-end', 'it has no mark at its end and may be cut short there');
  return listing.told();
}

class Listing {
  readonly #archive: Archive;
  readonly #members = new Map<string, TarMember>();
  readonly #problems: Omit<Diagnostic, 'path'>[] = [];
  readonly #left = { link: 0, special: 0, repeated: 0 };
  /** Of the entry that comes next. */
  #facts: Facts = {};

  constructor(archive: Archive) {
    this.#archive = archive;
  }

  /** Takes an entry whose data begin at `at`. How long these are; undefined where that cannot be told. */
  add(header: Header, at: number): number | undefined {
    const kind = KINDS[header.type];
    if (kind === 'note') return header.bytes;
    if (kind === 'facts' || kind === 'name') return this.#expect(kind, header, at);
    const facts = this.#facts;
    this.#facts = {};
    const name = (facts.name ?? header.name).replace(/^(?:\.\/+)+/, '');
    const bytes = facts.bytes ?? header.bytes;
    if (kind === 'link' || kind === 'special') this.#left[kind]++;
    if (kind === 'folder' || kind === 'link' || kind === 'special') return header.bytes;
    if (kind === 'sparse' || facts.isSparse === true) {
      this.#fail('tar-sparse', `${name} is stored without its holes, which is not read here`);
      return this.#mapLength(header, at) + bytes;
    }
    if (kind === undefined)
      this.#fail('tar-entry', `${name} is an entry of type ${header.type}, which is not read here`);
    else this.#take({ kind: 'tar', name, offset: at, bytes, modifiedS: facts.modifiedS ?? header.modifiedS });
    return bytes;
  }

  /** What is said of the next entry. */
  #expect(kind: 'facts' | 'name', { bytes }: Header, at: number): number | undefined {
    const data = bytes > MOST_FACTS ? undefined : readAt(this.#archive.file, at, bytes);
    if (data === undefined || data.length < bytes) return undefined;
    const facts = kind === 'name' ? { name: textOf(data) } : factsOf(data);
    if (facts === undefined) return undefined;
    this.#facts = { ...this.#facts, ...facts };
    return bytes;
  }

  #mapLength({ isContinued }: Header, at: number): number {
    let length = 0;
    for (let more = isContinued; more; length += BLOCK) more = goesOn(readAt(this.#archive.file, at + length, BLOCK));
    return length;
  }

  #take(member: TarMember): void {
    const there = Math.max(0, this.#archive.size - member.offset);
    if (member.bytes > there) this.#fail('tar-broken', `it is cut short (inside ${member.name})`);
    if (this.#members.has(member.name)) this.#left.repeated++;
    this.#members.set(member.name, { ...member, bytes: Math.min(member.bytes, there) });
  }

  /** What begins at `at` is no entry. */
  stop(at: number, isBehindEnd: boolean): void {
    if (isBehindEnd)
      this.#fail('tar-trailing', `what stands behind its end, from byte ${at} on, is no tar and was not read`);
    else if (this.#archive.size - at < BLOCK) this.#fail('tar-broken', `it is cut short (inside a header)`);
    else this.#fail('tar-broken', `it is damaged at byte ${at}: what stands behind was not read`);
  }

  warn(code: string, message: string): void {
    this.#problems.push({ severity: 'warning', code, message });
  }

  #fail(code: string, message: string): void {
    this.#problems.push({ severity: 'error', code, message });
  }

  told(): TarListing {
    const { link, special, repeated } = this.#left;
    if (link > 0) this.warn('tar-links', `${link} of its entries are links, which are not followed`);
    if (special > 0) this.warn('path-special', `${special} of its entries are neither files nor folders`);
    if (repeated > 0)
      this.warn('tar-repeated', `${repeated} of its entries have the name of a later one, which is read`);
    return { members: [...this.#members.values()], problems: this.#problems };
  }
}
