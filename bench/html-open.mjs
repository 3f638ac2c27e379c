/**
 * How long Chromium takes to open a report of 5,000 violations, as a multiple of an empty page opened in the same run.
 * The report is the bundled night, repeated under new names until it holds that many.
 *
 *     npm run -s bench:html          # needs Chromium; CHROMIUM=/path/to/it where it is not on the PATH
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { redact } from '../dist/core/redact.js';
import { investigate } from '../dist/pipeline.js';
import { htmlPage } from '../dist/report/html/index.js';

const WANTED = 5000;
const ROUNDS = 7;
const DAY_US = 86_400_000_000;

const root = new URL('..', import.meta.url).pathname;
const night = await investigate({ paths: ['fixtures/night/inputs'], cwd: root });
const report = repeated(night, Math.ceil(WANTED / night.attributions.length));
const folder = mkdtempSync(join(tmpdir(), 'egressblame-'));
try {
  const empty = join(folder, 'empty.html');
  const full = join(folder, 'night.html');
  writeFileSync(empty, '<!doctype html><html lang="en"><title>empty</title><p>Nothing.</p></html>');
  writeFileSync(
    full,
    [...htmlPage.render(report, { clean: redact, command: 'egressblame logs', raw: (ref) => rawLine(ref) })].join(''),
  );
  await measure(empty, full);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function measure(empty, full) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  try {
    const times = { empty: [], full: [], scroll: [] };
    for (let round = 0; round < ROUNDS; round++) {
      times.empty.push((await open(browser, empty)).openMs);
      const seen = await open(browser, full);
      times.full.push(seen.openMs);
      times.scroll.push(seen.frameMs);
    }
    const [none, page, frame] = [times.empty, times.full, times.scroll].map(median);
    console.log(
      `${report.attributions.length} violations in ${report.incidents.length} incidents, ${(statSync(full).size / 1e6).toFixed(1)} MB`,
    );
    console.log(`empty page  ${none.toFixed(0)} ms`);
    console.log(`report      ${page.toFixed(0)} ms, ${(page / none).toFixed(1)} times the empty page`);
    console.log(`scrolling   ${frame.toFixed(1)} ms, the slowest twentieth of the frames`);
  } finally {
    await browser.close();
  }
}

/** From the start of the navigation to the second frame after the page said that it has loaded. */
async function open(browser, path) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  try {
    const start = performance.now();
    await page.goto(pathToFileURL(path).href, { waitUntil: 'load' });
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const openMs = performance.now() - start;
    return { openMs, frameMs: await page.evaluate(scrollThrough) };
  } finally {
    await page.close();
  }
}

/** Runs in the page: scrolls a screen a frame, from top to bottom, and returns the 95th percentile of the frames' lengths, ms. */
async function scrollThrough() {
  const frames = [];
  for (let step = 0; step < 60; step++) {
    const before = performance.now();
    scrollTo(0, step * innerHeight);
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    frames.push(performance.now() - before);
  }
  return frames.sort((a, b) => a - b)[Math.floor(frames.length * 0.95)];
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** A line as long as those of the night, so that the page weighs what it would. */
function rawLine(ref) {
  return `${ref.source}:${ref.line} `.padEnd(Math.min(ref.bytes, 2000), 'x');
}

/** The same night `times` times, a day apart, under names of its own. */
function repeated(once, times) {
  const nights = Array.from({ length: times }, (_, n) => nthNight(once, n));
  return {
    ...once,
    attributions: nights.flatMap(({ attributions }) => attributions),
    incidents: nights.flatMap(({ incidents }) => incidents),
  };
}

/** The `n`th repetition: `n` days later, every name its own. */
function nthNight(once, n) {
  const id = (text) => (n === 0 ? text : `${text}-${n}`);
  const at = (us) => us + n * DAY_US;
  const episode = (ref) => ({ ...ref, id: id(ref.id) });
  const call = (ref) => ({
    ...ref,
    id: id(ref.id),
    ...(ref.start === undefined ? {} : { start: at(ref.start) }),
    ...(ref.end === undefined ? {} : { end: at(ref.end) }),
  });
  const named = (entry) => ({
    ...entry,
    ...(entry.episode === undefined ? {} : { episode: episode(entry.episode) }),
    ...(entry.toolCall === undefined ? {} : { toolCall: call(entry.toolCall) }),
  });
  return {
    attributions: once.attributions.map((one) => ({
      ...named(one),
      incident: id(one.incident),
      candidates: one.candidates.map(named),
      violation: {
        ...one.violation,
        id: id(one.violation.id),
        first: at(one.violation.first),
        last: at(one.violation.last),
      },
    })),
    incidents: once.incidents.map((one) => ({
      ...one,
      id: id(one.id),
      first: at(one.first),
      last: at(one.last),
      attributions: one.attributions.map(id),
    })),
  };
}
