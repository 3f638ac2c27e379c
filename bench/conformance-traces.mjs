// Scores the built trace formats (npx tsc -p tsconfig.build.json) against a corpus of files with *.expect.json beside them.
// node bench/conformance-traces.mjs [corpus folder] [-v] [folder filter]
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { decompress } from 'fzstd';

const args = process.argv.slice(2);
const verbose = args.includes('-v');
const [root = '../shared/corpus/traces', only] = args.filter((arg) => arg !== '-v');
const dist = new URL('../dist/', import.meta.url);
const { formats } = await import(new URL('formats/index.js', dist));
const { createFramer, cutOf } = await import(new URL('sources/cutting/frame.js', dist));
const { tryJson } = await import(new URL('core/json/json.js', dist));
const { sniffMean } = await import(new URL('core/decoded.js', dist));
const { unwrapRecord } = await import(new URL('sources/envelopes/unwrap.js', dist));

const IDS = {
  'otlp-json': 'otlp',
  'openinference-phoenix': 'phoenix',
  'openhands-v0': 'openhands',
  'openhands-v1': 'openhands',
  'terminal-bench-v1': 'terminal-bench',
};
const WRONG = ['episode', 'call', 'name', 'command', 'start', 'end', 'basis'];

function* expectations(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.name.endsWith('.expect.json')) yield join(entry.parentPath, entry.name);
  }
}

/** Members of a zip by its central directory: deflate, stored or zstd (method 93, several frames). */
function unzip(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let end = bytes.length - 22;
  while (end > 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  const members = [];
  let at = view.getUint32(end + 16, true);
  for (let i = 0; i < view.getUint16(end + 10, true); i++) {
    const [method, size, nameLength, extra, comment] = [10, 20, 28, 30, 32].map((o) =>
      o === 20 ? view.getUint32(at + o, true) : view.getUint16(at + o, true),
    );
    const local = view.getUint32(at + 42, true);
    const name = bytes.subarray(at + 46, at + 46 + nameLength).toString('utf8');
    const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
    const data = bytes.subarray(from, from + size);
    members.push({
      name,
      data: method === 0 ? data : method === 8 ? inflateRawSync(data) : Buffer.from(decompress(data)),
    });
    at += 46 + nameLength + extra + comment;
  }
  return members;
}

function decode(format, path, bytes) {
  const framer = createFramer(path, cutOf(format.framing, bytes.subarray(0, 65536).toString('utf8')));
  const records = [...framer.push(bytes), ...framer.end()].map(unwrapRecord);
  const decoder = format.open({ path, zoneOffsetMin: 0, reference: 1_795_000_000_000_000 });
  const events = [];
  let failed = 0;
  for (const record of records) {
    const result = decoder.decode(record);
    if (result.status === 'decoded') events.push(...result.events);
    else if (result.status === 'failed') failed++;
  }
  events.push(...(decoder.flush?.() ?? []));
  return { events, failed };
}

function eventsOf(format, path) {
  const bytes = readFileSync(path);
  if (path.endsWith('.eval')) {
    const members = unzip(bytes).filter(({ name }) => /^(?:samples\/|_journal\/|header\.json$)/.test(name));
    const parts = members.map(({ name, data }) => decode(format, `${path}!/${name}`, data));
    return { events: parts.flatMap((part) => part.events), failed: parts.reduce((sum, part) => sum + part.failed, 0) };
  }
  if (path.endsWith('.zst')) return decode(format, path, Buffer.from(decompress(bytes)));
  return decode(format, path, bytes);
}

const ms = (iso) => (iso === null || iso === undefined ? undefined : Date.parse(iso));
const floor = (us) => (us === undefined ? undefined : Math.floor(us / 1000));
const BASIS = {
  'end-minus-duration': ['end-minus-duration'],
  'step-end': ['prev-step'],
  'step-start': ['recorded'],
  'conversion-time': ['none'],
  none: ['none'],
};

function compare(expected, actual, ids) {
  const wrong = [];
  if (!ids.has(actual.episodeId)) wrong.push('episode');
  if ((expected.id ?? undefined) !== actual.callId && expected.id !== undefined) wrong.push('call');
  if (expected.name !== actual.name) wrong.push('name');
  if ((expected.command ?? undefined) !== actual.command) wrong.push('command');
  if (ms(expected.start) !== floor(actual.start)) wrong.push('start');
  if (ms(expected.end) !== floor(actual.end)) wrong.push('end');
  const basis = BASIS[expected.x?.basis];
  if (basis !== undefined && !basis.includes(actual.startBasis)) wrong.push('basis');
  return wrong;
}

/** Ids under which an expected episode may appear: its own, one that names it as an alias, or for a line's one with the file before it. */
function idsOf(id, events) {
  const ids = new Set([id]);
  for (const event of events) {
    if (event.kind !== 'episode') continue;
    if (/^line:\d+$/.test(id) && event.episodeId.endsWith(`/${id}`)) ids.add(event.episodeId);
    if (event.aliases?.includes(id)) ids.add(event.episodeId);
  }
  return ids;
}

/** Gemini's sessions, its telemetry files and its exported spans are formats of their own: the one that claims the head most. */
function formatOf(id, path) {
  if (id !== 'gemini-cli') return formats.find((candidate) => candidate.id === id);
  const text = readFileSync(path, 'utf8');
  const claim = (candidate) => {
    const framer = createFramer(path, cutOf(candidate.framing, text.slice(0, 65536)));
    const records = [...framer.push(Buffer.from(text)), ...framer.end()].slice(0, 50).map((record) => {
      const { text: inner } = unwrapRecord(record);
      return { text: inner, json: tryJson(inner) };
    });
    return (candidate.sniff?.({ path, records }) ?? sniffMean({ path, records }, candidate.claims)).score;
  };
  const scored = formats.map((candidate) => ({ candidate, score: claim(candidate) }));
  return scored.sort((a, b) => b.score - a.score)[0]?.candidate;
}

const table = new Map();
for (const file of [...expectations(root)].sort()) {
  const want = JSON.parse(readFileSync(file, 'utf8'));
  const id = IDS[want.format] ?? want.format;
  const path = file.replace(/\.expect\.json$/, '');
  const format = formatOf(id, path);
  if (format === undefined || !existsSync(path) || (only !== undefined && id !== only)) continue;
  const { events, failed } = eventsOf(format, path);
  const row = table.get(id) ?? {
    files: 0,
    episodes: 0,
    episodesSeen: 0,
    calls: 0,
    right: 0,
    extra: 0,
    failed: 0,
    wrong: {},
  };
  table.set(id, row);
  row.files++;
  row.failed += failed;
  const calls = events.filter((event) => event.kind === 'tool-call');
  const used = new Set();
  for (const episode of want.episodes) {
    row.episodes++;
    const ids = idsOf(episode.id, events);
    if (events.some((event) => ids.has(event.episodeId))) row.episodesSeen++;
    else if (verbose) console.log(`${path}: episode ${episode.id} not seen`);
    for (const [position, expected] of episode.toolCalls.entries()) {
      row.calls++;
      const inEpisode = calls.filter((call) => ids.has(call.episodeId) && !used.has(call));
      const found =
        inEpisode.find((call) => expected.id !== undefined && call.callId === expected.id) ??
        inEpisode.find((call) => call.index === position && (expected.id === undefined || call.callId === undefined)) ??
        (expected.id === undefined ? inEpisode.find((call) => call.name === expected.name) : undefined);
      const wrong = found === undefined ? ['call'] : compare(expected, found, ids);
      if (found !== undefined) used.add(found);
      if (wrong.length === 0) row.right++;
      for (const what of wrong) row.wrong[what] = (row.wrong[what] ?? 0) + 1;
      if (verbose && wrong.length > 0)
        console.log(
          path.split('/').pop(),
          wrong.join(','),
          JSON.stringify(expected).slice(0, 300),
          found === undefined
            ? 'MISSING'
            : JSON.stringify({
                id: found.callId,
                n: found.name,
                c: found.command?.slice(0, 80),
                s: floor(found.start) && new Date(floor(found.start)).toISOString(),
                e: floor(found.end) && new Date(floor(found.end)).toISOString(),
                b: found.startBasis,
              }),
        );
    }
  }
  const extra = calls.filter((call) => !used.has(call));
  row.extra += extra.length;
  if (verbose)
    for (const call of extra.slice(0, 5))
      console.log(`${path.split('/').pop()}: extra ${call.episodeId} ${call.callId} ${call.name}`);
}
console.log('format               files  episodes     calls  right   share  extra  failed  wrong');
for (const [id, row] of table) {
  const share = row.calls === 0 ? '-' : `${((100 * row.right) / row.calls).toFixed(1)}%`;
  const wrong = WRONG.filter((what) => row.wrong[what])
    .map((what) => `${what}:${row.wrong[what]}`)
    .join(' ');
  console.log(
    `${id.padEnd(20)} ${String(row.files).padStart(5)} ${`${row.episodesSeen}/${row.episodes}`.padStart(9)} ${String(row.calls).padStart(9)} ${String(row.right).padStart(6)} ${share.padStart(7)} ${String(row.extra).padStart(6)} ${String(row.failed).padStart(7)}  ${wrong}`,
  );
}
