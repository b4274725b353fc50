export * from './client-messages.js';
export * from './codes.js';
export * from './coming-back.js';
export { protocolLimits } from './limits.js';
export { Negotiations } from './negotiations.js';
export * from './server-messages.js';
export { signalsByKind, type SignalKind, type SignalMessage } from './signals.js';
