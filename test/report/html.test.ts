import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redact } from '../../src/core/text/redact.ts';
import type { Advice } from '../../src/model/advice.ts';
import type { PolicyAdvice } from '../../src/model/policy.ts';
import type { Report } from '../../src/model/report.ts';
import { investigate } from '../../src/pipeline.ts';
import { htmlPage } from '../../src/report/html/index.ts';
import { TOLD_ON_PAPER } from '../../src/report/html/page/incidents.ts';
import { adviceOn } from './advice.ts';
import { accessibility, Bench, findChromium } from './browser.ts';
import { hostileReport, optionsFor } from './hostile.ts';

const root = join(import.meta.dirname, '../..');
const chromium = findChromium();
/** Enough that the last of them are not in the page from the start. */
const INCIDENTS = 24;
/** Episodes of a list that has more than print in full. */
const MORE = 5;
/** A loaded machine may take long; nothing here is about speed. */
const SLOW = { timeout: 30_000 };
const needed = process.env['CI'] !== undefined;

// A machine without a browser skips these tests and says so; the gate must have one.
describe.skipIf(chromium === undefined && !needed)(
  chromium === undefined ? 'the page in a browser (SKIPPED: no Chromium found, set CHROMIUM)' : 'the page in a browser',
  () => {
    let bench: Bench;
    const urls = new Map<string, string>();
    const url = (name: string): string => urls.get(name) ?? `no page ${name}`;

    beforeAll(async () => {
      bench = await Bench.start(chromium ?? 'chromium');
      const rome = await investigate({ paths: ['fixtures/rome/inputs'], cwd: root });
      const reports: Readonly<Record<string, Report>> = {
        night: await investigate({ paths: ['fixtures/night/inputs'], cwd: root }),
        rome,
        clean: { ...rome, attributions: [], incidents: [], chance: undefined },
        hostile: hostileReport(INCIDENTS),
      };
      const policies: Readonly<Record<string, PolicyAdvice>> = { night: { is: 'unknown' } };
      for (const [name, report] of Object.entries(reports)) {
        const options =
          name === 'hostile'
            ? optionsFor(redact)
            : {
                clean: redact,
                command: 'egressblame logs',
                raw: () => 'raw line',
                advice: adviceOn(report, policies[name]),
              };
        urls.set(name, bench.write(`${name}.html`, [...htmlPage.render(report, options)].join('')));
      }
      const { night } = reports;
      if (night === undefined) throw new Error('no report');
      const options = { clean: redact, command: 'egressblame logs', raw: () => '', advice: withMore(adviceOn(night)) };
      urls.set('many', bench.write('many.html', [...htmlPage.render(night, options)].join('')));
    }, 120_000);
    afterAll(() => bench.stop());

    async function visit(name: string, use: (page: Page) => Promise<void>, options: BrowserContextOptions = {}) {
      const { page, trouble } = await bench.open(
        url(name.split('#')[0] ?? '') + (/#.*/.exec(name)?.[0] ?? ''),
        options,
      );
      try {
        await use(page);
        expect(trouble).toEqual([]);
      } finally {
        await page.context().close();
      }
    }

    // Both themes and both widths; the checker, slow on large pages, sees each of them once.
    const checked = [
      { width: 1280, colorScheme: 'light' },
      { width: 390, colorScheme: 'dark' },
    ] as const;
    it.each(['night', 'rome', 'clean', 'hostile'])(
      '%s: quiet, fits a screen and a phone, no rule of accessibility broken',
      async (name) => {
        await visit(name, async (page) => {
          for (const { width, colorScheme } of checked) {
            await page.setViewportSize({ width, height: 900 });
            await page.emulateMedia({ colorScheme });
            expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
            expect(await accessibility(page)).toEqual([]);
          }
        });
      },
      300_000,
    );

    it.each(['rome', 'hostile'])(
      '%s unfolded: no rule of accessibility broken',
      async (name) => {
        await visit(name, async (page) => {
          await unfold(page);
          expect(await accessibility(page)).toEqual([]);
        });
      },
      300_000,
    );

    it('holds every incident, with the script and without it', async () => {
      const count = `document.querySelectorAll('details.case').length`;
      await visit('hostile', async (page) => {
        await expect.poll(() => page.evaluate(count), SLOW).toBe(INCIDENTS);
        expect(await page.locator('.piece').count()).toBe(0);
      });
      await visit(
        'hostile',
        async (page) => {
          expect(await page.locator('details.case').count()).toBe(INCIDENTS);
          expect(await page.locator('.tools:visible').count()).toBe(0);
        },
        { javaScriptEnabled: false },
      );
    });

    it('shows no text of a log as anything but text', async () => {
      await visit('hostile', async (page) => {
        await unfold(page);
        expect(await page.locator('main script, main img, main a:not([href^="#"])').count()).toBe(0);
        expect(await page.locator('main').textContent()).toContain('<script>alert(1)</script>');
        const lanes = await page.evaluate(
          `[...new Set([...document.querySelectorAll('.row')].map((row) => row.dataset.lane))]`,
        );
        expect(lanes).toEqual(['firewall', 'sandbox', 'episode', 'process', 'gpu', 'gap']);
      });
    });

    it('finds an incident by its command, also one that is not yet in the page', async () => {
      await visit('night', async (page) => {
        const status = () => page.locator('#status').textContent();
        await page.fill('#search', 'nmap');
        await expect.poll(status, SLOW).toContain('incidents shown');
        const shown = await page.locator('details.case:visible').allTextContents();
        expect(shown.length).toBeGreaterThan(0);
        for (const text of shown) expect(text).toContain('nmap');
        await page.fill('#search', '');
        await expect.poll(status, SLOW).toBe('');
        await page.uncheck('input[data-verdict="proven"]');
        expect(await page.locator('details.case[data-verdict="proven"]:visible').count()).toBe(0);
        expect(await page.locator('.row path.tick.proven:visible').count()).toBe(0);
        expect(await status()).toBe('7 of 62 incidents shown');
      });
    });

    it('opens the incident of a linked violation', async () => {
      const id = 'v-000000000014';
      await visit(`hostile#${id}`, async (page) => {
        const row = page.locator(`details.case#i-00000014[open] [id="${id}"]`);
        await expect.poll(() => row.isVisible(), SLOW).toBe(true);
        const top = () => page.evaluate<number>(`document.getElementById('${id}').getBoundingClientRect().top`);
        await expect.poll(top, SLOW).toBeLessThan(900);
      });
    });

    it('zooms, moves and shows raw times by keys and buttons', async () => {
      await visit('night', async (page) => {
        const axis = () => page.locator('.axis span').allTextContents();
        const ticks = () => page.locator('.row path.tick').first().getAttribute('d');
        const [whole, drawn] = [await axis(), await ticks()];
        await page.locator('#chart').focus();
        await page.keyboard.press('+');
        await expect.poll(axis, SLOW).not.toEqual(whole);
        const zoomed = await axis();
        await page.keyboard.press('ArrowRight');
        await expect.poll(axis, SLOW).not.toEqual(zoomed);
        await page.keyboard.press('0');
        await expect.poll(axis, SLOW).toEqual(whole);
        expect(await ticks()).toBe(drawn);
        const bounds = () => page.locator('.row path[data-r]').first().getAttribute('d');
        const corrected = await bounds();
        await page.click('#raw');
        expect(await page.locator('#raw').getAttribute('aria-pressed')).toBe('true');
        expect(await bounds()).not.toBe(corrected);
        await page.uncheck('input[data-lane="sandbox"]');
        expect(await page.locator('.row[data-lane="sandbox"]:visible').count()).toBe(0);
      });
    });

    it('leads from a mark to its incident and back', async () => {
      await visit('rome', async (page) => {
        const row = page.locator('.row', { hasText: 'reverse-tunnel' }).locator('svg');
        await row.scrollIntoViewIfNeeded();
        const x = Number(/^M([\d.]+)/.exec((await row.locator('path.tick').getAttribute('d')) ?? '')?.[1]) / 1000;
        // The page may still be moving when the first click lands.
        const clicked = async (): Promise<unknown> => {
          const box = await row.boundingBox();
          await page.mouse.click((box?.x ?? 0) + x * (box?.width ?? 0), (box?.y ?? 0) + 10);
          return page.evaluate('location.hash');
        };
        await expect.poll(clicked, SLOW).toMatch(/^#i-/);
        const hash = String(await page.evaluate('location.hash'));
        expect(await page.locator(`details${hash}[open] .head`).textContent()).toContain('reverse-tunnel');
        const before = await page.locator('.axis span').first().textContent();
        await page.locator(`details${hash} a[data-from]`).click();
        await expect.poll(() => page.locator('.axis span').first().textContent(), SLOW).not.toBe(before);
      });
    });

    it('lists the quarantined episodes, each with its way to the incident, and the batches without them', async () => {
      await visit('rome', async (page) => {
        const section = page.locator('section', { has: page.locator('#quarantine') });
        expect(await section.textContent()).toContain('5 episodes of 11 to keep out of training');
        expect(await section.locator('table.episodes tbody tr').count()).toBe(5);
        const batches = section.locator('h3', { hasText: 'Batches' }).locator('~ table').first();
        expect(await batches.locator('tbody td').allTextContents()).toEqual(['run-1', '4', '16', '15']);
        const commands = await section.locator('.copy pre').allTextContents();
        expect(commands).toEqual([
          'egressblame quarantine logs -o quarantine.jsonl',
          'egressblame quarantine logs --apply rollouts.jsonl',
        ]);
        await section.locator('table.episodes a').first().click();
        const hash = String(await page.evaluate('location.hash'));
        await expect.poll(() => page.locator(`details${hash}[open]`).count(), SLOW).toBe(1);
      });
    });

    it('holds every quarantined episode of a long list, with the script and without it', async () => {
      await visit('night', async (page) => {
        const rows = () => page.locator('table.episodes tbody tr').count();
        await expect.poll(rows, SLOW).toBe(40);
      });
      const count = (page: Page) => page.locator('table.episodes tbody tr').count();
      await visit('night', async (page) => expect(await count(page)).toBe(40), { javaScriptEnabled: false });
    });

    it('says what each change of the policy stops and breaks, and gives it to copy', async () => {
      await visit(
        'rome',
        async (page) => {
          await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
          const section = page.locator('section', { has: page.locator('#policy') });
          const cells = await section.locator('table.changes tbody td').allTextContents();
          expect(cells.slice(0, 4)).toEqual(['deny to 203.0.113.9', '2', '3', '3 to 203.0.113.9*']);
          const copy = section.locator('.copy button').first();
          await copy.click();
          await expect.poll(() => copy.textContent(), SLOW).toMatch(/Copied|Selected/);
          expect(await section.locator('.copy pre').last().textContent()).toBe(
            'egressblame policy suggest logs --format squid',
          );
        },
        {},
      );
    });

    it('says that the price of a policy is not known where connections were not kept', async () => {
      await visit('night', async (page) => {
        const section = page.locator('section', { has: page.locator('#policy') });
        expect(await section.textContent()).toContain('Not known from this reading');
        expect(await section.locator('.copy pre').allTextContents()).toEqual(['egressblame policy suggest logs']);
      });
    });

    it('changes between light and dark by a button', async () => {
      await visit('rome', async (page) => {
        const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
        expect(await background()).toBe('rgb(255, 255, 255)');
        await page.click('#theme');
        expect(await background()).toBe('rgb(13, 17, 23)');
        await page.click('#theme');
        expect(await background()).toBe('rgb(255, 255, 255)');
      });
    });

    it('prints what is unfolded whole, the rest with who and why but without its records', async () => {
      await visit('rome', async (page) => {
        const seen = (what: string): Promise<number> =>
          page.locator(`details.case ${what}`).filter({ visible: true }).count();
        const note = page.locator('p.paper');
        expect(await note.isVisible()).toBe(false);
        await page.emulateMedia({ media: 'print' });
        await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
        expect(await note.isVisible()).toBe(true);
        expect(await note.textContent()).not.toContain('heading');
        expect([await seen('.records'), await seen('dl')]).toEqual([1, 8]);
        await page.evaluate(`dispatchEvent(new Event('afterprint'))`);
        await page.emulateMedia({ media: 'screen' });
        await page.locator('details.case > summary').nth(1).click();
        expect(await seen('.records')).toBe(2);
      });
    });

    it('prints a long list of episodes in the columns of its first rows, each heading once', async () => {
      await visit('night', async (page) => {
        await page.emulateMedia({ media: 'print' });
        await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
        // On sheets of paper a heading that is moved out of sight takes the widths of the columns with it.
        expect(
          await page.evaluate(
            `[...document.querySelectorAll('.episodes thead')].map((t) => getComputedStyle(t).display)`,
          ),
        ).toEqual(['table-header-group', 'none']);
      });
    });

    it('prints the first forty of many episodes in full, each other in one line, and says so', async () => {
      await visit('many', async (page) => {
        await page.emulateMedia({ media: 'print' });
        await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
        const section = page.locator('section', { has: page.locator('#quarantine') });
        const rows = section.locator('table.episodes tbody tr');
        expect(await rows.count()).toBe(40 + MORE);
        const heights = await rows.evaluateAll((all) => all.map(({ clientHeight }) => clientHeight));
        const line = Math.max(...heights.slice(40));
        expect(line).toBeLessThan(25);
        expect(Math.min(...heights.slice(0, 40))).toBeGreaterThan(2 * line);
        const note = section.locator('p.paper');
        expect(await note.textContent()).toMatch(/^On paper the first 40 are told in full/);
        expect(await note.isVisible()).toBe(true);
      });
      await visit('night', async (page) => expect(await page.locator('#quarantine ~ p.paper').count()).toBe(0));
    });

    it('prints every incident, the worst with who and why, dark on white', async () => {
      await visit(
        'hostile',
        async (page) => {
          await page.emulateMedia({ media: 'print' });
          await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
          expect(await page.locator('details.case[open]').count()).toBe(1 + TOLD_ON_PAPER);
          expect(await page.locator('p.paper').textContent()).toContain(
            `after ${TOLD_ON_PAPER} such incidents with its heading alone`,
          );
          const ids = page.locator('details.case > summary .paper').filter({ visible: true });
          expect(await ids.count()).toBe(INCIDENTS);
          expect(await ids.last().textContent()).toMatch(/ i-\S+$/);
          expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
          await page.evaluate(`dispatchEvent(new Event('afterprint'))`);
          expect(await page.locator('details.case[open]').count()).toBe(1);
        },
        { colorScheme: 'dark' },
      );
    });
  },
);

/** Some episodes once more, so that there are more than print in full. */
function withMore(advice: Advice): Advice {
  const { flagged } = advice.quarantine;
  return { ...advice, quarantine: { ...advice.quarantine, flagged: [...flagged, ...flagged.slice(0, MORE)] } };
}

/** Everything that folds is open, every piece in the page. */
async function unfold(page: Page): Promise<void> {
  await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
  await page.evaluate(`document.querySelectorAll('details').forEach((d) => { d.open = true; })`);
}
