import type { Command } from 'commander';
import { wordTable } from '../../core/word-table.ts';

/** What other tools call it: no letters are alike, so that spelling finds none of them. */
const OURS = wordTable<string>({
  '--since': '--from',
  '--after': '--from',
  '--until': '--to',
  '--before': '--to',
  '--timezone': '--tz',
  '--mem': '--memory',
  '--silent': '--quiet',
  '--severity': '--min-severity',
  '--exit-code': '--fail-on',
  '--html': '--output',
  '--sarif': '--output',
  '--csv': '--output',
  '--markdown': '--output',
  '--junit': '--output',
});

/** Our word for an option of other tools, where the command has it. */
function ourWord(option: string, command: Command): string | undefined {
  const ours = OURS[option];
  return command.options.some(({ long }) => long === ours) ? ours : undefined;
}

/** Arguments that stand before the logs. */
function namedFirst(command: Command): string {
  return command.registeredArguments
    .slice(0, -1)
    .map((argument) => ` ${argument.name().toUpperCase()}`)
    .join('');
}

/** The message about a wrong call, with what was meant. */
export function inOurWords(message: string, command: Command, name: string): string {
  if (/^error: missing required argument 'paths'/.test(message))
    return `error: name the logs too, files or folders, as\n  ${name.replace(' investigate', '')}${namedFirst(command)} logs/\n`;
  // Few frameworks take a list; the copy serves every one whose rollout files are read.
  if (/^error: option '--format <ID>'/.test(message) && command.options.some(({ long }) => long === '--apply'))
    return `${message.trimEnd()}\nFor rollouts of other frameworks, --apply ROLLOUTS -o COPY writes the file without them.\n`;
  const said = /^error: unknown option '(--[\w-]+)'/.exec(message)?.[1];
  const meant = said === undefined ? undefined : ourWord(said, command);
  if (said === undefined || meant === undefined) return message;
  return `error: unknown option '${said}'\n(Did you mean ${meant}?)\n`;
}
