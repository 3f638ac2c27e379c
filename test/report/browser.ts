import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Where Chromium is: `CHROMIUM`, or the first of its usual names on the PATH. */
export function findChromium(): string | undefined {
  const stated = process.env['CHROMIUM'];
  if (stated !== undefined) return stated;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
}

/** What a page did that a report must never do. */
export interface Seen {
  readonly page: Page;
  /** Errors and warnings of the console, uncaught errors, dialogs, refused content, and requests for anything but the page. */
  readonly trouble: string[];
}

/** One browser for a test file, and reports as files that it opens. */
export class Bench {
  readonly #browser: Browser;
  readonly #folder = mkdtempSync(join(tmpdir(), 'egressblame-'));

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(executablePath: string): Promise<Bench> {
    return new Bench(await chromium.launch({ executablePath, args: ['--no-sandbox'] }));
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  write(name: string, text: string): string {
    const path = join(this.#folder, name);
    writeFileSync(path, text);
    return pathToFileURL(path).href;
  }

  /** Opens a page that the caller closes with its context. */
  async open(url: string, options: BrowserContextOptions = {}): Promise<Seen> {
    const context = await this.#browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    const trouble: string[] = [];
    page.on('console', (message) => trouble.push(`console ${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => trouble.push(`error: ${error.message}`));
    page.on('request', (request) => {
      if (request.url() !== url.replace(/#.*/, '')) trouble.push(`request: ${request.url()}`);
    });
    page.on('dialog', (dialog) => {
      trouble.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.exposeFunction('refused', (what: string) => trouble.push(`refused: ${what}`));
    await page.addInitScript(
      `addEventListener('securitypolicyviolation', (e) => refused(e.violatedDirective + ' ' + e.blockedURI))`,
    );
    await page.goto(url);
    return { page, trouble };
  }
}

/** The rules that the page breaks, with the first element of each. */
export async function accessibility(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return page.evaluate<string[]>(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.length + ', first ' + nodes[0].html + ' ' + nodes[0].failureSummary))`);
}
