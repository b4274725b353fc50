import { chromium, type Browser } from 'playwright-core';

/**
 * Debian's Chromium without windows, and without a network of its own. Its start and its pages take
 * half of what those of the whole browser take.
 */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium-headless-shell',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // Here there may be no network but the loopback, and nobody who answers for mDNS names.
      '--disable-features=WebRtcHideLocalIpsWithMdns',
      '--allow-loopback-in-peer-connection',
    ],
  });
}
