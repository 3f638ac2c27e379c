import { TICK_SHAPE } from '../shape.ts';

/**
 * The part of the page's script that serves the timeline: it reads numbers from data attributes, rewrites the paths of the rows for
 * another part of the night, and never makes markup. Whatever the size of the night, one step is one rewrite of a few hundred paths.
 */
export const CHART_SCRIPT = `
const chart = one('#chart');
if (chart) {
const SHAPE = ${JSON.stringify(TICK_SHAPE)};
const start = +chart.dataset.start, span = +chart.dataset.span, caseIds = chart.dataset.cases.split(' ');
const rows = all('.row', chart), tip = one('#tip'), rawButton = one('#raw'), hiddenVerdicts = new Set();
let from = 0, to = span, raw = false, asked = 0;
const known = new WeakMap();
function numbers(text) { return text ? text.split(' ').map(Number) : []; }
function dataOf(path) {
  let d = known.get(path);
  if (d) return d;
  const { t, r, i, b, says, g, busy, v } = path.dataset;
  if (t !== undefined) { const at = numbers(t); d = { v, t: at, r: r ? numbers(r) : at, i: numbers(i) }; }
  else if (b !== undefined) d = { b: b.split(' ').map((pair) => pair.split(':').map(Number)), says: says.split('\\n') };
  else { const [first, bin] = g.split(':').map(Number); d = { first, bin, busy: busy.split(',') }; }
  known.set(path, d);
  return d;
}
const along = (at) => Math.round((at - from) / (to - from) * 2000) / 2;
const seen = (a, b) => b >= from && a <= to;
function drawTicks(d) {
  let out = '', last = -1;
  for (const at of raw ? d.r : d.t) {
    const x = along(at);
    if (x === last || !seen(at, at)) continue;
    last = x;
    for (const [y, z] of SHAPE[d.v]) out += 'M' + x + ',' + y + 'V' + z;
  }
  return out;
}
function drawBars(d) {
  let out = '';
  for (const [a, b] of d.b) if (seen(a, b)) { const x = Math.max(-2, along(a)); out += 'M' + x + ',10H' + Math.max(x + 1.5, Math.min(1002, along(b))); }
  return out;
}
function drawBusy(d) {
  let out = '';
  d.busy.forEach((busy, i) => {
    const a = d.first + i * d.bin;
    if (busy !== '' && seen(a, a + d.bin)) out += 'M' + along(a) + ',20V' + (20 - busy * .19) + 'H' + along(a + d.bin) + 'V20Z';
  });
  return out;
}
const two = (n, w = 2) => String(n).padStart(w, '0');
function label(us) {
  const d = new Date(Math.floor((start + us) / 1000)), width = to - from;
  const time = two(d.getUTCHours()) + ':' + two(d.getUTCMinutes()) + ':' + two(d.getUTCSeconds());
  return width < 20e6 ? time + '.' + two(d.getUTCMilliseconds(), 3) : width > 2 * 864e8 ? two(d.getUTCMonth() + 1) + '-' + two(d.getUTCDate()) + ' ' + time.slice(0, 5) : time;
}
function draw() {
  asked = 0;
  for (const path of all('.row path', chart)) {
    const d = dataOf(path);
    path.setAttribute('d', d.t ? drawTicks(d) : d.b ? drawBars(d) : drawBusy(d));
  }
  for (const mark of all('.axis span', chart)) mark.textContent = label(from + (to - from) * mark.dataset.at);
}
function show(a, b) {
  const width = Math.min(span, Math.max(span / 1e6, 2000, b - a));
  from = Math.max(0, Math.min(span - width, a)); to = from + width;
  if (!asked) asked = requestAnimationFrame(draw);
}
const zoom = (factor, at = .5) => { const width = (to - from) * factor, mid = from + (to - from) * at; show(mid - width * at, mid + width * (1 - at)); };
const move = (share) => { const width = to - from; show(from + width * share, to + width * share); };
const acts = { 'zoom-in': () => zoom(.5), 'zoom-out': () => zoom(2), left: () => move(-.25), right: () => move(.25), all: () => show(0, span) };
for (const b of all('button[data-act]')) b.addEventListener('click', () => acts[b.dataset.act]());
rawButton.addEventListener('click', () => { raw = !raw; rawButton.setAttribute('aria-pressed', String(raw)); draw(); });
for (const b of all('input[data-lane]')) b.addEventListener('change', () => { for (const row of rows) if (row.dataset.lane === b.dataset.lane) row.hidden = !b.checked; });
addEventListener('filtered', ({ detail: { shown, word } }) => {
  hiddenVerdicts.clear();
  for (const v of Object.keys(SHAPE)) if (!shown.has(v)) hiddenVerdicts.add(v);
  for (const path of all('path.tick', chart)) path.classList.toggle('off', hiddenVerdicts.has(path.dataset.v));
  for (const row of rows) row.classList.toggle('faint', word !== '' && !row.textContent.toLowerCase().includes(word));
});
chart.addEventListener('keydown', (e) => {
  const act = { '+': 'zoom-in', '=': 'zoom-in', '-': 'zoom-out', ArrowLeft: 'left', ArrowRight: 'right', 0: 'all' }[e.key];
  if (act && !e.ctrlKey && !e.metaKey && !e.altKey) { e.preventDefault(); acts[act](); }
});
chart.addEventListener('wheel', (e) => {
  const svg = (e.ctrlKey || e.shiftKey) && e.target.closest('.row svg');
  if (!svg) return;
  e.preventDefault();
  const box = svg.getBoundingClientRect();
  zoom(e.deltaY + e.deltaX > 0 ? 1.25 : .8, (e.clientX - box.left) / box.width);
}, { passive: false });
document.addEventListener('click', (e) => {
  const a = e.target.closest('a[data-from]');
  if (a) show(a.dataset.from - start, a.dataset.to - start);
});

/* What is under the pointer: the nearest mark within six pixels, else the bar. */
function under(e) {
  const svg = e.target.closest('.row svg');
  if (!svg) return undefined;
  const box = svg.getBoundingClientRect(), at = from + (e.clientX - box.left) / box.width * (to - from);
  const reach = 6 / box.width * (to - from);
  let best, bar;
  for (const path of all('path', svg)) {
    const d = dataOf(path);
    if (d.t && !hiddenVerdicts.has(d.v)) (raw ? d.r : d.t).forEach((t, k) => { const off = Math.abs(t - at); if (off <= reach && (!best || off < best.off)) best = { off, t, v: d.v, id: caseIds[d.i[k]] }; });
    if (d.b) d.b.forEach(([a, b], k) => { if (a - reach <= at && at <= b + reach) bar = { a, text: d.says[k] }; });
  }
  return { at, svg, best, bar };
}
let down, pending;
chart.addEventListener('pointermove', (e) => {
  if (pending) return;
  pending = requestAnimationFrame(() => {
    pending = 0;
    const hit = under(e);
    tip.textContent = !hit ? '\\u00a0' : hit.best ? label(hit.best.t) + ' ' + hit.best.v + ' violation of ' + hit.best.id : hit.bar ? label(hit.bar.a) + ' ' + hit.bar.text : label(hit.at);
    chart.classList.toggle('over', Boolean(hit && hit.best));
    if (down && hit) select(down, e);
  });
});
const frame = document.createElement('div');
frame.className = 'select';
function select(a, b) {
  const box = a.svg.getBoundingClientRect(), outer = chart.getBoundingClientRect(), x = Math.max(box.left, Math.min(a.x, b.clientX));
  if (Math.abs(a.x - b.clientX) < 6) return;
  if (!frame.isConnected) chart.append(frame);
  frame.style.left = x - outer.left + 'px';
  frame.style.width = Math.abs(a.x - b.clientX) + 'px';
  frame.style.height = chart.scrollHeight + 'px';
}
chart.addEventListener('pointerdown', (e) => { const hit = e.button === 0 && e.pointerType === 'mouse' && under(e); down = hit ? { x: e.clientX, at: hit.at, svg: hit.svg } : undefined; });
addEventListener('pointerup', (e) => {
  frame.remove();
  if (!down) return;
  const box = down.svg.getBoundingClientRect(), width = Math.abs(e.clientX - down.x);
  const at = from + Math.max(0, Math.min(1, (e.clientX - box.left) / box.width)) * (to - from);
  if (width >= 6) show(Math.min(at, down.at), Math.max(at, down.at));
  down = undefined;
});
let pressed = 0;
chart.addEventListener('pointerdown', (e) => { pressed = e.clientX; });
chart.addEventListener('click', (e) => {
  const hit = Math.abs(e.clientX - pressed) < 6 && under(e), id = hit && hit.best && hit.best.id;
  if (id) { if (location.hash === '#' + id) reveal(id); else location.hash = id; }
});
}
`;
