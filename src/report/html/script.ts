/**
 * The only script of the page: a constant. It reads numbers from data attributes and never makes markup, so that no text
 * of a log can become code. The page is complete without it.
 */
export const SCRIPT = `'use strict';
(() => {
const $ = (q, all) => all ? [...document.querySelectorAll(q)] : document.querySelector(q);
const chart = $('#chart'), svg = $('#chart svg'), status = $('#status');
const search = $('#search'), boxes = $('input[data-verdict]', true), rawButton = $('#raw');
let shown = new Set(), raw = false;
const rows = svg ? $('g[data-row]', true).map((g) => ({ g, text: g.dataset.row.toLowerCase() })) : [];
const marks = svg ? $('rect[data-t]', true).map((el) => ({
  el, c: [+el.dataset.t, +(el.dataset.e || el.dataset.t)], r: [+(el.dataset.r || el.dataset.t), +(el.dataset.e || el.dataset.r || el.dataset.t)],
  v: el.dataset.v, bar: el.dataset.e !== undefined })) : [];
const span = svg ? +svg.dataset.span : 1, start = svg ? +svg.dataset.start : 0;
let from = 0, to = span;
const two = (n, w = 2) => String(n).padStart(w, '0');
function label(us, width) {
  const d = new Date(Math.floor((start + us) / 1000));
  const time = two(d.getUTCHours()) + ':' + two(d.getUTCMinutes()) + ':' + two(d.getUTCSeconds());
  return width < 20e6 ? time + '.' + two(d.getUTCMilliseconds(), 3) : width > 2 * 864e8 ? two(d.getUTCMonth() + 1) + '-' + two(d.getUTCDate()) + ' ' + time.slice(0, 5) : time;
}
function draw() {
  const width = to - from;
  for (const m of marks) {
    const [a, b] = raw ? m.r : m.c;
    const x = (a - from) / width * 100, w = (b - a) / width * 100;
    const off = x + w < 0 || x > 100 || (m.v !== undefined && !shown.has(m.v));
    m.el.setAttribute('display', off ? 'none' : 'inline');
    if (off) continue;
    m.el.setAttribute('x', Math.max(-1, x).toFixed(4) + '%');
    if (m.bar) m.el.setAttribute('width', Math.max(.15, Math.min(101, x + w) - Math.max(-1, x)).toFixed(4) + '%');
  }
  $('text.axis', true).forEach((t, i) => { t.textContent = label(from + width * +t.dataset.at, width); });
}
function zoom(factor, at = .5) {
  const width = Math.min(span, Math.max(1000, (to - from) * factor)), mid = from + (to - from) * at;
  from = Math.max(0, Math.min(span - width, mid - width * at)); to = from + width; draw();
}
function move(share) { const width = to - from; from = Math.max(0, Math.min(span - width, from + width * share)); to = from + width; draw(); }
function all() { from = 0; to = span; draw(); }
function filter() {
  shown = new Set(boxes.filter((b) => b.checked).map((b) => b.dataset.verdict));
  const word = search.value.trim().toLowerCase();
  let seen = 0;
  const cases = $('details.case', true);
  for (const c of cases) {
    const fits = shown.has(c.dataset.verdict) && (word === '' || c.textContent.toLowerCase().includes(word));
    c.hidden = !fits; if (fits) seen++;
  }
  for (const r of rows) r.g.setAttribute('opacity', word === '' || r.text.includes(word) ? '1' : '.15');
  status.textContent = seen === cases.length ? '' : seen + ' of ' + cases.length + ' incidents shown';
  if (svg) draw();
}
const filtered = () => search.value !== '' || boxes.some((b) => !b.checked);
const acts = { 'zoom-in': () => zoom(.5), 'zoom-out': () => zoom(2), left: () => move(-.25), right: () => move(.25), all };
for (const b of $('button[data-act]', true)) b.addEventListener('click', () => acts[b.dataset.act]());
if (rawButton) rawButton.addEventListener('click', () => { raw = !raw; rawButton.setAttribute('aria-pressed', String(raw)); draw(); });
for (const b of boxes) b.addEventListener('change', filter);
let timer; search.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(filter, 120); });
function reveal(id) {
  const c = id && document.getElementById(id);
  const d = c && c.closest('details.case');
  if (!d) return;
  d.hidden = false; d.open = true;
  for (let p = c; p && p !== d; p = p.parentElement) if (p.tagName === 'DETAILS') p.open = true;
  c.scrollIntoView(); const s = d.querySelector('summary'); if (s) s.focus({ preventScroll: true });
}
addEventListener('hashchange', () => reveal(location.hash.slice(1)));
if (svg) {
  chart.addEventListener('click', (e) => { const i = e.target.dataset && e.target.dataset.i; if (i) { if (location.hash === '#' + i) reveal(i); else location.hash = i; } });
  chart.addEventListener('wheel', (e) => { if (!e.ctrlKey && !e.shiftKey) return; e.preventDefault(); const box = svg.getBoundingClientRect(); zoom(e.deltaY + e.deltaX > 0 ? 1.25 : .8, (e.clientX - box.left) / box.width); }, { passive: false });
  chart.addEventListener('keydown', (e) => {
    const act = { '+': 'zoom-in', '=': 'zoom-in', '-': 'zoom-out', ArrowLeft: 'left', ArrowRight: 'right', 0: 'all' }[e.key];
    if (act && !e.ctrlKey && !e.metaKey && !e.altKey) { e.preventDefault(); acts[act](); }
  });
}
let closed = [];
addEventListener('beforeprint', () => { closed = $('details:not([open])', true); for (const d of closed) d.open = true; });
addEventListener('afterprint', () => { for (const d of closed) d.open = false; });
shown = new Set(boxes.map((b) => b.dataset.verdict));
if (filtered()) filter();
reveal(location.hash.slice(1));
})();
`;
