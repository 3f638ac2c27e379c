import { Buffer } from 'node:buffer';
import { closeSync, openSync } from 'node:fs';
import { type Discovery, discover, emptyArchive, type InputFile } from './discover.ts';
import { newReadLog, readBytes } from './read.ts';
import { isTar, listTar, type TarListing } from './tar.ts';
import { BLOCK } from './tar-header.ts';
import type { TarMember, Unpacked } from './tar-member.ts';
import { type UnpackOptions, unpack } from './unpack.ts';

/** All there is to read: what `discover` finds, and of tar archives the files in them. */
export async function findInputs(
  args: readonly string[],
  cwd: string,
  options: UnpackOptions = {},
): Promise<Discovery> {
  const found = discover(args, cwd);
  const inputs: InputFile[] = [];
  const problems = [...found.problems];
  for (const input of found.inputs) {
    const opened = await openTar(input, options);
    inputs.push(...opened.inputs);
    problems.push(...opened.problems);
  }
  inputs.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return { inputs, problems };
}

const TAR_NAME = /\.(?:tar|tar\.gz|tgz|tar\.zst|tzst)$/i;

/** The files in a tar archive; a file that is none stays as it is. */
async function openTar(input: InputFile, options: UnpackOptions): Promise<Discovery> {
  if (!TAR_NAME.test(input.absolute) || input.member !== undefined) return { inputs: [input], problems: [] };
  const { head, compression } = await beginningOf(input);
  if (!isTar(head)) return { inputs: [input], problems: [] };
  if (compression === 'none') return openPlain(input);
  const { unpacked, problems } = await unpack(input, options);
  if (unpacked === undefined) return { inputs: [input], problems };
  const opened = openedAs(input, listTar(unpacked), unpacked);
  return { inputs: opened.inputs, problems: [...problems, ...opened.problems] };
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
  const inputs = listing.members.map((member) => memberInput(archive, { ...member, ...(unpacked && { unpacked }) }));
  const problems = listing.problems.map((problem) => ({ ...problem, message: `${path}: ${problem.message}`, path }));
  const empty = emptyArchive(path);
  return { inputs, problems: inputs.length > 0 ? problems : [...problems, empty] };
}

/** 1981: writers that want the same bytes each time put 1970 or 1980. */
const EARLIEST_S = 347_155_200;

function memberInput(archive: InputFile, member: TarMember): InputFile {
  return {
    path: `${archive.path}!/${member.name}`,
    absolute: archive.absolute,
    bytes: member.bytes,
    modifiedUs: member.modifiedS < EARLIEST_S ? archive.modifiedUs : Math.floor(member.modifiedS * 1e6),
    member,
    archive: { bytes: archive.bytes, modifiedUs: archive.modifiedUs },
  };
}
