/** An error in ClickHouse's own terms: its number and its name. */
export class FrontError extends Error {
  readonly clickhouseCode: number;

  constructor(code: number, codeName: string, message: string) {
    super(`Code: ${code}. DB::Exception: ${message}. (${codeName})`);
    this.clickhouseCode = code;
  }
}

/**
 * HTTP statuses of ClickHouse's error codes, after its server's exceptionCodeToHTTPStatus; else
 * 500.
 */
const statuses: Readonly<Record<number, readonly number[]>> = {
  400: [6, 25, 26, 27, 38, 41, 43, 44, 53, 62, 69, 70, 72, 117, 130, 131, 386, 441, 456, 457],
  404: [46, 47, 50, 56, 60, 61, 63, 65, 73, 78, 79, 81, 115, 336],
  413: [223, 307],
  501: [48],
  503: [202, 203, 209, 210],
};

const statusByCode = new Map(
  Object.entries(statuses).flatMap(([status, codes]) =>
    codes.map((code) => [code, Number(status)] as const),
  ),
);

export interface HttpFailure {
  readonly status: number;
  readonly code: number;
  readonly message: string;
}

/** What the HTTP answer says of an error of the engine or of the front. */
export function httpFailure(error: unknown): HttpFailure {
  const message = error instanceof Error ? error.message : String(error);
  const known =
    typeof error === 'object' && error !== null && 'clickhouseCode' in error
      ? Number(error.clickhouseCode)
      : Number(/^Code: (\d+)/.exec(message)?.[1] ?? Number.NaN);
  const code = Number.isInteger(known) ? known : 1_002;
  const text = Number.isInteger(known)
    ? message
    : `Code: ${code}. DB::Exception: ${message}. (UNKNOWN_EXCEPTION)`;
  return { status: statusByCode.get(code) ?? 500, code, message: `${text}\n` };
}
