/** Suffixes of files, which otherwise look like domains. */
export const FILE =
  /\.(?:py|sh|js|ts|json|jsonl|txt|log|md|c|h|so|cfg|conf|yml|yaml|toml|html|css|xml|csv|tar|tgz|gz|xz|zip|whl|o|out|pid|lock|rs|go|java|rb|pl|env|ini|bin|exe|dat|db)$/i;
const MAX_COMMAND = 64 * 1024;
const MAX_SHAPE = 512;

type Step = readonly [RegExp, string | ((whole: string, ...groups: string[]) => string)];

/** In this order: what a later step would break apart is taken first. */
const STEPS: readonly Step[] = [
  [/\/dev\/(tcp|udp)\/[^\s/;"')]+\/[^\s;"')&|]+/g, '/dev/$1/<host>/<n>'],
  // The scheme stays: `stratum+tcp` says more than the host.
  [/\b([a-z][a-z0-9+.-]*):\/\/[^\s'"`;|&<>)]+/gi, '$1://<host>'],
  [/(?<![\w.@-])[\w.-]+@(?=[\w[])/g, '<user>@'],
  [/(?<![\w-])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![\w-])/gi, '<id>'],
  [/(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?(?![\w.])/g, '<host>'],
  [/(?<![\w:.<>])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])/gi, '<host>'],
  [
    /(?<![\w:.<>])(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?(?![\w:])/gi,
    '<host>',
  ],
  [
    /(?<![\w/.~$<-])(?:[a-z0-9_](?:[\w-]*)\.)+[a-z][a-z0-9-]+(?![\w(])/gi,
    (name) => (FILE.test(name) ? '<path>' : '<host>'),
  ],
  [/(?<![\w.$<>/-])\blocalhost\b/gi, '<host>'],
  // A path in the place of a command keeps its last part: which program ran is what the shape is about.
  [/((?:^|[;|&(]|\b(?:nohup|sudo|exec|time|env|setsid))\s*)(?:\.{1,2}|~)?\/(?:[\w.+-]+\/)*([\w.+-]+)/g, '$1$2'],
  [/(?<![\w<>/])(?:\.{1,2}|~)?\/(?!dev\/(?:tcp|udp|null)\b)[\w.+@%=-]+(?:\/[\w.+@%=*-]*)*/g, '<path>'],
  [/(?<![\w<])(?=[0-9a-f]*\d)[0-9a-f]{8,}(?!\w)/gi, '<id>'],
  [/(?<![\w<+/=])(?=[\w+/]*\d)(?=[\w+/]*[A-Z])(?=[\w+/]*[a-z])[\w+/]{20,}={0,2}(?![\w+/=])/g, '<id>'],
  [/\d+/g, '<n>'],
  [/\s+/g, ' '],
  [/(<(?:host|n|id|path)>)(?:[ ,]\1)+/g, '$1...'],
];

/**
 * What a command does without what it does it to: addresses, names, URLs, user names and `localhost` become `<host>` (a URL keeps
 * its scheme), files `<path>` (but for the name of a program), long identifiers `<id>`, all other digits `<n>`, runs of one kind
 * one with `...`, blanks one blank. A domain that ends as a file does (`example.sh`) is taken for one. Two commands with one shape are the same act against other targets. Pure; reads 64 KiB and
 * gives 512 characters at most. The shape of a shape is itself.
 */
export function commandShape(command: string): string {
  let shape = command.slice(0, MAX_COMMAND);
  for (const [pattern, by] of STEPS)
    shape = typeof by === 'string' ? shape.replace(pattern, by) : shape.replace(pattern, by);
  return shape.trim().slice(0, MAX_SHAPE);
}
