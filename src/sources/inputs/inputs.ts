import { Buffer } from 'node:buffer';
import { closeSync, openSync } from 'node:fs';
import { isTar, listTar, type TarListing } from '../archives/tar.ts';
import { BLOCK } from '../archives/tar-header.ts';
import type { TarMember, Unpacked } from '../archives/tar-member.ts';
import { beginsAsZip, listZip, type ZipMember } from '../archives/zip.ts';
import { brokenZip, type Discovery, discover, emptyArchive, type InputFile } from '../files/discover.ts';
import { newReadLog, readBytes } from '../records/read.ts';
import { keepPipe } from './pipes.ts';
import { type UnpackOptions, unpack } from './unpack.ts';

/** How far archives that lie in archives are opened, and how many: each takes a file descriptor and room on the disk. */
const MOST_DEPTH = 2;
const MOST_NESTED = 256;

export interface InputOptions extends UnpackOptions {
  /** False: archives that lie in archives stay closed. */
  readonly isNested?: boolean;
}

interface Opening extends InputOptions {
  /** Archives in archives that may still be opened. */
  nested: number;
}

/** All there is to read: what `discover` finds, what comes out of pipes, and the files in tar archives and in archives that lie in archives. */
export async function findInputs(
  args: readonly string[],
  cwd: string,
  { isNested = true, ...options }: InputOptions = {},
): Promise<Discovery> {
  const found = discover(args, cwd);
  const inputs: InputFile[] = [];
  const problems = [...found.problems];
  const opening: Opening = { ...options, nested: isNested ? MOST_NESTED : 0 };
  for (const input of found.inputs) {
    const opened = await (input.pipe === undefined
      ? openArchive(input, opening, input.member === undefined ? 0 : 1)
      : keepPipe(input, opening));
    inputs.push(...opened.inputs);
    problems.push(...opened.problems);
  }
  inputs.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return { inputs, problems };
}

const TAR_NAME = /\.(?:tar|tar\.gz|tgz|tar\.zst|tzst)$/i;
const ZIP_NAME = /\.(?:eval|zip)$/i;

/** The files in an archive, and in those that lie in it; a file that is none stays as it is. */
async function openArchive(input: InputFile, opening: Opening, depth: number): Promise<Discovery> {
  const { inputs, problems } = await (input.member === undefined
    ? openTar(input, opening)
    : openNested(input, opening));
  if (depth === MOST_DEPTH) return { inputs, problems };
  const opened = { inputs: [] as InputFile[], problems: [...problems] };
  for (const inner of inputs) {
    const within = inner === input ? { inputs: [input], problems: [] } : await openArchive(inner, opening, depth + 1);
    opened.inputs.push(...within.inputs);
    opened.problems.push(...within.problems);
  }
  return opened;
}

/** The files in a tar archive. */
async function openTar(input: InputFile, options: UnpackOptions): Promise<Discovery> {
  if (!TAR_NAME.test(input.absolute)) return { inputs: [input], problems: [] };
  const { head, compression } = await beginningOf(input);
  if (!isTar(head)) return { inputs: [input], problems: [] };
  return compression === 'none' ? openPlain(input) : openUnpacked(input, options, tarMembers);
}

/** The files in an archive that lies in another: it is taken out first. */
async function openNested(input: InputFile, opening: Opening): Promise<Discovery> {
  const isZip = ZIP_NAME.test(input.path);
  if (opening.nested === 0 || !(isZip || TAR_NAME.test(input.path))) return { inputs: [input], problems: [] };
  const { head } = await beginningOf(input);
  if (!(isZip ? beginsAsZip(head) : isTar(head))) return { inputs: [input], problems: [] };
  opening.nested--;
  return openUnpacked(input, opening, isZip ? zipMembers : tarMembers);
}

type MembersOf = (archive: InputFile, unpacked: Unpacked) => Discovery;

async function openUnpacked(input: InputFile, options: UnpackOptions, membersOf: MembersOf): Promise<Discovery> {
  const { unpacked, problems } = await unpack(input, options);
  if (unpacked === undefined) return { inputs: [input], problems };
  const opened = membersOf(input, unpacked);
  return { inputs: opened.inputs, problems: [...problems, ...opened.problems] };
}

function tarMembers(archive: InputFile, unpacked: Unpacked): Discovery {
  return openedAs(archive, listTar(unpacked), unpacked);
}

function zipMembers(archive: InputFile, unpacked: Unpacked): Discovery {
  const members = listZip(unpacked);
  if (typeof members === 'string') return { inputs: [archive], problems: [brokenZip(archive.path, members)] };
  const inputs = members.map((member) => memberInput(archive, { ...member, unpacked }, member.storedBytes));
  return { inputs, problems: inputs.length > 0 ? [] : [emptyArchive(archive.path)] };
}

async function beginningOf(input: InputFile): Promise<{ readonly head: Buffer; readonly compression: string }> {
  const log = newReadLog();
  let head: Buffer = Buffer.alloc(0);
  for await (const chunk of readBytes(input, log, { hashed: false, isBeside: true })) {
    head = Buffer.concat([head, chunk.subarray(0, BLOCK)]);
    if (head.length >= BLOCK) break;
  }
  return { head, compression: log.compression };
}

function openPlain(input: InputFile): Discovery {
  const file = openSync(input.absolute, 'r');
  try {
    return openedAs(input, listTar({ file, size: input.bytes }));
  } finally {
    closeSync(file);
  }
}

function openedAs(archive: InputFile, listing: TarListing, unpacked?: Unpacked): Discovery {
  const { path } = archive;
  const inputs = listing.members.map((member) =>
    memberInput(archive, { ...member, ...(unpacked && { unpacked }) }, member.bytes),
  );
  const problems = listing.problems.map((problem) => ({ ...problem, message: `${path}: ${problem.message}`, path }));
  const empty = emptyArchive(path);
  return { inputs, problems: inputs.length > 0 ? problems : [...problems, empty] };
}

/** 1981: writers that want the same bytes each time put 1970 or 1980. */
const EARLIEST_S = 347_155_200;

/** `bytes`: those that are stored. */
function memberInput(archive: InputFile, member: TarMember | ZipMember, bytes: number): InputFile {
  const { path, absolute, modifiedUs, member: outer } = archive;
  const stampS = member.kind === 'tar' ? member.modifiedS : 0;
  return {
    path: `${path}!/${member.name}`,
    absolute,
    bytes,
    modifiedUs: stampS < EARLIEST_S ? modifiedUs : Math.floor(stampS * 1e6),
    member: outer === undefined ? member : { ...member, name: `${outer.name}!/${member.name}` },
    archive: archive.archive ?? { bytes: archive.bytes, modifiedUs },
  };
}
