// The manual page egressblame(1), made of what --help says: `npm install -g` puts it where man finds it.

/** Text as roff takes it: no line of it is a request, no dash a hyphen that cannot be copied. */
const roff = (text) =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^(?=[.'])/gm, '\\&');

const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`;
const item = (term, says) => `.TP\n\\fB${roff(term)}\\fR\n${roff(says)}\n`;
const asItStands = (text) => `.PP\n.nf\n${roff(text.trim())}\n.fi\n`;

/** Commands that do something, in the order of --help, with the words that lead to them. */
function commandsBelow(command, words) {
  return command.commands
    .filter((child) => child.name() !== 'help')
    .flatMap((child) => {
      const path = `${words} ${child.name()}`;
      return child.commands.length === 0 ? [{ path, command: child }] : commandsBelow(child, path);
    });
}

/** What --help says behind the options: examples, exit codes, reports. */
function textAfter(command) {
  let text = '';
  // As wide whatever the terminal is in which the page is made.
  command.configureHelp({ ...command.configureHelp(), helpWidth: 78 });
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text.slice(command.helpInformation().length).trim();
}

function commandPart({ path, command }) {
  const help = command.createHelp();
  const options = help.visibleOptions(command);
  const groups = [...new Set(options.flatMap(({ helpGroupHeading }) => helpGroupHeading ?? []))];
  const own = options.filter(({ helpGroupHeading, long }) => helpGroupHeading === undefined && long !== '--help');
  const after = textAfter(command);
  return [
    `.SS ${roff(`${path} ${command.usage()}`)}\n${roff(sentence(command.description()))}\n`,
    ...help.visibleArguments(command).map((argument) => item(argument.name(), help.argumentDescription(argument))),
    ...own.map((option) => item(help.optionTerm(option), help.optionDescription(option))),
    groups.length === 0
      ? ''
      : `.PP\nTakes the options of: ${roff(groups.join(' ').replaceAll(':', ','))}\n`.replace(/,\n$/, '.\n'),
    after === '' ? '' : asItStands(after),
  ].join('');
}

/** Options that several commands take, by their heading; each once. */
function groupParts(commands) {
  const groups = new Map();
  for (const { command } of commands) {
    const help = command.createHelp();
    for (const option of help.visibleOptions(command)) {
      const { helpGroupHeading: heading } = option;
      if (heading === undefined) continue;
      if (!groups.has(heading)) groups.set(heading, new Set());
      groups.get(heading).add(item(help.optionTerm(option), help.optionDescription(option)));
    }
  }
  return [...groups].map(([heading, items]) => `.SS ${roff(heading.replace(/:$/, ''))}\n${[...items].join('')}`);
}

export function manPage(program) {
  const commands = commandsBelow(program, program.name());
  const [says, ...more] = program.description().split(': ');
  return [
    `.TH ${program.name().toUpperCase()} 1 "" "${program.name()} ${program.version()}"\n`,
    `.SH NAME\n${program.name()} \\- ${roff(says)}\n`,
    `.SH SYNOPSIS\n\\fB${program.name()}\\fR [options] paths...\n.br\n\\fB${program.name()}\\fR command [options] ...\n`,
    `.SH DESCRIPTION\n${roff(sentence(more.join(': ')))}\nWithout a command it is \\fBinvestigate\\fR.\n`,
    `.SH COMMANDS\n${commands.map(commandPart).join('')}`,
    `.SH OPTIONS\nThose that several commands take.\n${groupParts(commands).join('')}`,
    `.SH EXIT STATUS, EXAMPLES AND SETTINGS\n${asItStands(textAfter(program))}`,
  ].join('');
}
