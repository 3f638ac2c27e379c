/** So many folded incidents, the worst, stand on paper with who and why; a thousand of them would take 600 pages, and others have their heading. */
export const TOLD_ON_PAPER = 20;

/**
 * The part of the page's script that serves the incidents: it turns the pieces inside `noscript` into elements while the browser
 * is idle, or earlier when they come into view, are searched, linked to or printed. The markup of a piece is this program's own,
 * every text of a log in it escaped like everywhere else.
 */
export const INCIDENTS_SCRIPT = `
const status = one('#status'), search = one('#search'), boxes = all('input[data-verdict]');
function unfold(piece) {
  const t = document.createElement('template');
  t.innerHTML = one('noscript', piece).textContent;
  piece.replaceChildren(t.content);
  piece.className = 'told';
  piece.style.minHeight = '';
}
const unfoldAll = () => all('.piece').forEach(unfold);
const idle = self.requestIdleCallback || ((f) => setTimeout(f, 60));
/* Never while the reader scrolls, and no longer than the browser has nothing else to do. */
let scrolled = 0;
addEventListener('scroll', () => { scrolled = performance.now(); }, { passive: true });
function drip(deadline) {
  if (performance.now() - scrolled < 1000) { setTimeout(() => idle(drip), 1000); return; }
  do { const piece = one('.piece'); if (!piece) return; unfold(piece); } while (deadline && deadline.timeRemaining() > 20);
  idle(drip);
}
const near = new IntersectionObserver((seen) => {
  for (const { target, isIntersecting } of seen) if (isIntersecting) { near.unobserve(target); if (target.className === 'piece') unfold(target); }
}, { rootMargin: '800px' });
for (const piece of all('.piece')) { piece.style.minHeight = piece.dataset.rem + 'rem'; piece.style.containIntrinsicSize = 'auto ' + piece.dataset.rem + 'rem'; near.observe(piece); }
addEventListener('load', () => setTimeout(() => idle(drip), 300));

const texts = new WeakMap();
function textOf(c) { if (!texts.has(c)) texts.set(c, c.textContent.toLowerCase()); return texts.get(c); }
function filter() {
  unfoldAll();
  const shown = new Set(boxes.filter((b) => b.checked).map((b) => b.dataset.verdict));
  const word = search.value.trim().toLowerCase();
  const cases = all('details.case');
  let seen = 0;
  for (const c of cases) {
    const fits = shown.has(c.dataset.verdict) && (word === '' || textOf(c).includes(word));
    c.hidden = !fits; if (fits) seen++;
  }
  status.textContent = seen === cases.length ? '' : seen + ' of ' + cases.length + ' incidents shown';
  dispatchEvent(new CustomEvent('filtered', { detail: { shown, word } }));
}
for (const b of boxes) b.addEventListener('change', filter);
let typing;
if (search) search.addEventListener('input', () => { clearTimeout(typing); typing = setTimeout(filter, 150); });

function reveal(id) {
  if (!id) return;
  if (!document.getElementById(id)) unfoldAll();
  const target = document.getElementById(id), c = target && target.closest('details.case');
  if (!c) return;
  c.hidden = false;
  for (let p = target; p; p = p.parentElement) { if (p.tagName === 'DETAILS') p.open = true; if (p === c) break; }
  target.scrollIntoView();
  one('summary', c).focus({ preventScroll: true });
}
addEventListener('hashchange', () => reveal(location.hash.slice(1)));
document.addEventListener('click', (e) => { const a = e.target.closest('a[href^="#i-"]'); if (a && a.hash === location.hash) reveal(a.hash.slice(1)); });

for (const b of all('button[data-copy]')) b.addEventListener('click', async () => {
  const text = one('pre', b.parentElement);
  try { await navigator.clipboard.writeText(text.textContent); b.textContent = 'Copied'; }
  catch { getSelection().selectAllChildren(text); b.textContent = 'Selected'; }
  setTimeout(() => { b.textContent = 'Copy'; }, 2000);
});

let closed = [];
addEventListener('beforeprint', () => { unfoldAll(); closed = all('details.case:not([open]):not([hidden])').slice(0, ${TOLD_ON_PAPER}); for (const c of closed) { c.open = true; c.classList.add('brief'); } });
addEventListener('afterprint', () => { for (const c of closed) { c.open = false; c.classList.remove('brief'); } });
one('#theme').addEventListener('click', () => {
  const root = document.documentElement, dark = root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme:dark)').matches;
  root.dataset.theme = dark ? 'light' : 'dark';
});
if (boxes.some((b) => !b.checked) || (search && search.value !== '')) filter();
reveal(location.hash.slice(1));
`;
