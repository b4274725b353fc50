import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import {
  type AnnounceMessage,
  type ClientMessage,
  type ErrorCode,
  type SignalMessage,
  clientMessages,
  protocolLimits,
  signalsByKind,
} from '../../protocol/index.js';
import { readAnnounces, type ReadAnnounces } from './read-announces.js';

/** An announce message, each of its announces read by itself. */
export interface ReadAnnounceMessage {
  readonly type: 'announce';
  readonly announces: ReadAnnounces;
  readonly peersWanted: number;
  readonly connectedPeers: readonly string[];
}

/** Messages that are taken whole or not at all. */
type WholeMessage = Exclude<ClientMessage, AnnounceMessage>;

export type ParsedMessage =
  | { readonly ok: true; readonly message: WholeMessage | ReadAnnounceMessage }
  | { readonly ok: false; readonly code: ErrorCode; readonly detail: string };

const ajv = new Ajv({ strict: false });
const { hello, signal, leave } = clientMessages;
const validators: ReadonlyMap<string, ValidateFunction<WholeMessage>> = new Map(
  Object.entries({ hello, signal, leave }).map(([type, schema]) => [
    type,
    ajv.compile<WholeMessage>(schema),
  ]),
);

const signalValidators: ReadonlyMap<unknown, ValidateFunction<WholeMessage>> = new Map(
  Object.entries(signalsByKind).map(([kind, schema]) => [kind, ajv.compile<WholeMessage>(schema)]),
);

/** Fields of hello that decide nothing: one that is wrong is as if it weren't told. */
const optionsOfHello = new Set<unknown>(
  Object.keys(hello.properties).filter(
    (name) => !hello.required.some((required) => required === name),
  ),
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

function isTyped(value: unknown): value is { readonly type: string } {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  return typeof value.type === 'string';
}

/** A signal is held to the schema of its kind, so that what is wrong in it can be named. */
function validatorOf(value: { readonly type: string }): ValidateFunction<WholeMessage> | undefined {
  const kind = value.type === 'signal' && 'kind' in value ? value.kind : undefined;
  return signalValidators.get(kind) ?? validators.get(value.type);
}

/** What a signal holds that is relayed as it is. */
function payloadOf(signal: SignalMessage): unknown {
  if (signal.kind === 'reject') return undefined;
  return signal.kind === 'candidates' ? signal.candidates : signal.data;
}

/** Whether arrays and objects stand in one another more than `levels` deep. */
function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeperThan(part, levels - 1));
}

/** The value without those options of hello that are wrong. */
function withoutWrongOptions(value: object, isValid: ValidateFunction): object {
  let rest = value;
  while (!isValid(rest)) {
    const wrong = isValid.errors?.[0]?.instancePath.split('/')[1];
    if (!optionsOfHello.has(wrong)) break;
    rest = Object.fromEntries(Object.entries(rest).filter(([name]) => name !== wrong));
  }
  return rest;
}

function peersWantedOf(told: unknown): number {
  if (typeof told !== 'number') return protocolLimits.peersWantedDefault;
  return Math.min(protocolLimits.peersMax, Math.max(0, Math.round(told)));
}

/** The peers that an announce names, as far as they can be read: it names none beyond the bound. */
function connectedPeersOf(told: unknown): readonly string[] {
  if (!Array.isArray(told)) return [];
  return told
    .slice(0, protocolLimits.connectedPeersMax)
    .filter((peer): peer is string => typeof peer === 'string');
}

function announceMessage(value: object): ParsedMessage {
  const { announces, peersWanted, connectedPeers } = value as Readonly<Record<string, unknown>>;
  if (!Array.isArray(announces)) {
    const detail = 'announce: announces is missing or no array';
    return { ok: false, code: 'bad_message', detail };
  }
  const message = {
    type: 'announce',
    announces: readAnnounces(announces),
    peersWanted: peersWantedOf(peersWanted),
    connectedPeers: connectedPeersOf(connectedPeers),
  } as const;
  return { ok: true, message };
}

/** A character has three bytes at most, so that most texts needn't be looked through. */
function isTooLarge(text: string): boolean {
  const { messageBytesMax } = protocolLimits;
  return text.length > messageBytesMax / 3 && Buffer.byteLength(text) > messageBytesMax;
}

/**
 * The message that a text frame holds, or the code and a detail that names the field which is
 * wrong. Fields that this version doesn't know are ignored, so that newer viewers can talk to older
 * trackers.
 */
export function parseMessage(text: string): ParsedMessage {
  if (isTooLarge(text)) {
    const detail = `a message has at most ${protocolLimits.messageBytesMax} bytes`;
    return { ok: false, code: 'message_too_large', detail };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, code: 'bad_json', detail: 'the message is not JSON' };
  }
  if (!isTyped(value)) {
    return { ok: false, code: 'bad_message', detail: 'type is missing or no string' };
  }
  const { type } = value;
  if (type === 'announce') return announceMessage(value);
  const isValid = validatorOf(value);
  if (isValid === undefined) {
    const known = Object.keys(clientMessages).join(', ');
    return { ok: false, code: 'bad_message', detail: `type is unknown: use one of ${known}` };
  }
  const message: unknown = type === 'hello' ? withoutWrongOptions(value, isValid) : value;
  if (!isValid(message)) {
    return { ok: false, code: 'bad_message', detail: describe(type, isValid.errors?.[0]) };
  }
  if (
    message.type === 'signal' &&
    isDeeperThan(payloadOf(message), protocolLimits.signalDepthMax)
  ) {
    const detail = `signal: it is more than ${protocolLimits.signalDepthMax} levels deep`;
    return { ok: false, code: 'bad_message', detail };
  }
  return { ok: true, message };
}
