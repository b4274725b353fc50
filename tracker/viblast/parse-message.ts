import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import {
  type ClientMessage,
  type ErrorCode,
  clientMessages,
  protocolLimits,
} from '../../protocol/index.js';

export type ParsedMessage =
  | { readonly ok: true; readonly message: ClientMessage }
  | { readonly ok: false; readonly code: ErrorCode; readonly detail: string };

const ajv = new Ajv({ strict: false });
const validators: ReadonlyMap<string, ValidateFunction<ClientMessage>> = new Map(
  Object.entries(clientMessages).map(([type, schema]) => [
    type,
    ajv.compile<ClientMessage>(schema),
  ]),
);

/** The field as a viewer's developer writes it: `announces[0].cdnBytes`. */
function fieldName(error: ErrorObject): string {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`));
  if (error.keyword === 'required') path.push(`.${String(error.params['missingProperty'])}`);
  return path.join('').replace(/^\./, '');
}

function describe(type: string, error: ErrorObject | undefined): string {
  if (error === undefined) return `${type} is wrong`;
  const problem = error.keyword === 'required' ? 'is missing' : (error.message ?? 'is wrong');
  return `${type}: ${fieldName(error)} ${problem}`;
}

function typeOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !('type' in value)) return undefined;
  return typeof value.type === 'string' ? value.type : undefined;
}

/** Whether arrays and objects stand in one another more than `levels` deep. */
function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeperThan(part, levels - 1));
}

/**
 * The message that a text frame holds, or the code and a detail that names the field which is
 * wrong. Fields that this version doesn't know are ignored, so that newer viewers can talk to older
 * trackers.
 */
export function parseMessage(text: string): ParsedMessage {
  if (Buffer.byteLength(text) > protocolLimits.messageBytesMax) {
    const detail = `a message has at most ${protocolLimits.messageBytesMax} bytes`;
    return { ok: false, code: 'message_too_large', detail };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, code: 'bad_json', detail: 'the message is not JSON' };
  }
  const type = typeOf(value);
  if (type === undefined) {
    return { ok: false, code: 'bad_message', detail: 'type is missing or no string' };
  }
  const isValid = validators.get(type);
  if (isValid === undefined) {
    const known = [...validators.keys()].join(', ');
    return { ok: false, code: 'bad_message', detail: `type is unknown: use one of ${known}` };
  }
  if (!isValid(value)) {
    return { ok: false, code: 'bad_message', detail: describe(type, isValid.errors?.[0]) };
  }
  if (value.type === 'signal' && isDeeperThan(value.data, protocolLimits.signalDepthMax)) {
    const detail = `signal: data is more than ${protocolLimits.signalDepthMax} levels deep`;
    return { ok: false, code: 'bad_message', detail };
  }
  return { ok: true, message: value };
}
