/**
 * How long Chromium takes to open a report of 5,000 violations and how smoothly it scrolls, each as a multiple of an empty page
 * (for scrolling: as tall as the report) in the same run. Work a frame is CPU time and holds on a busy machine. The report is that of a simulated night, or the file given.
 *
 *     npm run -s bench:html          # needs Chromium; CHROMIUM=/path/to/it where it is not on the PATH
 *     npm run -s bench:html -- night.html
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const ROUNDS = 5;
/** With this seed about 5,000 violations. */
const NIGHT = ['--seed', '3', '--episodes', '2900'];
const SLOW_FRAME_MS = 50;
const WHEEL_PX = 900;
const STEPS = 150;
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'egressblame-'));
try {
  await measure(process.argv[2] ?? simulated());
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function simulated() {
  const page = join(folder, 'night.html');
  execFileSync(process.execPath, [main, 'simulate', ...NIGHT, '--out', join(folder, 'night')]);
  execFileSync(process.execPath, [main, join(folder, 'night/inputs'), '-q', '--fail-on', 'never', '-o', page]);
  return page;
}

async function measure(report) {
  const empty = blank('empty.html', 100);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  try {
    const seen = { empty: [], tall: [], report: [] };
    for (let round = 0; round < ROUNDS; round++) {
      seen.empty.push(await visit(browser, empty));
      seen.report.push(await visit(browser, report));
      seen.tall.push(await visit(browser, blank('tall.html', seen.report[0].height)));
    }
    const opening = (visits) => median(visits.map(({ openMs }) => openMs));
    const [none, page] = [seen.empty, seen.report].map(opening);
    console.log(`${seen.report[0].says} ${(statSync(report).size / 1e6).toFixed(1)} MB`);
    console.log(
      `opening    ${page.toFixed(0)} ms, an empty page ${none.toFixed(0)} ms: ${(page / none).toFixed(1)} times`,
    );
    console.log(`scrolling  ${frames(seen.report)}`);
    console.log(`           ${frames(seen.tall)}, an empty page as tall`);
    const [own, floor] = [seen.report, seen.tall].map((visits) => median(visits.map(({ cpuMs }) => cpuMs)));
    console.log(
      `           the main thread works ${own.toFixed(1)} ms a frame: ${(own / floor).toFixed(1)} times ${floor.toFixed(1)} ms`,
    );
  } finally {
    await browser.close();
  }
}

function blank(name, height) {
  const path = join(folder, name);
  writeFileSync(
    path,
    `<!doctype html><html lang="en"><title>empty</title><div style="height:${height}px"><p>Nothing.</p></div></html>`,
  );
  return path;
}

/** Opening: from the start of the navigation to the second frame after the page said that it has loaded. */
async function visit(browser, path) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  try {
    const start = performance.now();
    await page.goto(pathToFileURL(path).href, { waitUntil: 'load' });
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const openMs = performance.now() - start;
    const { height, says } = await page.evaluate(() => ({
      height: document.documentElement.scrollHeight,
      says: document.querySelector('.verdict p')?.textContent,
    }));
    return { openMs, height, says, ...(await scroll(page)) };
  } finally {
    await page.close();
  }
}

/** Wheels through the page from top to bottom as a hurried reader does: lengths of the frames and of tasks over 50 ms, ms. */
async function scroll(page) {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.evaluate(() => {
    self.seen = { frames: [], tasks: [] };
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) self.seen.tasks.push(duration);
    }).observe({ type: 'longtask' });
    let last = performance.now();
    const frame = (now) => {
      self.seen.frames.push(now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
  const before = await cpuSeconds(session);
  await page.mouse.move(640, 850);
  for (let step = 0; step < STEPS; step++) {
    await page.mouse.wheel(0, WHEEL_PX);
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
  }
  const seconds = (await cpuSeconds(session)) - before;
  const { frames, tasks } = await page.evaluate(() => self.seen);
  return { frames, tasks, cpuMs: (seconds * 1000) / frames.length };
}

/** What the main thread of the page has worked so far. */
async function cpuSeconds(session) {
  const { metrics } = await session.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration').value;
}

function frames(visits) {
  const all = visits.flatMap((visit) => visit.frames);
  const tasks = visits.flatMap((visit) => visit.tasks);
  const slow = all.filter((ms) => ms > SLOW_FRAME_MS).length;
  return `${slow} of ${all.length} frames over ${SLOW_FRAME_MS} ms, worst ${Math.max(...all).toFixed(0)} ms, ${tasks.length} long tasks`;
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
