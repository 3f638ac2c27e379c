/** One line by the names of its columns. */
export type Row = Readonly<Record<string, string>>;

/** What only a proxy writes: whom it asked, or what became of a request by its policy. */
const OF_PROXY =
  /^(?:s-action|sc-filter-result|x-exception-id|r-host|r-ip|s-supplier-(?:ip|name)|s-object-source|x-resultcode-httpstatus|x-acltag|x-cs-access-method)$/;
const FAR_END = /^(?:cs-host|cs-uri|cs-url|r-host|r-ip|cs-dns|c-uri)$/;

/** Names of a `#Fields:` line; undefined where no proxy wrote it. W3C working draft "Extended Log File Format", Directives. */
export function proxyColumns(text: string): readonly string[] | undefined {
  if (!text.startsWith('#Fields:')) return undefined;
  const names = text
    .slice(8)
    .trim()
    .split(/[ \t]+/);
  const isProxys = names.includes('c-ip') && names.some((name) => FAR_END.test(name));
  return isProxys && names.some((name) => OF_PROXY.test(name)) ? names : undefined;
}

/** No request is as long: URLs and agents that are cut take a few thousand bytes. */
const LONGEST = 1 << 17;

/** Cells between blanks, or tabs where there are any; between quotes a doubled one is a letter. None of a text that is no line. */
export function cellsOf(text: string): readonly string[] {
  if (text.length > LONGEST) return [];
  if (text.includes('\t')) return text.split('\t').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
  return Array.from(text.matchAll(CELL), ([, quoted, bare = '']) => quoted?.replaceAll('""', '"') ?? bare);
}

const CELL = /"([^"]*(?:""[^"]*)*)"|(\S+)/g;

/** Columns behind the verdict and before it, as ProxySG writes them by default (Broadcom, "Access Log Formats", `main`). */
const BEHIND =
  'cs-categories cs(Referer) sc-status s-action cs-method rs(Content-Type) cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query cs-uri-extension cs(User-Agent) s-ip sc-bytes cs-bytes'.split(
    ' ',
  );
const BEFORE = 'date time time-taken c-ip cs-username cs-auth-group'.split(' ');
const VERDICTS = new Set(['OBSERVED', 'PROXIED', 'DENIED']);
const STAMPED =
  /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \d+ \S+ .* (?:OBSERVED|PROXIED|DENIED) .* (?:TCP|UDP|TUNNEL|[A-Z]+)_[A-Z_]+ /;

/** A line of ProxySG that came without its heading, as syslog carries it: the columns stand around the verdict. */
export function bareRow(text: string): Row | undefined {
  if (text.length > LONGEST || !STAMPED.test(text)) return undefined;
  const cells = cellsOf(text);
  const verdict = cells.findIndex((cell) => VERDICTS.has(cell));
  const first = verdict + 1;
  // Some add the address that was asked before the scheme.
  const isAdded = /^[\da-fA-F:.]+$/.test(cells[first + 6] ?? '') && cells[first + 6] !== '-';
  const behind = isAdded ? [...BEHIND.slice(0, 6), 'r-ip', ...BEHIND.slice(6)] : BEHIND;
  const row: Record<string, string> = {
    'sc-filter-result': cells[verdict] ?? '',
    'x-exception-id': cells[verdict - 1] ?? '-',
  };
  BEFORE.forEach((name, i) => {
    row[name] = cells[i] ?? '-';
  });
  behind.forEach((name, i) => {
    row[name] = cells[first + i] ?? '-';
  });
  return /^(?:-|\d{3})$/.test(row['sc-status'] ?? '') && /^(?:-|\d{1,5})$/.test(row['cs-uri-port'] ?? '')
    ? row
    : undefined;
}
