import type { Process } from './process.ts';

/** Programs that run what is typed or piped into them where no script is named. */
const READERS = new Set('ash bash dash fish ipython irb ksh node perl pwsh python ruby sh zsh'.split(' '));
/** Kernels of notebooks, which are told the code of each cell. */
const KERNEL = /\b(?:ipykernel\w*|jupyter[\w-]*)\b/;

/**
 * Whether a process may do what later calls say without starting another: the shell of a session, the kernel of a notebook. Of one whose
 * arguments no record tells, its name decides.
 */
export function takesCommands({ comm, exe, execs }: Pick<Process, 'comm' | 'exe' | 'execs'>): boolean {
  const last = execs[execs.length - 1];
  const [program = '', ...rest] = last === undefined ? [comm ?? exe ?? ''] : (last.args ?? last.text.split(' '));
  return KERNEL.test(rest.join(' ')) || (isReader(program) && rest.every(isSetting));
}

function isReader(program: string): boolean {
  // A login shell has a dash before its name; versions stand at the end.
  const name = program.slice(program.lastIndexOf('/') + 1).replace(/^-|[\d.]+$/g, '');
  return READERS.has(name);
}

/** No script, no `-c` and no `-`, which is a script too. */
function isSetting(word: string): boolean {
  return /^-./.test(word) && !/^-[a-z]*[ce]$/.test(word);
}
