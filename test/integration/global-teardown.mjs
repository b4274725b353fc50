export default async function globalTeardown() {
  await globalThis.sharedStack?.stop();
}
