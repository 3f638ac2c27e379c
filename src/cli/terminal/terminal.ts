import { redact } from '../../core/text/redact.ts';
import type { TerminalOptions } from '../../report/terminal/options.ts';
import { COLOURED, PLAIN } from '../../report/terminal/style.ts';
import type { ReadingFlags } from '../command-line/flags.ts';
import { columnsOr } from './columns.ts';

const BLOCK_CHARACTERS = 64_000;

/** Width, colour and redaction for a person's terminal or a pipe. */
export function terminalOptions(
  flags: Pick<ReadingFlags, 'redact' | 'color' | 'verbose'>,
  command: string,
): TerminalOptions {
  const isTerminal = process.stdout.isTTY === true;
  const { NO_COLOR: noColor = '', FORCE_COLOR: forced = '', TERM: terminal } = process.env;
  const isBare = flags.color === 'never' || flags.color === false || noColor !== '' || forced === '0';
  const shows = forced !== '' || (isTerminal && terminal !== 'dumb');
  const wanted = flags.color === 'always' || (shows && !isBare);
  return {
    width: Math.max(40, Math.min(columnsOr(80), 120)),
    style: wanted ? COLOURED : PLAIN,
    clean: cleaner(flags),
    command,
    verbose: flags.verbose === true,
  };
}

export function cleaner(flags: { readonly redact: boolean }): (text: string) => string {
  return flags.redact ? redact : (text) => text;
}

/** Lines in blocks: thousands of small writes take their time. */
export async function printLines(lines: Iterable<string>): Promise<void> {
  let block = '';
  for (const line of lines) {
    block += line;
    if (block.length < BLOCK_CHARACTERS) continue;
    await print(block);
    block = '';
  }
  if (block !== '') await print(block);
}

/** Writes and waits for the pipe to drain. */
export async function print(text: string): Promise<void> {
  if (process.stdout.write(text)) return;
  await new Promise<void>((done) => void process.stdout.once('drain', done));
}
