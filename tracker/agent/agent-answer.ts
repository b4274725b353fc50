/** What a proxy is to know of a tracker. */
export interface AgentView {
  /** True: viewers are to go elsewhere. */
  readonly isDraining: boolean;
  /** From 0 (idle) to 1 (full, or busy all the time). */
  readonly load: number;
  readonly socketsMax: number;
  /** True: the proxy may take it for draining still, as what was here before told it. */
  readonly isNew: boolean;
}

/** Up to this load all trackers get their even share. */
const unhurriedLoadMax = 0.7;
const percentMin = 1;

/**
 * A line of HAProxy's agent protocol (its manual, "agent-check"). Who is only busy is never at 0 %,
 * which would mean drain: when all are busy, all stay in. Nor is anybody down by it: that is for
 * health checks, and where nobody passes these, viewers come all the same. `ready` ends what
 * `drain` began, but also what an operator set in HAProxy, so it isn't said for ever.
 */
export function agentAnswer(view: AgentView): string {
  if (view.isDraining) return 'drain\n';
  const readiness = view.isNew ? 'ready up' : 'up';
  return `${readiness} ${percentOf(view.load)}% maxconn:${view.socketsMax}\n`;
}

function percentOf(load: number): number {
  const room = (1 - load) / (1 - unhurriedLoadMax);
  return Math.round(Math.min(Math.max(room, percentMin / 100), 1) * 100);
}
