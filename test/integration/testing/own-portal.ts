import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../../../lab/browser/index.js';
import type { PortalAddress } from './portal-browser.js';
import { extraServices } from './stack.js';

/** A portal of a test's own on the shared stack, with a file of users, and Chromium before it. */
export class OwnPortal {
  /** For files of the test; `close` removes it. */
  readonly folder: string;
  readonly usersFile: string;
  readonly #extra = extraServices();
  #browser: Browser | undefined;

  constructor(private readonly name: string) {
    this.folder = mkdtempSync(join(tmpdir(), `viblast-${name}-`));
    this.usersFile = join(this.folder, 'users.json');
  }

  async start(): Promise<{ readonly portal: PortalAddress; readonly browser: Browser }> {
    const portal = await this.#extra.services.startPortal(`token-of-the-portal-of-${this.name}`, {
      portal_users_file: this.usersFile,
    });
    this.#browser = await launchChromium();
    return { portal, browser: this.#browser };
  }

  /** To be called at the end (`afterAll`), wherever it began. */
  async close(): Promise<void> {
    await this.#browser?.close();
    await this.#extra.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
