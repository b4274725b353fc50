import type { Logger } from '../logs.js';

const ignore = (): void => undefined;

/** Says nothing: for what logs, where a test or a tool has no use for it. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
