import { wordTable } from '../../core/word-table.ts';

/** The system's reason for a failed file operation, without the path it repeats. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as NodeJS.ErrnoException).code;
  return code === undefined ? error.message : (REASONS[code] ?? error.message);
}

const REASONS = wordTable<string>({
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOENT: 'it is not there',
  EISDIR: 'it is a folder',
  ELOOP: 'it is a link that leads back to itself',
  EMFILE: 'too many open files',
  EIO: 'the disk reports an error',
  ENOSPC: 'no room is left on the disk',
  EROFS: 'nothing can be written there',
});

export function reasonOfCode(code: string): string {
  return REASONS[code] ?? code;
}
