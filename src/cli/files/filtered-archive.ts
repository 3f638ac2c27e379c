import { closeSync, openSync, writeSync } from 'node:fs';
import { ZipWriter } from '../../bundle/zip-writer.ts';
import { type ArchivePlan, memberBytes } from '../../rollouts/archive.ts';
import { memberStamp } from '../../sources/archives/zip.ts';
import { storedBytes } from '../../sources/files/stored.ts';

/**
 * Writes what stays of an archive. Members that stay as they are keep their compressed bytes, so Zstandard needs no writer here;
 * only edited members are compressed anew.
 */
export async function writeArchive({ members }: ArchivePlan, path: string): Promise<void> {
  const copy = openSync(path, 'w');
  try {
    const zip = new ZipWriter((chunk) => {
      for (let done = 0; done < chunk.length; ) done += writeSync(copy, chunk, done);
    });
    for (const plan of members) {
      const { member, absolute } = plan.input;
      if (!plan.stays || member?.kind !== 'zip') continue;
      const stamp = memberStamp(absolute, member);
      if (plan.edits.length === 0) await zip.copy({ ...member, stamp }, storedBytes(plan.input, []));
      else await zip.add(member.name, memberBytes(plan), stamp);
    }
    zip.end();
  } finally {
    closeSync(copy);
  }
}
