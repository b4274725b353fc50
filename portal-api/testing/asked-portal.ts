import { ago, bearer, nowMs, testPortal, type TestPortal } from './portal-server.js';

export async function get(portal: TestPortal, path: string) {
  const answer = await portal.app.inject({ url: `/api/v1${path}`, headers: bearer });
  return { status: answer.statusCode, text: answer.body, headers: answer.headers };
}

/** A portal with a stream that was registered some minutes ago. */
export async function portalWith(key: string, registeredMinutesAgo: number): Promise<TestPortal> {
  const portal = await testPortal();
  portal.nowMs = ago(registeredMinutesAgo);
  portal.catalog.put({ key });
  portal.nowMs = nowMs;
  return portal;
}
