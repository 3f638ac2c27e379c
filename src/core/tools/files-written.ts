import { remembered } from '../text/remembered.ts';

/** A file that a call writes, by its name without folders. */
export interface WrittenFile {
  readonly name: string;
  /** It holds what another end sent, not what the call says: it names that end only to who runs it. */
  readonly isFetched: boolean;
}

const STATEMENTS = /;|\n|&&|\|\|/;
const FETCHES = /(?:^|[\s(|])(?:curl|wget|aria2c|https?|fetch)\s/;
/** Redirections and `tee`; a name that goes on with a colon is the beginning of a URL. */
const PRINTED = /(?:>>?\s*|\btee\s+(?:-a\s+)?)(['"]?)([\w./~-]{3,200})(?![\w./~:-])\1/g;
const TOLD = /(?:\s-\w*[oO]\s+|--output(?:-document)?[= ])(['"]?)([\w./~-]{3,200})(?![\w./~:-])\1/g;
/** `curl -O` and `wget` name the file as the URL does. */
const CURL = /(?:^|\s)curl\s/;
const CURL_KEEPS_NAME = /\s(?:-\w*O\b|--remote-name)/;
const WGET = /(?:^|\s)wget\s/;
const WGET_NAMES = /\s(?:-\w*O\b|--output-document)/;
const URL_NAME = /\bhttps?:\/\/[^\s'"/?#]{1,255}\/(?:[^\s'"?#]{0,500}\/)?([\w.~-]{3,200})(?=[\s'"?#]|$)/g;

/** Paths that a command writes: redirections, `tee`, what a download is told or named by; and the path argument of an editor tool. */
export function filesWritten(command: string, argumentsText: string | undefined): readonly WrittenFile[] {
  const files = new Map<string, boolean>();
  const put = (path: string | undefined, isFetched: boolean): void => {
    if (path === undefined || path.startsWith('/dev/')) return;
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (name.length >= 3) files.set(name, isFetched && files.get(name) !== false);
  };
  for (const statement of command.split(STATEMENTS)) {
    const isFetched = FETCHES.test(statement);
    for (const match of statement.matchAll(PRINTED)) put(match[2], isFetched);
    for (const match of statement.matchAll(TOLD)) put(match[2], true);
    if (keepsName(statement)) for (const match of statement.matchAll(URL_NAME)) put(match[1], true);
  }
  const path = /"(?:path|file_path|file|filename)"\s*:\s*"([^"]{2,300})"/.exec(argumentsText ?? '')?.[1];
  if (argumentsText !== undefined && /"(?:content|file_text|new_str|text|code)"/.test(argumentsText)) put(path, false);
  return Array.from(files, ([name, isFetched]) => ({ name, isFetched }));
}

function keepsName(statement: string): boolean {
  return CURL.test(statement) ? CURL_KEEPS_NAME.test(statement) : WGET.test(statement) && !WGET_NAMES.test(statement);
}

const SHELLS = String.raw`(?:ba|da|z|k|a)?sh|python[\d.]*|pypy3?|node|deno|bun|perl|ruby|php|lua|tclsh|Rscript|pwsh|java`;
const INSTALLERS = 'pip[\\d.]*|npm|yarn|pnpm|apt|apt-get|dpkg|rpm|gem';
const STARTERS = String.raw`(?:(?:sudo|exec|nohup|setsid|env|time|nice|timeout\s+\S+|then|do|else)\s+(?:-\S+\s+)*)*`;
/** How a command or a list of words begins. */
const BEGINS = String.raw`(?:^|[;&|({\n\r\x60]|\\n|sh\s+-\w*c\s+['"])\s*`;

/** Ways in which a text runs a file, by the file's name. */
const runs = remembered((file: string): RegExp => {
  const name = file.replace(/[^\w]/g, '\\$&');
  const path = String.raw`(?:[\w.~/$-]*/)?${name}(?![\w-])`;
  return new RegExp(
    [
      `${BEGINS}${STARTERS}${path}`,
      String.raw`(?<![\w.-])(?:${SHELLS}|source|\.)(?:[\s'",\[]+(?:-(?!c\b)[\w-]+|<))*[\s'",\[<]+${path}`,
      String.raw`(?<![\w.-])(?:${INSTALLERS})\s[^;&|\n]{0,400}?${path}`,
      String.raw`(?<![\w.-])chmod\s[^;&|\n]{0,400}?${path}`,
      String.raw`(?<![\w-])${name}(?![\w-])[^;&\n]{0,400}\|\s*(?:sudo\s+)?(?:${SHELLS})(?:\s+-s?\b)*\s*(?:$|[;&|)\n"'])`,
      String.raw`\b(?:exec|eval|execfile|run_path)\s*\([^;\n]{0,200}?${path}`,
    ].join('|'),
  );
});

/** Whether a text, a shell's or another's, runs the file, installs it, or makes it one that can be run. */
export function runsFile(text: string, file: string): boolean {
  return text.includes(file) && runs(file).test(text);
}
