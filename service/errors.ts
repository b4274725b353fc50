import type { ErrorCode } from './error-codes.js';

/**
 * The one error family of the system. Callers decide by `code` and `retryable`, never by the
 * message. Every code stands in error-codes.ts and docs/errors.md.
 * Expected outcomes are values; an AppError is for what a function could not do.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly retryable?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.retryable = options.retryable ?? false;
  }
}

/** Process exit codes, after sysexits.h where it has one. Documented in docs/errors.md. */
export const exitCode = {
  ok: 0,
  usage: 64,
  unavailable: 69,
  internal: 70,
  configuration: 78,
  portTaken: 98,
} as const;

/** Ends a start with one line on stderr and a documented exit code. */
export class StartError extends AppError {
  readonly exitCode: number;

  constructor(code: ErrorCode, message: string, exitCode: number, cause?: unknown) {
    super(code, message, { cause });
    this.name = 'StartError';
    this.exitCode = exitCode;
  }
}

/** A setting is wrong: the message names it. */
export function configurationError(message: string): StartError {
  return new StartError('configuration', message, exitCode.configuration);
}

/** Where whatever was thrown comes from, or else its message. */
export function stackOf(error: unknown): string {
  return (error instanceof Error ? error.stack : undefined) ?? messageOf(error);
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '' && error.errors.length > 0) {
    return messageOf(error.errors[0]);
  }
  return error instanceof Error ? error.message : String(error);
}
